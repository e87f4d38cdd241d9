/**
 * Probability that a standard normal lies between `from` and `to`, which may be infinite; relative error below 1e-6 unless the
 * interval is narrow. From the rational fit of erfc in Press et al. 2007, "Numerical Recipes", 6.2.2.
 */
export function normalMass(from: number, to: number): number {
  if (from > 0) return upperTail(from) - upperTail(to);
  return to < 0 ? upperTail(-to) - upperTail(-from) : 1 - upperTail(-from) - upperTail(to);
}

/** P(Z > x) for x of 0 or more. */
function upperTail(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  const z = x / Math.SQRT2;
  const t = 1 / (1 + 0.5 * z);
  const sum = COEFFICIENTS.reduceRight((rest, coefficient) => coefficient + t * rest, 0);
  return 0.5 * t * Math.exp(-z * z + sum);
}

const COEFFICIENTS: readonly number[] = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];
