import { inOtherParameters } from '../numerics/delta.ts';
import { type LikelihoodFit, maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { above, between, scaled } from '../numerics/transforms.ts';
import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { roughJumps } from './jumps.ts';
import { estimateOf } from './result.ts';
import { checkSample, logReturnsOf, sumOfLogPrices } from './sample.ts';

const NAMES = ['drift', 'volatility', 'jumpIntensity', 'jumpMean', 'jumpDeviation'];
/** More jumps a step than this cannot be told from a Brownian motion. */
const MOST_JUMPS = 10;
/** Of the deviation of all returns; see `fit`. */
const SMALLEST_DEVIATION = 0.02;
/** Terms left out of a density are at most this part of it. */
const REST = 1e-13;

/**
 * A Poisson mixture of normals. Its likelihood is infinite where the diffusion of the steps without jump shrinks onto a single
 * return, or the jumps onto one; so both deviations have a floor far below that of the returns (Honoré 1998, "Pitfalls in
 * estimating jump-diffusion models").
 */
export const merton: Calibrator = {
  name: 'merton',
  process: 'merton',
  method: 'maximum likelihood',
  source: 'Honoré (1998), Pitfalls in estimating jump-diffusion models',
  minimumPrices: 30,
  fit(sample: PriceSample): Estimate {
    checkSample(merton, sample);
    const returns = logReturnsOf(sample);
    const fit = fitMerton(returns, sample.yearsPerStep);
    return estimateOf(merton, {
      names: NAMES,
      ...fit,
      logLikelihood: fit.logLikelihood - sumOfLogPrices(sample),
      observations: returns.length,
    });
  },
};

/** Parameters of the config, and the likelihood of the log returns. */
export function fitMerton(returns: Float64Array, yearsPerStep: number): LikelihoodFit {
  const n = returns.length;
  const rough = roughJumps(returns);
  const perRoot = 1 / Math.sqrt(yearsPerStep);
  const mean = rough.mean / yearsPerStep;
  const volatility = rough.quietDeviation * perRoot;
  const intensity = rough.share / yearsPerStep;
  const fit = maximumLikelihood({
    names: NAMES,
    transforms: [
      // In units of its error.
      scaled((rough.deviation * perRoot) / Math.sqrt(n * yearsPerStep)),
      above(SMALLEST_DEVIATION * rough.deviation * perRoot),
      between(0, MOST_JUMPS / yearsPerStep),
      scaled(rough.deviation),
      above(SMALLEST_DEVIATION * rough.deviation),
    ],
    starts: [
      [mean, volatility, intensity, rough.jumpMean, rough.jumpDeviation],
      // Many small jumps.
      [mean, 0.7 * volatility, 0.3 / yearsPerStep, 0, 1.2 * rough.deviation],
    ],
    negativeLogLikelihood: ([mu, sigma, lambda, jumpMean, jumpDeviation]) =>
      -mertonLogLikelihood(returns, {
        mean: (mu! - lambda! * jumpMean!) * yearsPerStep,
        variance: sigma! * sigma! * yearsPerStep,
        jumps: lambda! * yearsPerStep,
        jumpMean: jumpMean!,
        jumpVariance: jumpDeviation! * jumpDeviation!,
      }),
  });
  // The search takes the mean log return, which the other parameters hardly move; the config the drift of the price.
  return inOtherParameters(fit, ([mu, sigma, lambda, jumpMean, jumpDeviation]) => [
    mu! + (sigma! * sigma!) / 2 + lambda! * (Math.expm1(jumpMean! + (jumpDeviation! * jumpDeviation!) / 2) - jumpMean!),
    sigma!,
    lambda!,
    jumpMean!,
    jumpDeviation!,
  ]);
}

/** A log return without jumps and with them. */
export interface JumpMixture {
  /** Of a step without jump. */
  readonly mean: number;
  readonly variance: number;
  /** Expected number a step. */
  readonly jumps: number;
  readonly jumpMean: number;
  readonly jumpVariance: number;
}

/**
 * Log-likelihood of log returns. The density is a sum over the number of jumps; it ends where all further terms together are
 * below 1e-13 of it: term k is at most w_k/√(2π·variance_k), and from k > jumps on these fall faster than a geometric series.
 */
export function mertonLogLikelihood(returns: Float64Array, mixture: JumpMixture): number {
  const { mean, variance, jumps, jumpMean, jumpVariance } = mixture;
  const means: number[] = [];
  const exponents: number[] = [];
  const heights: number[] = [];
  /** Of all terms after this one together. */
  const rests: number[] = [];
  let weight = Math.exp(-jumps);
  for (let k = 0; k === 0 || (heights[k - 1]! > 0 && rests[k - 1]! > 1e-290); k++) {
    const spread = variance + k * jumpVariance;
    means.push(mean + k * jumpMean);
    exponents.push(-1 / (2 * spread));
    heights.push(weight / Math.sqrt(2 * Math.PI * spread));
    weight *= jumps / (k + 1);
    const ratio = jumps / (k + 2);
    rests.push(ratio < 1 ? weight / Math.sqrt(2 * Math.PI * spread) / (1 - ratio) : Infinity);
  }
  const terms = heights.length;
  let sum = 0;
  for (const r of returns) {
    let density = 0;
    for (let k = 0; k < terms; k++) {
      const d = r - means[k]!;
      density += heights[k]! * Math.exp(exponents[k]! * d * d);
      if (rests[k]! <= REST * density) break;
    }
    sum += Math.log(density);
  }
  return sum;
}
