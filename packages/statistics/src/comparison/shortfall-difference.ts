import { expectedShortfallOf } from '../ensemble/expected-shortfall.ts';
import { studentLimits } from '../ensemble/limits.ts';
import { momentsOf } from '../ensemble/moments.ts';
import { quantileOf } from '../ensemble/quantile.ts';
import { type Estimate, TAIL } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { welch } from './welch.ts';

const METHOD = 'influence values';

/**
 * Expected shortfall of b minus that of a. The error of each is that of the mean of its influence values, the distances beyond the quantile ÷ the
 * share of the tail (Hampel 1974, "The influence curve and its role in robust estimation", JASA 69). Of paired samples the interval is that of the
 * mean of their differences by episode; of independent ones Welch's.
 */
export function shortfallDifference(a: Sample, b: Sample, p: number, isPaired: boolean, tail: number = TAIL): Estimate {
  const value = expectedShortfallOf(b, p, tail).value - expectedShortfallOf(a, p, tail).value;
  const [first, second] = [influenceOf(a, p), influenceOf(b, p)];
  if (isPaired) {
    const difference = { values: second.values.map((x, i) => x - first.values[i]!), antithetic: a.antithetic };
    const moments = momentsOf(difference);
    const [below, above] = studentLimits(moments, tail);
    return { value, low: value + below, high: value + above, n: moments.n, method: `${METHOD}, Student's t` };
  }
  const { estimate } = welch(first, second, tail);
  const half = estimate.high - estimate.value;
  return { value, low: value - half, high: value + half, n: estimate.n, method: `${METHOD}, Welch's t (1947)` };
}

function influenceOf(sample: Sample, p: number): Sample {
  const quantile = quantileOf(sample, p).value;
  const isLower = p < 0.5;
  const share = isLower ? p : 1 - p;
  const beyond = (x: number): number => (isLower ? Math.min(x - quantile, 0) : Math.max(x - quantile, 0)) / share;
  return { ...sample, values: sample.values.map(beyond) };
}
