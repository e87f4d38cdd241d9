import { logBesselIScaled } from '../numerics/bessel.ts';
import { inOtherParameters } from '../numerics/delta.ts';
import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { positive, scaled } from '../numerics/transforms.ts';
import { reversionRemarks } from './autoregression.ts';
import { CalibrationError } from './errors.ts';
import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { estimateOf } from './result.ts';
import { checkSample, type Steps, stepsOf } from './sample.ts';

/** The noncentral chi-square density of each step. */
export const cir: Calibrator = {
  name: 'cir',
  process: 'cir',
  method: 'maximum likelihood',
  source: 'Cox, Ingersoll and Ross (1985), A theory of the term structure of interest rates',
  minimumPrices: 10,
  fit(sample: PriceSample): Estimate {
    checkSample(cir, sample);
    const { yearsPerStep } = sample;
    const steps = stepsOf(sample);
    const n = steps.to.length;
    // In units of a typical price: the search then has numbers of size 1.
    const unit = Math.exp(steps.from.reduce((sum, price) => sum + Math.log(price) / n, 0));
    const inUnits = { from: steps.from.map((price) => price / unit), to: steps.to.map((price) => price / unit) };
    // In the level and the slope of the expected change, a − b·S, the likelihood is nearly quadratic, in speed and mean it is not.
    const fit = maximumLikelihood({
      names: ['meanReversionSpeed', 'longRunMean', 'volatility'],
      transforms: [scaled(1 / (n * yearsPerStep)), positive, positive],
      starts: startsFor(inUnits, yearsPerStep),
      negativeLogLikelihood: ([speed, level, volatility]) =>
        -cirLogLikelihood(inUnits, yearsPerStep, speed!, level!, volatility!),
    });
    if (!(fit.values[0]! > 0)) {
      const speed = fit.values[0]!.toPrecision(3);
      throw new CalibrationError(
        `cir: the prices do not revert to a mean over time (meanReversionSpeed ${speed}); use another process`,
      );
    }
    const mapped = inOtherParameters(fit, ([speed, level, volatility]) => [speed!, level! / speed!, volatility!]);
    const [speed, mean, volatility] = mapped.values as [number, number, number];
    const units = [1, unit, Math.sqrt(unit)];
    const remarks = [...fit.remarks, ...reversionRemarks(speed, n * yearsPerStep)];
    if (2 * speed * mean < volatility * volatility) {
      remarks.push('the Feller condition fails (2·meanReversionSpeed·longRunMean < volatility²): the price touches 0');
    }
    return estimateOf(cir, {
      names: ['meanReversionSpeed', 'longRunMean', 'volatility'],
      values: mapped.values.map((value, i) => value * units[i]!),
      standardErrors: mapped.standardErrors.map((error, i) => (error === null ? null : error * units[i]!)),
      covariance: mapped.covariance?.map((row, i) => row.map((c, j) => c * units[i]! * units[j]!)) ?? null,
      logLikelihood: fit.logLikelihood - n * Math.log(unit),
      observations: n,
      remarks,
    });
  },
};

/** Least squares of (S′ − S)/√S on 1/√S and √S; a slow and a quick reversion to the mean. Speed, level and volatility. */
function startsFor({ from, to }: Steps, dt: number): number[][] {
  const n = to.length;
  let square = 0;
  let mean = 0;
  let inverse = 0;
  let change = 0;
  let relative = 0;
  for (let i = 0; i < n; i++) {
    const s = from[i]!;
    const d = to[i]! - s;
    square += (d * d) / s / (n * dt);
    mean += s / n;
    inverse += 1 / s / n;
    change += d / n;
    relative += d / s / n;
  }
  const volatility = Math.sqrt(square);
  const determinant = inverse * mean - 1;
  const level = (mean * relative - change) / determinant / dt;
  const speed = (relative - inverse * change) / determinant / dt;
  const years = n * dt;
  const starts = [1 / years, 20 / years].map((slow) => [slow, slow * mean, volatility]);
  return level > 0 ? [[speed, level, volatility], ...starts] : starts;
}

/**
 * Of the prices: S′ given S is a scaled noncentral chi-square variable. Also where the speed is negative, so that a search can pass
 * through 0.
 */
export function cirLogLikelihood(
  { from, to }: Steps,
  dt: number,
  speed: number,
  level: number,
  volatility: number,
): number {
  const square = volatility * volatility;
  const fall = speed * dt;
  const c = (fall === 0 ? 1 : fall / -Math.expm1(-fall)) * (2 / (square * dt));
  const order = (2 * level) / square - 1;
  if (!(order > -1) || !Number.isFinite(c)) return -Infinity;
  const decay = Math.exp(-fall);
  let sum = to.length * Math.log(c);
  for (let i = 0; i < to.length; i++) {
    const u = c * from[i]! * decay;
    const v = c * to[i]!;
    const gap = Math.sqrt(u) - Math.sqrt(v);
    sum += (order / 2) * Math.log(v / u) - gap * gap + logBesselIScaled(order, 2 * Math.sqrt(u * v));
  }
  return sum;
}
