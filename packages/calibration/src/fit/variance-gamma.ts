import { logGamma } from '@ergodic/statistics';
import { logBesselKScaled } from '../numerics/bessel.ts';
import { inOtherParameters } from '../numerics/delta.ts';
import { tabulated } from '../numerics/interpolate.ts';
import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { between, positive, scaled } from '../numerics/transforms.ts';
import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { fitNormal } from './normal.ts';
import { estimateOf } from './result.ts';
import { checkSample, logReturnsOf, sumOfLogPrices } from './sample.ts';

const NAMES = ['drift', 'volatility', 'skew', 'varianceRate'];
/** Steps that the varianceRate may be as long as: beyond, the density of a step is infinite where its jumps cancel. */
const LONGEST = 2;
/** Steps; where the varianceRate is longer, the information on the location is infinite, and the likelihood has no second derivative. */
const CUSP = 4 / 3;

/**
 * The density of Madan, Carr and Chang (1998). The varianceRate is held below two steps: above, the density of a step is infinite at one
 * point, and so would be the likelihood.
 */
export const varianceGamma: Calibrator = {
  name: 'variance-gamma',
  process: 'variance-gamma',
  method: 'maximum likelihood',
  source: 'Madan, Carr and Chang (1998), The variance gamma process and option pricing',
  minimumPrices: 30,
  fit(sample: PriceSample): Estimate {
    checkSample(varianceGamma, sample);
    const { yearsPerStep } = sample;
    const returns = logReturnsOf(sample);
    const n = returns.length;
    const { mean, variance } = fitNormal(returns);
    const fourth = returns.reduce((sum, r) => sum + (r - mean) * (r - mean) * (r - mean) * (r - mean), 0) / n;
    // Excess kurtosis is 3·varianceRate/step where there is no skew.
    const excess = fourth / (variance * variance) / 3 - 1;
    const location = scaled(Math.sqrt(variance / n) / yearsPerStep);
    const start = (rate: number): number[] => [
      mean / yearsPerStep,
      Math.sqrt(variance / yearsPerStep),
      0,
      rate * yearsPerStep,
    ];
    const fit = maximumLikelihood({
      names: NAMES,
      transforms: [location, positive, location, between(0, LONGEST * yearsPerStep)],
      starts: [start(Math.min(1.2, Math.max(0.05, excess))), start(0.4)],
      negativeLogLikelihood: ([mu, sigma, skew, rate]) =>
        -varianceGammaLogLikelihood(returns, yearsPerStep, mu!, sigma!, skew!, rate!),
    });
    const rate = fit.values[3]!;
    const isSharp = rate > CUSP * yearsPerStep;
    const remarks = isSharp ? [] : [...fit.remarks];
    if (rate > 0.99 * LONGEST * yearsPerStep) {
      remarks.push(
        'varianceRate is held at two steps, where the density becomes infinite: the returns have fatter tails than that',
      );
    } else if (isSharp) {
      remarks.push(
        'the density has so sharp a peak that the likelihood is not smooth: drift is rough, and so are the errors',
      );
    }
    // The search takes the location of the density; the config the drift of the price.
    const mapped = inOtherParameters(fit, ([mu, sigma, skew, rate]) => [
      mu! - Math.log1p(-rate! * (skew! + (sigma! * sigma!) / 2)) / rate!,
      sigma!,
      skew!,
      rate!,
    ]);
    return estimateOf(varianceGamma, {
      names: NAMES,
      ...mapped,
      logLikelihood: fit.logLikelihood - sumOfLogPrices(sample),
      observations: n,
      remarks,
    });
  },
};

/** Nodes of the table of log K: its error is below 1e-9. */
const NODES = 400;

/**
 * Log-likelihood of log returns `mu·t + skew·G + sigma·W(G)`, G a gamma variable of mean t and variance rate·t (Madan, Carr and
 * Chang 1998, equation 23).
 */
export function varianceGammaLogLikelihood(
  returns: Float64Array,
  t: number,
  mu: number,
  sigma: number,
  skew: number,
  rate: number,
): number {
  // The expected price would be infinite.
  if (rate * (skew + (sigma * sigma) / 2) >= 1) return -Infinity;
  const square = sigma * sigma;
  const shape = t / rate;
  const order = shape - 0.5;
  const width = (2 * square) / rate + skew * skew;
  const root = Math.sqrt(width) / square;
  const floor = 1e-9 * sigma * Math.sqrt(t);
  const constant =
    Math.LN2 -
    shape * Math.log(rate) -
    Math.log(2 * Math.PI) / 2 -
    Math.log(sigma) -
    logGamma(shape) -
    (order / 2) * Math.log(width);
  let smallest = Infinity;
  let largest = 0;
  for (const r of returns) {
    const x = Math.max(floor, Math.abs(r - mu * t));
    if (x < smallest) smallest = x;
    if (x > largest) largest = x;
  }
  const bessel = tabulated(
    (y) => logBesselKScaled(order, root * Math.exp(y)),
    Math.log(smallest),
    Math.log(largest),
    NODES,
  );
  let sum = returns.length * constant;
  for (const r of returns) {
    const d = r - mu * t;
    const x = Math.max(floor, Math.abs(d));
    const y = Math.log(x);
    sum += (skew * d) / square + order * y + bessel(y) - root * x;
  }
  return sum;
}
