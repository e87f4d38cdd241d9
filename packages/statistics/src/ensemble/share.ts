import { normalQuantile } from '@ergodic/core';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { effectiveSize } from './pairs.ts';

const WILSON = "Wilson's score interval (1927)";

/**
 * Share of k hits in n independent trials, with Wilson's score interval (1927, "Probable inference, the law of succession, and statistical
 * inference", JASA 22). At no hits the low end is 0, at nothing but hits the high end is 1.
 *
 * `effective`: independent trials that say as much as these n.
 */
export function shareOfCount(k: number, n: number, tail: number = TAIL, effective: number = n): Estimate {
  if (n === 0) return unknown(0, WILSON);
  const p = k / n;
  const z = normalQuantile(tail / 2);
  const square = (z * z) / effective;
  const middle = p + square / 2;
  const half = Math.sqrt(p * (1 - p) * square + (square * square) / 4);
  const low = k === 0 ? 0 : (middle - half) / (1 + square);
  const high = k === n ? 1 : (middle + half) / (1 + square);
  return { value: p, low, high, n, method: WILSON };
}

/** Share of ones among values of 0 and 1. Antithetic episodes count as the independent ones that say as much. */
export function shareOf(sample: Sample, tail: number = TAIL): Estimate {
  let k = 0;
  let n = 0;
  for (const value of sample.values) {
    if (value === 1) k++;
    if (!Number.isNaN(value)) n++;
  }
  return shareOfCount(k, n, tail, effectiveSize(sample, 1));
}
