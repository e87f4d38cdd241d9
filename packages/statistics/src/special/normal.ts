import { erfcx } from './error-function.ts';

/** Probability that a standard normal is at most x; relative error below 1e-12 in the lower tail too (DLMF 7.2.2 with `erfcx`). */
export function normalCdf(x: number): number {
  if (x > 0) return 1 - normalCdf(-x);
  // exp(−x²/2)·erfcx: nothing cancels, however small the tail is.
  return x < -39 ? 0 : 0.5 * Math.exp(-0.5 * x * x) * erfcx(-x / Math.SQRT2);
}

/** Probability that a standard normal is above x, as exact in its upper tail as `normalCdf` is in the lower. */
export function normalUpper(x: number): number {
  return normalCdf(-x);
}

/** Density of the standard normal at x. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}
