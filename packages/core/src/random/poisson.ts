import type { RandomStream } from './stream.ts';

/** Above this mean the multiplication of uniforms is slower than the transformed rejection, which needs 10 at least. */
const REJECTION_FROM = 10;

/**
 * The largest mean. Beyond it the rounding of k log(mean) − log k! (about 1e-16 k log k) would reach 1e-5 of the
 * acceptance probability.
 */
const MEAN_MAX = 1e9;

const HALF_LOG_TWO_PI = 0.9189385332046727;

/** log k! for k = 0 … 31. */
const LOG_FACTORIAL = new Float64Array(32);
for (let k = 2; k < LOG_FACTORIAL.length; k++) LOG_FACTORIAL[k] = LOG_FACTORIAL[k - 1]! + Math.log(k);

/**
 * A Poisson variate of the given mean: an integer. A mean of 0 gives 0 and draws nothing. Throws RangeError unless
 * `mean` is from 0 to 1e9.
 */
export function poisson(random: RandomStream, mean: number): number {
  if (mean === 0) return 0;
  if (!(mean > 0 && mean <= MEAN_MAX)) throw new RangeError(`poisson: mean must be from 0 to 1e9, got ${mean}`);
  return mean < REJECTION_FROM ? poissonByProduct(random, mean) : poissonByRejection(random, mean);
}

/** How many uniforms can be multiplied before the product falls to exp(−mean) (Knuth, TAOCP 2, 3.4.1). */
function poissonByProduct(random: RandomStream, mean: number): number {
  const floor = Math.exp(-mean);
  let count = 0;
  for (let product = random.nextDouble(); product > floor; product *= random.nextDouble()) count++;
  return count;
}

/**
 * PTRS: transformed rejection with squeeze (Hörmann, "The transformed rejection method for generating Poisson random
 * variables", Insurance: Mathematics and Economics 12, 1993); the constants are the paper's.
 */
function poissonByRejection(random: RandomStream, mean: number): number {
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.nextDouble() - 0.5;
    const v = random.nextDouble();
    const edge = 0.5 - Math.abs(u);
    // At u = −0.5 the edge is 0 and k is −Infinity, which the second test refuses.
    const k = Math.floor(((2 * a) / edge + b) * u + mean + 0.43);
    if (edge >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (edge < 0.013 && v > edge)) continue;
    if (Math.log((v * inverseAlpha) / (a / (edge * edge) + b)) <= k * logMean - mean - logFactorial(k)) return k;
  }
}

/** log k! for an integer k ≥ 0: a table, then Stirling's series, whose first omitted term is below 2e-14 at 32. */
export function logFactorial(k: number): number {
  if (k < LOG_FACTORIAL.length) return LOG_FACTORIAL[k]!;
  const square = k * k;
  const series = (1 / 12 - (1 / 360 - 1 / (1260 * square)) / square) / k;
  return (k + 0.5) * Math.log(k) - k + HALF_LOG_TWO_PI + series;
}
