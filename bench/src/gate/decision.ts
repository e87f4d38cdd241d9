import { type Location, locationOf } from './location.ts';

/** `slower`: by more than the tolerance. `level`: not so. `undecided`: the noise hides it. */
export type Verdict = 'slower' | 'level' | 'undecided';

/** A slowdown is one by more than this. It stands half way between none and the 10 % that must be found. */
export const TOLERANCE = 0.05;
/** Of each side of the interval. */
const TAIL = 0.05;
/** Fewer pairs of processes decide nothing, and more are not taken. */
const LEAST_PAIRS = 6;
export const MOST_PAIRS = 16;

export interface Decision {
  readonly verdict: Verdict;
  /** Time now ÷ time at the base: 1.1 is 10 % slower. */
  readonly ratio: Location;
}

/** `logRatios`: one number per pair of processes. While it is undecided, more pairs may help, up to `MOST_PAIRS`. */
export function decide(logRatios: readonly number[]): Decision {
  const { estimate, low, high } = locationOf(logRatios, TAIL);
  const limit = Math.log1p(TOLERANCE);
  const isEnough = logRatios.length >= LEAST_PAIRS;
  const verdict = isEnough && low > limit ? 'slower' : isEnough && high < limit ? 'level' : 'undecided';
  return { verdict, ratio: { estimate: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high) } };
}

/** The one of all workloads: one that is slower is a slowdown. */
export function overall(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('slower')) return 'slower';
  return verdicts.includes('undecided') ? 'undecided' : 'level';
}
