import { type CandidateComparison, compareRuns, type RunComparison, StoredRun } from '@ergodic/analysis';
import type { Distribution } from '../data/distribution.ts';
import { type CurvePoint, curvesOf } from './data/curves.ts';
import { type EquityDifference, loadEquityDifference } from './data/equity.ts';
import { type PairedValues, pairedValues, sharedEpisodes } from './data/pairs.ts';
import { concentration, distributionOf, extremePaths, type PathDifference } from './data/spread.ts';

/** What a page compares. */
export const COLUMN = 'totalReturn';
const MOST_EXTREMES = 5;

/** One run against the baseline, with what its pictures show. */
export interface PairData {
  readonly comparison: RunComparison;
  readonly candidate: CandidateComparison;
  readonly differences: Distribution;
  readonly curves: readonly CurvePoint[];
  readonly equity: EquityDifference | undefined;
  /** Paths on which B did better, and worse, by most. */
  readonly best: readonly PathDifference[];
  readonly worst: readonly PathDifference[];
  /** Share of the paths that makes half of the difference. */
  readonly concentration: number;
}

export interface ComparisonPage {
  readonly comparison: RunComparison;
  readonly pairs: readonly PairData[];
}

/**
 * Compares runs with the first of them and gathers what the page shows.
 *
 * @throws MarketsDifferError, RunError `RUN_NOT_FOUND`, `RUN_DAMAGED`, `RUN_UNFINISHED`
 */
export async function loadComparison(dirs: readonly string[]): Promise<ComparisonPage> {
  const runs: StoredRun[] = [];
  try {
    for (const dir of dirs) runs.push(await StoredRun.open(dir));
    const comparison = await compareRuns(runs, { metrics: [COLUMN] });
    const pairs: PairData[] = [];
    for (const [i, candidate] of comparison.candidates.entries()) {
      pairs.push({ comparison, candidate, ...(await picturesOf(runs[0]!, runs[i + 1]!)) });
    }
    return { comparison, pairs };
  } finally {
    for (const run of runs) run.close();
  }
}

async function picturesOf(a: StoredRun, b: StoredRun): Promise<Omit<PairData, 'comparison' | 'candidate'>> {
  const below = Math.min(a.manifest.config.episodes, b.manifest.config.episodes);
  const [tableA, tableB] = [await a.episodes([COLUMN], below), await b.episodes([COLUMN], below)];
  const values: PairedValues = pairedValues(tableA, tableB, COLUMN);
  const recorded = Math.min(a.manifest.config.record.episodes, b.manifest.config.record.episodes);
  return {
    differences: distributionOf(values.sorted),
    curves: curvesOf(values),
    equity: await loadEquityDifference(a, b, sharedEpisodes(tableA, tableB, recorded)),
    best: extremePaths(values, 1, MOST_EXTREMES),
    worst: extremePaths(values, -1, MOST_EXTREMES),
    concentration: concentration(values.sorted),
  };
}
