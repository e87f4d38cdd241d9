import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { studentLimits } from './limits.ts';
import { momentsOf } from './moments.ts';
import { sortedOf } from './sorted.ts';

const METHOD = "Student's t of winsorised values (Tukey and McLaughlin 1963)";

/**
 * Interquartile mean: that of the middle half of the values, where those at the quartiles count by the part of them that belongs to it. The
 * interval is that of a trimmed mean (Tukey and McLaughlin 1963, "Less vulnerable confidence and significance procedures for location based on a
 * single sample", Sankhyā A 25): the deviation of the values drawn in to the quartiles, and as many degrees of freedom as values remain, less one.
 */
export function interquartileMeanOf(sample: Sample, tail: number = TAIL): Estimate {
  const sorted = sortedOf(sample.values);
  const n = sorted.length;
  if (n === 0) return unknown(0, METHOD);
  const cut = n / 4;
  const whole = Math.floor(cut);
  const least = sorted[whole]!;
  const largest = sorted[n - 1 - whole]!;
  let sum = 0;
  for (let k = whole; k < n - whole; k++) sum += sorted[k]! - least;
  const value = least + (sum - (cut - whole) * (largest - least)) / (n / 2);
  // Each end is half of the values away: what is left of a change in the middle counts twice.
  const winsorised = sample.values.map((x) => (Number.isNaN(x) ? x : 2 * Math.min(Math.max(x, least), largest)));
  const moments = momentsOf({ values: winsorised, antithetic: sample.antithetic });
  const kept = Math.floor(((n - 2 * whole) / n) * moments.clusters);
  const [low, high] = studentLimits(moments, tail, kept - 1);
  return { value, low: value + low, high: value + high, n, method: METHOD };
}
