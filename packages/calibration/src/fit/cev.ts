import { logBesselIScaled } from '../numerics/bessel.ts';
import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { between, positive, real } from '../numerics/transforms.ts';
import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { fitNormal } from './normal.ts';
import { estimateOf } from './result.ts';
import { checkSample, logReturnsOf, type Steps, stepsOf } from './sample.ts';

/** The config's elasticity is less than 1; from here on the process is gbm in all but name. */
const LARGEST_ELASTICITY = 0.999;

/** The density of each step of the process absorbed at 0. The volatility is that at the last price. */
export const cev: Calibrator = {
  name: 'cev',
  process: 'cev',
  method: 'maximum likelihood',
  source: 'Schroder (1989), Computing the constant elasticity of variance option pricing formula',
  minimumPrices: 10,
  fit(sample: PriceSample): Estimate {
    checkSample(cev, sample);
    const { prices, yearsPerStep } = sample;
    const last = prices.at(-1)!;
    const steps = stepsOf(sample);
    const n = steps.to.length;
    // In units of the last price the coefficient of S^elasticity is the volatility there.
    const inUnits = { from: steps.from.map((price) => price / last), to: steps.to.map((price) => price / last) };
    const { mean, variance } = fitNormal(logReturnsOf(sample));
    const drift = (mean + variance / 2) / yearsPerStep;
    const fit = maximumLikelihood({
      names: ['drift', 'volatility', 'elasticity'],
      transforms: [real, positive, between(0, LARGEST_ELASTICITY)],
      starts: [0.95, 0.5, 0.05].map((elasticity) => [
        drift,
        volatilityFor(inUnits, yearsPerStep, elasticity),
        elasticity,
      ]),
      negativeLogLikelihood: ([mu, volatility, elasticity]) =>
        -cevLogLikelihood(inUnits, yearsPerStep, mu!, volatility!, elasticity!),
    });
    const elasticity = fit.values[2]!;
    const remarks = [...fit.remarks];
    if (elasticity > 0.99) remarks.push('elasticity is all but 1, where the process is gbm');
    remarks.push(`volatility is that at the last price, ${last}: give the market this price`);
    return estimateOf(cev, {
      names: ['drift', 'volatility', 'elasticity'],
      values: fit.values,
      standardErrors: fit.standardErrors,
      covariance: fit.covariance,
      logLikelihood: fit.logLikelihood - n * Math.log(last),
      observations: n,
      remarks,
    });
  },
};

/** Root mean square of the steps over S^elasticity: the volatility at a price of 1. */
function volatilityFor({ from, to }: Steps, dt: number, elasticity: number): number {
  let square = 0;
  for (let i = 0; i < to.length; i++) {
    const z = (to[i]! - from[i]!) * Math.exp(-elasticity * Math.log(from[i]!));
    square += (z * z) / (to.length * dt);
  }
  return Math.sqrt(square);
}

/** Of the prices, in units in which the volatility is that at a price of 1. */
export function cevLogLikelihood(
  { from, to }: Steps,
  dt: number,
  drift: number,
  volatility: number,
  elasticity: number,
): number {
  const power = 2 * (1 - elasticity);
  const order = 1 / power;
  const growth = power * drift * dt;
  // growth / expm1(growth) is 1 where there is no drift.
  const k = (growth === 0 ? 1 : growth / Math.expm1(growth)) / ((volatility * volatility * power * power * dt) / 2);
  if (!(k > 0 && Number.isFinite(k))) return -Infinity;
  const logK = Math.log(k);
  let sum = to.length * Math.log(power);
  for (let i = 0; i < to.length; i++) {
    const logFrom = Math.log(from[i]!);
    const logTo = Math.log(to[i]!);
    const logX = logK + power * logFrom + growth;
    const logZ = logK + power * logTo;
    const rootX = Math.exp(logX / 2);
    const rootZ = Math.exp(logZ / 2);
    // √x − √z without the cancellation of two large numbers.
    const gap = rootZ * Math.expm1((logX - logZ) / 2);
    sum += logZ - logTo + (order / 2) * (logX - logZ) - gap * gap + logBesselIScaled(order, 2 * rootX * rootZ);
  }
  return sum;
}
