import { quantileOf } from '../ensemble/quantile.ts';
import { type Estimate, TAIL } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { correlationOfErrors } from './correlation.ts';

/**
 * Quantile of b minus that of a, from the intervals of order statistics of each.
 *
 * Paired: with h half the width of each, √(h_a² + h_b² − 2·ρ·h_a·h_b) (Woodruff 1952, "Confidence intervals for medians and other position measures",
 * JASA 47), where ρ is the correlation of the indicators of lying at or below the quantile (Bahadur 1966, "A note on quantiles in large samples").
 * The sides are not told apart, since chance differences of them do not cancel as the errors do.
 *
 * Independent: the sides apart, √((b − b_low)² + (a_high − a)²) below and alike above (MOVER, Zou & Donner 2008, "Construction of confidence limits
 * about effect measures: a general approach", Statistics in Medicine 27).
 *
 * Infinite where a sample is too small to bound its quantile.
 */
export function quantileDifference(a: Sample, b: Sample, p: number, isPaired: boolean, tail: number = TAIL): Estimate {
  const [first, second] = [quantileOf(a, p, tail), quantileOf(b, p, tail)];
  const value = second.value - first.value;
  if (!isPaired) {
    const below = Math.hypot(second.value - second.low, first.high - first.value);
    const above = Math.hypot(second.high - second.value, first.value - first.low);
    const method = 'MOVER (Zou & Donner 2008), from order statistics';
    return { value, low: value - below, high: value + above, n: first.n + second.n, method };
  }
  const correlation = correlationOfErrors(atOrBelow(a, first.value), atOrBelow(b, second.value));
  const half = differenceError((first.high - first.low) / 2, (second.high - second.low) / 2, correlation);
  const method = "Woodruff's (1952), from order statistics";
  return { value, low: value - half, high: value + half, n: first.n, method };
}

function atOrBelow(sample: Sample, quantile: number): Sample {
  return { ...sample, values: sample.values.map((x) => (Number.isNaN(x) ? x : Number(x <= quantile))) };
}

/** Error of a difference of two estimates whose errors correlate. */
function differenceError(a: number, b: number, correlation: number): number {
  if (a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return Math.sqrt((a - b) * (a - b) + 2 * (1 - correlation) * a * b);
}
