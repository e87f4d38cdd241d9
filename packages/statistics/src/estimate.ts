/** Two-sided error probability of a 95 % interval. */
export const TAIL = 0.05;

/** What was estimated, how sure that is, and how the interval was made. */
export interface Estimate {
  /** NaN where it is undefined. */
  readonly value: number;
  /** Ends of the confidence interval; NaN where there is none, infinite where the sample bounds it on the other side alone. */
  readonly low: number;
  readonly high: number;
  /** Values it was made of. */
  readonly n: number;
  /** Of the interval, in words with its source: `Student's t of the mean`. `observed` where there is no interval (extremes). */
  readonly method: string;
}

/** An estimate that nothing is known of: no values, or none that define it. */
export function unknown(n: number, method: string): Estimate {
  return { value: Number.NaN, low: Number.NaN, high: Number.NaN, n, method };
}

/** A figure as documents have it: what is undefined or unbounded is null. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
