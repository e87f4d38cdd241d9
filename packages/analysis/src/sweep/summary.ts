import { formatPath } from '@ergodic/core';
import { type Estimate, finiteOrNull } from '@ergodic/statistics';
import type { SweepManifest } from './manifest.ts';
import type { TrialNote } from './notes.ts';
import type { HistoryFindings } from './one-history.ts';
import type { JudgedTrial, Selection } from './selection.ts';

/** An estimate as JSON has it: null where it is undefined. */
export interface PlainEstimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly method: string;
}

export interface TrialResult {
  readonly trial: number;
  /** By the path of the parameter. */
  readonly values: Readonly<Record<string, unknown>>;
  /** That of a run of this trial's config. */
  readonly digest: string;
  readonly episodes: TrialNote['episodes'];
  readonly metric: PlainEstimate;
  /** Of the metric to the benchmark, by episode. */
  readonly difference: PlainEstimate;
  /** End of the interval of the difference that holds for all trials at once. */
  readonly bound: number | null;
  /** Adjusted for the choice among all trials. */
  readonly pValue: number | null;
  readonly verdict: JudgedTrial['verdict'];
}

/** The chosen trial on paths that no trial has seen: what it comes to without the luck of being chosen. */
export interface FreshPaths {
  readonly seed: string;
  readonly trial: number;
  readonly digest: string;
  readonly metric: PlainEstimate;
  /** Null where the benchmark is doing nothing. */
  readonly benchmark: PlainEstimate | null;
  readonly difference: PlainEstimate;
}

/** The outcome of a sweep, as `--json` prints it. */
export interface SweepSummary {
  readonly id: string;
  readonly dir: string;
  readonly status: 'completed';
  readonly seed: string;
  readonly marketKey: string;
  readonly metric: string;
  readonly direction: SweepManifest['direction'];
  readonly benchmark: {
    readonly name: SweepManifest['benchmark'];
    readonly digest: string | null;
    readonly metric: PlainEstimate | null;
  };
  readonly parameters: readonly string[];
  readonly search: SweepManifest['search'];
  readonly refused: SweepManifest['refusals'];
  readonly episodes: number;
  readonly selection: {
    readonly sentence: string;
    readonly compared: number;
    readonly better: readonly number[];
    /** Whether the best trial is better on fresh paths as well; null where none was declared better, or there are no fresh paths. */
    readonly confirmed: boolean | null;
    readonly best: number | null;
    /** In which all compared trials have the metric. */
    readonly episodes: number;
    readonly tail: number;
    readonly method: string;
  };
  readonly trials: readonly TrialResult[];
  /** Null where the data is one history, which has no fresh paths. */
  readonly fresh: FreshPaths | null;
  /** Only where the data is one history. */
  readonly history: HistoryFindings | null;
  /** The chosen trial was run twice and came out the same, and no episode was ended by a watchdog. */
  readonly reproducible: boolean;
  readonly timing: { readonly wallSeconds: number; readonly workers: number; readonly stepsHere: number };
}

export function plain({ value, low, high, n, method }: Estimate): PlainEstimate {
  return { value: finiteOrNull(value), low: finiteOrNull(low), high: finiteOrNull(high), n, method };
}

/** The results of all trials, in their order; without the benchmark. */
export function resultsOf(
  { parameters, candidates }: Pick<SweepManifest, 'parameters' | 'candidates'>,
  selection: Selection,
  notes: ReadonlyMap<number, TrialNote>,
): TrialResult[] {
  const names = parameters.map(({ path }) => formatPath(path));
  return selection.trials.map(({ trial, estimate, difference, bound, pValue, verdict }) => {
    const { digest, episodes } = notes.get(trial)!;
    const values = Object.fromEntries(names.map((name, k) => [name, candidates[trial - 1]![k]]));
    const metric = plain(estimate);
    return {
      ...{ trial, values, digest, episodes, metric, difference: plain(difference) },
      ...{ bound: finiteOrNull(bound), pValue: finiteOrNull(pValue), verdict },
    };
  });
}

/**
 * Whether what was declared better holds on paths that had no part in choosing it: the interval of the best trial's difference there lies
 * on the better side alone.
 */
export function isConfirmed(
  { better }: Selection,
  { direction }: Pick<SweepManifest, 'direction'>,
  fresh: FreshPaths | null,
): boolean | null {
  if (better.length === 0 || fresh === null) return null;
  const { low, high } = fresh.difference;
  return direction === 'maximize' ? low !== null && low > 0 : high !== null && high < 0;
}

/** What the correction for choosing comes to, in one or two sentences. */
export function selectionSentence(
  { compared, better, tail, episodes }: Selection,
  { benchmark }: Pick<SweepManifest, 'benchmark'>,
  confirmed: boolean | null,
): string {
  const what = benchmark === 'zero' ? 'doing nothing' : 'the config as it stands';
  const rules = compared === 1 ? '1 rule' : `${compared} rules`;
  if (episodes < 2) return `Nothing can be said of ${rules}: ${episodes} episodes are too few.`;
  const chance = compared === 1 ? 'chance gives' : `choosing the best of ${compared} by chance gives`;
  if (better.length === 0) {
    return compared === 1
      ? `The 1 rule is not better than ${what} beyond what ${chance}.`
      : `None of ${rules} is better than ${what} beyond what ${chance}.`;
  }
  const are = better.length === 1 ? 'is' : 'are';
  const error = `${100 * tail} % error for all together`;
  if (confirmed === false) {
    const looks = better.length === 1 ? 'looks' : 'look';
    const luck = `chance makes one sweep in ${Math.round(1 / tail)} look so`;
    return `Not confirmed: ${better.length} of ${rules} ${looks} better than ${what} on these paths, but the best of all is not on fresh ones; ${luck}.`;
  }
  const again = confirmed === true ? ' The best of all is better on fresh paths too.' : '';
  return `${better.length} of ${rules} ${are} better than ${what}, beyond what ${chance} (${error}).${again}`;
}
