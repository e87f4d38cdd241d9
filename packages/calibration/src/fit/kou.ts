import { inOtherParameters } from '../numerics/delta.ts';
import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { above, between, scaled } from '../numerics/transforms.ts';
import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { roughJumps } from './jumps.ts';
import { kouLogLikelihood } from './kou-density.ts';
import { estimateOf } from './result.ts';
import { checkSample, logReturnsOf, sumOfLogPrices } from './sample.ts';

const NAMES = ['drift', 'volatility', 'jumpIntensity', 'upProbability', 'upRate', 'downRate'];
/** More jumps a step than this cannot be told from a Brownian motion. */
const MOST_JUMPS = 10;
/** Of the deviation of all returns: the floor below which the density would shrink onto a single return. */
const SMALLEST_DEVIATION = 0.02;

/** A Poisson mixture of normals with double exponential jumps. */
export const kou: Calibrator = {
  name: 'kou',
  process: 'kou',
  method: 'maximum likelihood',
  source: 'Ramezani and Zeng (2007), Maximum likelihood estimation of the double exponential jump-diffusion process',
  minimumPrices: 30,
  fit(sample: PriceSample): Estimate {
    checkSample(kou, sample);
    const { yearsPerStep } = sample;
    const returns = logReturnsOf(sample);
    const n = returns.length;
    const rough = roughJumps(returns);
    const perRoot = 1 / Math.sqrt(yearsPerStep);
    const floor = SMALLEST_DEVIATION * rough.deviation;
    const rate = Math.max(1.5, 1 / rough.jumpDeviation);
    const fit = maximumLikelihood({
      names: NAMES,
      transforms: [
        // In units of its error.
        scaled((rough.deviation * perRoot) / Math.sqrt(n * yearsPerStep)),
        above(floor * perRoot),
        between(0, MOST_JUMPS / yearsPerStep),
        between(0, 1),
        // An expected price needs an upRate above 1, and no price falls to a third by each jump; a jump below the floor is none.
        between(1, Math.max(2, 1 / floor)),
        between(1, Math.max(2, 1 / floor)),
      ],
      starts: [
        [rough.mean / yearsPerStep, rough.quietDeviation * perRoot, rough.share / yearsPerStep, 0.5, rate, rate],
        [
          rough.mean / yearsPerStep,
          0.7 * rough.quietDeviation * perRoot,
          0.3 / yearsPerStep,
          0.5,
          1.5 * rate,
          1.5 * rate,
        ],
      ],
      negativeLogLikelihood: ([mu, sigma, lambda, p, up, down]) =>
        -kouLogLikelihood(returns, {
          mean: (mu! - lambda! * (p! / up! - (1 - p!) / down!)) * yearsPerStep,
          deviation: sigma! / perRoot,
          jumps: lambda! * yearsPerStep,
          upProbability: p!,
          upRate: up!,
          downRate: down!,
        }),
    });
    // The search takes the mean log return, which the other parameters hardly move; the config the drift of the price.
    const mapped = inOtherParameters(fit, ([mu, sigma, lambda, p, up, down]) => [
      // E[e^J] − 1 − E[J] of jumps up is 1/(rate − 1) − 1/rate.
      mu! + (sigma! * sigma!) / 2 + lambda! * (p! / (up! * (up! - 1)) + (1 - p!) / (down! * (down! + 1))),
      sigma!,
      lambda!,
      p!,
      up!,
      down!,
    ]);
    return estimateOf(kou, {
      names: NAMES,
      ...mapped,
      logLikelihood: fit.logLikelihood - sumOfLogPrices(sample),
      observations: n,
    });
  },
};
