import { studentQuantile } from '@ergodic/core';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { hallLimits, type Limits, NO_LIMITS } from './limits.ts';
import { type Moments, momentsOf } from './moments.ts';
import { valueAt } from './quantile.ts';
import { sortedOf } from './sorted.ts';

const METHOD = "influence values, Student's t over the tail, corrected for skewness (Hall 1992)";

/**
 * Expected shortfall: for p < 0.5 the mean of the lowest part p of the values, else that of the highest part 1 − p, in the column's own units
 * and sign. The value at the quantile counts by the part of it that belongs to the tail, as Acerbi and Tasche define it (2002, "On the coherence of
 * expected shortfall", Journal of Banking & Finance 26). No interval where fewer than two independent values are in the tail.
 */
export function expectedShortfallOf(sample: Sample, p: number, tail: number = TAIL): Estimate {
  const sorted = sortedOf(sample.values);
  const n = sorted.length;
  if (n === 0) return unknown(0, METHOD);
  const isLower = p < 0.5;
  const part = isLower ? p : 1 - p;
  const mass = part * n;
  const whole = Math.floor(mass);
  const at = (k: number): number => sorted[isLower ? k : n - 1 - k]!;
  const edge = at(Math.min(whole, n - 1));
  // From the outermost one, so that equal values have it exactly as their mean.
  const origin = at(0);
  let sum = mass === whole ? 0 : (mass - whole) * (edge - origin);
  for (let k = 0; k < whole; k++) sum += at(k) - origin;
  const value = Number.isFinite(origin) ? origin + sum / mass : origin;
  const place = (share: number): number => (isLower ? share : 1 - share) * (n - 1);
  const slope = Math.abs(valueAt(sorted, place(1.5 * part)) - valueAt(sorted, place(0.5 * part))) / part;
  const isBounded = mass >= 2 && Number.isFinite(value);
  const [low, high] = isBounded ? shortfallLimits(sample, { part, edge, slope, isLower }, tail) : NO_LIMITS;
  return { value, low: value + low, high: value + high, n, method: METHOD };
}

interface Tail {
  /** Its probability. */
  readonly part: number;
  /** The value at the quantile. */
  readonly edge: number;
  /** Of the quantile function there: one over the density. */
  readonly slope: number;
  readonly isLower: boolean;
}

/**
 * Limits from the influence values of a lower tail, L = (Y − mean Y)/p with Y = min(x − q, 0).
 *
 * The quantile q is itself estimated. That bends the estimate: its second-order influence is (I − p)(I′ − p)·q′/p, with I the indicator of the
 * tail and q′ the slope of the quantile function. And it moves the variance of L, since ∂L/∂q = −(I − p)/p. Both enter the Edgeworth expansion
 * of t next to the skewness γ of Y: with s the deviation of Y, C the covariance of Y and I, V the variance of I, e = C²·q′/s³ and b = V·q′/2s
 * its slope is (γ/3 + e/2)/√G and its shift (γ/6 + e/2 − b)/√G. Student's t has one degree of freedom less than there are clusters
 * in the tail, as they alone tell of the variance.
 */
function shortfallLimits({ values, antithetic }: Sample, { part, edge, slope, isLower }: Tail, tail: number): Limits {
  // An upper tail is the lower one of the values with the other sign.
  const sign = isLower ? 1 : -1;
  const shortfalls = values.map((x) => (Number.isNaN(x) ? x : Math.min(sign * (x - edge), 0)));
  const moments = momentsOf({ values: shortfalls, antithetic });
  const { n, clusters, standardError, skewness } = moments;
  if (standardError === 0) return [0, 0];
  const { reached, covariance, variance } = tailOf(shortfalls, antithetic, moments);
  if (!(reached >= 2)) return NO_LIMITS;
  const root = Math.sqrt(clusters);
  const deviation = (standardError * n) / root;
  const e = (covariance * covariance * slope) / (deviation * deviation * deviation);
  const b = (variance * slope) / (2 * deviation);
  const [low, high] = hallLimits(
    standardError / part,
    (skewness / 3 + e / 2) / root,
    (skewness / 6 + e / 2 - b) / root,
    studentQuantile(tail, reached - 1),
  );
  return isLower ? [low, high] : [-high, -low];
}

/** Clusters in the tail; covariance of shortfall and indicator, and variance of the indicator, over clusters. */
function tailOf(
  shortfalls: Float64Array,
  antithetic: boolean,
  { n, clusters, mean }: Moments,
): { reached: number; covariance: number; variance: number } {
  const size = antithetic ? 2 : 1;
  let inside = 0;
  for (let i = 0; i < shortfalls.length; i++) if (shortfalls[i]! < 0) inside++;
  let reached = 0;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < shortfalls.length; i += size) {
    let shortfall = 0;
    let indicator = 0;
    let isReached = false;
    for (let j = i; j < i + size && j < shortfalls.length; j++) {
      const value = shortfalls[j]!;
      if (Number.isNaN(value)) continue;
      if (value < 0) isReached = true;
      shortfall += value - mean;
      indicator += (value < 0 ? 1 : 0) - inside / n;
    }
    if (isReached) reached++;
    products += shortfall * indicator;
    squares += indicator * indicator;
  }
  return { reached, covariance: products / clusters, variance: squares / clusters };
}
