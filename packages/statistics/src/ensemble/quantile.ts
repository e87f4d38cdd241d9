import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { binomialUpper } from '../special/binomial.ts';
import { effectiveSize } from './pairs.ts';
import { sortedOf } from './sorted.ts';

const METHOD = 'order statistics, interpolated (Nyblom 1992)';

/** Of independent values: what antithetic pairs nearly fix, such as a median, is as good as known, and binomials of more take long. */
const MOST = 1e8;

/**
 * Quantile p of the known values, 0 < p < 1: linear between order statistics, type 7 of Hyndman and Fan (1996, "Sample quantiles in
 * statistical packages"), as NumPy and DuckDB's `quantile_cont` have it.
 *
 * The interval needs no assumption on the distribution: order statistics enclose the quantile with a binomial probability, and between two of
 * them Nyblom (1992, "Note on interpolated order statistics", Statistics & Probability Letters 14) interpolates. An end is infinite where no
 * value of the sample is far enough out to bound the quantile.
 */
export function quantileOf(sample: Sample, p: number, tail: number = TAIL): Estimate {
  const sorted = sortedOf(sample.values);
  const n = sorted.length;
  if (n === 0) return unknown(0, METHOD);
  const value = valueAt(sorted, p * (n - 1));
  const effective = Math.min(MOST, Math.max(1, Math.round(effectiveSize(sample, value))));
  const below = lowerRank(effective, p, tail / 2);
  const above = lowerRank(effective, 1 - p, tail / 2);
  const scale = (n + 1) / (effective + 1);
  return {
    value,
    // Of a few values, type 7 may lie farther in than the least that bounds the quantile.
    low: below < 1 ? Number.NEGATIVE_INFINITY : Math.min(value, valueAt(sorted, below * scale - 1)),
    high: above < 1 ? Number.POSITIVE_INFINITY : Math.max(value, valueAt(sorted, n - above * scale)),
    n,
    method: METHOD,
  };
}

/** Median of the known values: `quantileOf` at a half. */
export function medianOf(sample: Sample, tail: number = TAIL): Estimate {
  return quantileOf(sample, 0.5, tail);
}

/** The value at a place between two, counted from 0. */
export function valueAt(sorted: Float64Array, place: number): number {
  const inside = Math.min(Math.max(place, 0), sorted.length - 1);
  const index = Math.floor(inside);
  const low = sorted[index]!;
  const part = inside - index;
  if (part === 0) return low;
  const high = sorted[index + 1]!;
  // Infinities, and no rounding away from equal values.
  return low === high ? low : low + part * (high - low);
}

/**
 * Rank, from 1, with a part between ranks, of the order statistic of n values that is below quantile p with probability 1 − tail; below
 * 1 where not even the least value is.
 */
function lowerRank(n: number, p: number, tail: number): number {
  const level = 1 - tail;
  // The r-th value is below the quantile where r values or more are. Falls with r.
  const confidence = (r: number): number => binomialUpper(r, n, p);
  if (confidence(1) < level) return 0;
  let low = 1;
  let high = n + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (confidence(middle) >= level) low = middle;
    else high = middle;
  }
  const [sure, unsure] = [confidence(low), confidence(low + 1)];
  if (low === n || sure === level) return low;
  return low + 1 / (1 + (low * (1 - p) * (level - unsure)) / ((n - low) * p * (sure - level)));
}
