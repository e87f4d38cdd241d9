import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { above, positive, scaled } from '../numerics/transforms.ts';
import type { Calibrator, PriceSample } from './estimate.ts';
import { movingReturnsOf } from './moving-returns.ts';
import { estimateOf } from './result.ts';
import { sumOfLogPrices } from './sample.ts';

const TWO_PI = 2 * Math.PI;
/** No regime is calmer than this part of the sample: on returns that are all 0 the likelihood would have no end. */
const LEAST = 0.01;

/** Of both regimes: drift and volatility per year, and the rates per year at which the one becomes the other. */
export type TwoRegimes = readonly [
  calmDrift: number,
  calmVolatility: number,
  turbulentDrift: number,
  turbulentVolatility: number,
  calmToTurbulent: number,
  turbulentToCalm: number,
];

const NAMES = [
  'regimes.calm.drift',
  'regimes.calm.volatility',
  'regimes.turbulent.drift',
  'regimes.turbulent.volatility',
  'transitions.calm.turbulent',
  'transitions.turbulent.calm',
] as const;

/**
 * Log-likelihood of log returns by the filter of Hamilton (1989). The regime at the first step is drawn from the stationary
 * distribution; it may change from step to step, with the probabilities that the rates give it over a step.
 */
export function regimesLogLikelihood(returns: Float64Array, yearsPerStep: number, values: TwoRegimes): number {
  const [drift0, volatility0, drift1, volatility1, rate01, rate10] = values;
  const variance0 = volatility0 * volatility0 * yearsPerStep;
  const variance1 = volatility1 * volatility1 * yearsPerStep;
  const mean0 = drift0 * yearsPerStep - variance0 / 2;
  const mean1 = drift1 * yearsPerStep - variance1 / 2;
  const scale0 = 1 / Math.sqrt(TWO_PI * variance0);
  const scale1 = 1 / Math.sqrt(TWO_PI * variance1);
  const rate = rate01 + rate10;
  const changed = -Math.expm1(-rate * yearsPerStep) / rate;
  const to1 = rate01 * changed;
  const to0 = rate10 * changed;
  let p1 = rate01 / rate;
  let total = 0;
  for (let t = 0; t < returns.length; t++) {
    const r = returns[t]!;
    const d0 = r - mean0;
    const d1 = r - mean1;
    const e0 = (-d0 * d0) / (2 * variance0);
    const e1 = (-d1 * d1) / (2 * variance1);
    // Relative to the larger: a return far out would underflow in both.
    const top = Math.max(e0, e1);
    const joint0 = (1 - p1) * scale0 * Math.exp(e0 - top);
    const joint1 = p1 * scale1 * Math.exp(e1 - top);
    const sum = joint0 + joint1;
    total += top + Math.log(sum);
    const filtered = joint1 / sum;
    p1 = filtered * (1 - to0) + (1 - filtered) * to1;
  }
  return total;
}

/** Two regimes, each a geometric Brownian motion: `calm`, and `turbulent` with the higher volatility. */
export const regimeSwitching: Calibrator = {
  name: 'regime-switching',
  process: 'regime-switching',
  method: "maximum likelihood (Hamilton's filter)",
  source:
    'Hamilton (1989), A new approach to the economic analysis of nonstationary time series and the business cycle',
  minimumPrices: 100,
  fit(sample: PriceSample) {
    const { yearsPerStep } = sample;
    const { returns, mean, variance } = movingReturnsOf(regimeSwitching, sample);
    const n = returns.length;
    const volatility = Math.sqrt(variance / yearsPerStep);
    const driftAt = (sigma: number): number => mean / yearsPerStep + (sigma * sigma) / 2;
    /** Probabilities to change over a step → rates. */
    const start = (low: number, high: number, up: number, down: number): number[] => {
      const rate = -Math.log1p(-up - down) / yearsPerStep / (up + down);
      const [calm, turbulent] = [low * volatility, high * volatility];
      return [driftAt(calm), calm, driftAt(turbulent), turbulent, up * rate, down * rate];
    };
    const unit = scaled(volatility / Math.sqrt(n * yearsPerStep));
    const fit = maximumLikelihood({
      names: NAMES,
      transforms: [unit, above(LEAST * volatility), unit, above(LEAST * volatility), positive, positive],
      starts: [start(0.6, 1.8, 0.02, 0.05), start(0.8, 1.2, 0.01, 0.01), start(0.7, 3, 0.05, 0.3)],
      negativeLogLikelihood: (values) => -regimesLogLikelihood(returns, yearsPerStep, values as unknown as TwoRegimes),
    });
    const isCalmFirst = fit.values[1]! <= fit.values[3]!;
    const order = isCalmFirst ? [0, 1, 2, 3, 4, 5] : [2, 3, 0, 1, 5, 4];
    const values = order.map((i) => fit.values[i]!) as unknown as TwoRegimes;
    const standardErrors = order.map((i) => fit.standardErrors[i]!);
    const remarks = isCalmFirst ? [...fit.remarks] : fit.remarks.map(renamed);
    const [calmDrift, calm, turbulentDrift, turbulent, up, down] = values;
    for (const [name, rate] of [
      ['calm', up],
      ['turbulent', down],
    ] as const) {
      const steps = 1 / (rate * yearsPerStep);
      if (steps < 2)
        remarks.push(`${name} lasts ${steps.toFixed(2)} steps on average: shorter than can be seen at this interval`);
    }
    const estimate = estimateOf(regimeSwitching, {
      names: NAMES,
      values,
      standardErrors,
      covariance: fit.covariance === null ? null : order.map((i) => order.map((j) => fit.covariance![i]![j]!)),
      logLikelihood: fit.logLikelihood - sumOfLogPrices(sample),
      observations: n,
      remarks,
    });
    // The names are paths in the config.
    return {
      ...estimate,
      config: {
        process: 'regime-switching',
        regimes: {
          calm: { process: 'gbm', drift: calmDrift, volatility: calm },
          turbulent: { process: 'gbm', drift: turbulentDrift, volatility: turbulent },
        },
        transitions: { calm: { turbulent: up }, turbulent: { calm: down } },
      },
    };
  },
};

/** A remark on the parameters of the search, whose first regime turned out to be the turbulent one. */
function renamed(remark: string): string {
  const other: Record<string, string> = { calm: 'turbulent', turbulent: 'calm' };
  return remark.replace(/\b(?:calm|turbulent)\b/g, (name) => other[name]!);
}
