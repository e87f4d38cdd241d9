import { type Decision, decide, MOST_PAIRS, overall, type Verdict } from './decision.ts';
import type { PairResult } from './pair.ts';
import { workloads } from './workloads.ts';

export interface WorkloadResult extends Decision {
  readonly name: string;
  readonly title: string;
  /** Logarithms of time now ÷ time at the base, one of each pair of processes. */
  readonly logRatios: readonly number[];
  /** Whether both builds took the same steps and filled the same orders. */
  readonly isSameWork: boolean;
}

export interface GateResult {
  readonly verdict: Verdict;
  readonly workloads: readonly WorkloadResult[];
  readonly seconds: number;
}

/**
 * Takes a pair of every workload in turns, until each workload is decided or has had enough pairs. The first that is slower ends it.
 *
 * @param measurePair measures a workload on a pair of processes; `pair` counts them from 0
 * @param onPair called after each pair
 */
export async function measure(
  measurePair: (workload: string, pair: number) => Promise<PairResult>,
  onPair: (result: WorkloadResult) => void = () => {},
): Promise<GateResult> {
  const startMs = performance.now();
  const results: WorkloadResult[] = workloads.map(({ name, title }) => ({
    name,
    title,
    logRatios: [],
    isSameWork: true,
    ...decide([]),
  }));
  const verdict = (): Verdict => overall(results.map((result) => result.verdict));
  for (let pair = 0; pair < MOST_PAIRS && verdict() === 'undecided'; pair++) {
    for (const [i, result] of results.entries()) {
      if (result.verdict !== 'undecided' || verdict() === 'slower') continue;
      const { logRatio, isSameWork } = await measurePair(result.name, pair);
      const logRatios = [...result.logRatios, logRatio];
      results[i] = { ...result, logRatios, isSameWork: result.isSameWork && isSameWork, ...decide(logRatios) };
      onPair(results[i]);
    }
  }
  return { verdict: verdict(), workloads: results, seconds: (performance.now() - startMs) / 1000 };
}
