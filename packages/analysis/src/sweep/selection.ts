import { type Contender, type Estimate, meanOf, romanoWolf, TAIL, unknown } from '@ergodic/statistics';

/** A trial with more of its values missing than this is not compared: what is left may be a choice. */
const MOST_MISSING = 0.05;
/** Enough that an adjusted p-value near 0.05 is within 0.014 of its limit (two standard errors). */
export const REPLICATIONS = 1_000;

/** Values of the metric by episode, NaN where one is missing. */
export interface TrialSample {
  readonly trial: number;
  readonly values: Float64Array;
}

export interface SelectionOptions {
  /** Of the benchmark, by episode; null for doing nothing. */
  readonly benchmark: Float64Array | null;
  readonly direction: 'maximize' | 'minimize';
  readonly antithetic: boolean;
  /** Of the bootstrap. */
  readonly seed: string;
  readonly tail?: number;
}

/** What a trial is worth against the benchmark. */
export interface JudgedTrial {
  readonly trial: number;
  /** Mean of the metric, with the interval of this trial alone. */
  readonly estimate: Estimate;
  /** Mean of its paired difference to the benchmark, in units of the metric, with the interval of this trial alone. */
  readonly difference: Estimate;
  /** End of an interval of the difference that holds for all trials at once: the lower end where more is better, else the upper. */
  readonly bound: number;
  /** Adjusted for the choice among all trials; NaN where the trial was not compared. */
  readonly pValue: number;
  /** `missing`: it lacks the metric in too many episodes, and was not compared. */
  readonly verdict: 'better' | 'undecided' | 'missing';
}

export interface Selection {
  /** In the order of the trials. */
  readonly trials: readonly JudgedTrial[];
  /** The one with the best mean among those that were compared; undefined where none was. */
  readonly best: number | undefined;
  readonly compared: number;
  /** Trials that are better than the benchmark beyond what choosing the best of all by chance gives. */
  readonly better: readonly number[];
  /** Episodes in which every compared trial and the benchmark have the metric. */
  readonly episodes: number;
  readonly tail: number;
  readonly method: string;
}

/**
 * Holds all trials against the benchmark on the same episodes at once: Romano–Wolf stepdown by the studentised maximum statistic over
 * paired differences. The chance that any trial no better than the benchmark is declared better is at most `tail`.
 */
export function selectTrials(samples: readonly TrialSample[], options: SelectionOptions): Selection {
  const { benchmark, direction, antithetic, seed, tail = TAIL } = options;
  const sign = direction === 'maximize' ? 1 : -1;
  const compared = samples.filter(({ values }) => missingIn(values) <= MOST_MISSING * values.length);
  const kept = commonEpisodes(
    [...compared.map(({ values }) => values), ...(benchmark === null ? [] : [benchmark])],
    antithetic,
  );
  const gains = compared.map(({ values }) => {
    const gain = new Float64Array(kept.length);
    for (let i = 0; i < kept.length; i++) {
      const at = kept[i]!;
      gain[i] = sign * (values[at]! - (benchmark === null ? 0 : benchmark[at]!));
    }
    return gain;
  });
  const isTestable = kept.length >= (antithetic ? 4 : 2) && gains.length > 0;
  const tested = isTestable ? romanoWolf(gains, { tail, antithetic, seed, replications: REPLICATIONS }) : undefined;
  const contenders = new Map(
    compared.map(({ trial }, k) => [trial, { gain: gains[k]!, contender: tested?.contenders[k] }]),
  );
  const trials = samples.map(({ trial, values }): JudgedTrial => {
    const estimate = meanOf({ values, antithetic }, tail);
    const found = contenders.get(trial);
    if (found === undefined) {
      const difference = unknown(0, 'not compared');
      return { trial, estimate, difference, bound: Number.NaN, pValue: Number.NaN, verdict: 'missing' };
    }
    const difference = signed(meanOf({ values: found.gain, antithetic }, tail), sign);
    return { trial, estimate, difference, ...judgedBy(found.contender, sign) };
  });
  const means = compared.map(({ trial }, k) => ({ trial, gain: meanGain(gains[k]!) }));
  const best = means.reduce<{ trial: number; gain: number } | undefined>(
    (top, one) => (top === undefined || one.gain > top.gain ? one : top),
    undefined,
  );
  return {
    trials,
    best: best?.trial,
    compared: compared.length,
    better: trials.filter(({ verdict }) => verdict === 'better').map(({ trial }) => trial),
    episodes: kept.length,
    tail,
    method: tested?.method ?? 'fewer than two episodes: nothing can be compared',
  };
}

function judgedBy(contender: Contender | undefined, sign: number): Pick<JudgedTrial, 'bound' | 'pValue' | 'verdict'> {
  if (contender === undefined) return { bound: Number.NaN, pValue: Number.NaN, verdict: 'undecided' };
  const { low, pValue, verdict } = contender;
  return { bound: sign * low, pValue, verdict: verdict === 'better' ? 'better' : 'undecided' };
}

/** An estimate of the negative. */
function signed(estimate: Estimate, sign: number): Estimate {
  if (sign > 0) return estimate;
  return { ...estimate, value: -estimate.value, low: -estimate.high, high: -estimate.low };
}

function missingIn(values: Float64Array): number {
  let missing = 0;
  for (const value of values) if (!Number.isFinite(value)) missing++;
  return missing;
}

/** Numbers of the episodes that nobody misses; of antithetic ones whole pairs. */
function commonEpisodes(samples: readonly Float64Array[], antithetic: boolean): Uint32Array {
  const episodes = samples[0]?.length ?? 0;
  const isThere = (i: number): boolean => samples.every((values) => Number.isFinite(values[i]));
  const partner = (i: number): number => (antithetic ? i ^ 1 : i);
  const there = Uint8Array.from({ length: episodes }, (_, i) => (isThere(i) ? 1 : 0));
  return Uint32Array.from({ length: episodes }, (_, i) => i).filter((i) => there[i] === 1 && there[partner(i)] === 1);
}

function meanGain(gain: Float64Array): number {
  if (gain.length === 0) return Number.NEGATIVE_INFINITY;
  return gain.reduce((sum, x) => sum + x, 0) / gain.length;
}
