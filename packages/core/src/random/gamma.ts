import type { RandomStream } from './stream.ts';

/**
 * A gamma variate of the given shape and scale 1 (mean and variance = shape).
 *
 * Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM Transactions on Mathematical Software
 * 26(3), 2000. A shape below 1 is drawn at shape + 1 and multiplied by u^(1/shape), which underflows to 0 for very small
 * shapes. Throws RangeError unless `shape` is positive and finite.
 */
export function gamma(random: RandomStream, shape: number): number {
  if (!(shape > 0 && shape < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`gamma: shape must be positive and finite, got ${shape}`);
  }
  if (shape < 1) {
    const boosted = gammaFromOne(random, shape + 1);
    return boosted * Math.exp(Math.log(1 - random.nextDouble()) / shape);
  }
  return gammaFromOne(random, shape);
}

/** The method proper, for shape ≥ 1. */
function gammaFromOne(random: RandomStream, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - random.nextDouble();
    const square = x * x;
    if (u < 1 - 0.0331 * square * square) return d * v;
    if (Math.log(u) < 0.5 * square + d * (1 - v + Math.log(v))) return d * v;
  }
}
