import { normalQuantile } from '@ergodic/core';

/** 95 % confidence interval of a probability of which k of n came true (Wilson 1927). */
export function wilson(k: number, n: number): [number, number] {
  const z = -normalQuantile(0.025);
  const p = k / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [k === 0 ? 0 : (middle - half) / scale, k === n ? 1 : (middle + half) / scale];
}
