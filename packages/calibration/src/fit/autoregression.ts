import { CalibrationError } from './errors.ts';
import type { Steps } from './sample.ts';

/** An Ornstein-Uhlenbeck process fitted to levels: parameters of the process, in the order of the covariance. */
export interface Reversion {
  readonly meanReversionSpeed: number;
  readonly longRunMean: number;
  readonly volatility: number;
  /** Of speed, mean and volatility. */
  readonly covariance: readonly (readonly number[])[];
  readonly logLikelihood: number;
}

/**
 * The Ornstein-Uhlenbeck process of greatest likelihood: its steps are an autoregression of first order, whose least squares are
 * the maximum (Tang and Chen 2009, "Parameter estimation and bias correction for diffusion processes").
 *
 * Throws CalibrationError where the levels do not revert to a mean.
 */
export function fitReversion(name: string, { from, to }: Steps, yearsPerStep: number): Reversion {
  const n = to.length;
  const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value / n, 0);
  const meanFrom = meanOf(from);
  const meanTo = meanOf(to);
  let square = 0;
  let product = 0;
  for (let i = 0; i < n; i++) {
    square += (from[i]! - meanFrom) * (from[i]! - meanFrom);
    product += (from[i]! - meanFrom) * (to[i]! - meanTo);
  }
  const phi = product / square;
  if (!(phi > 0 && phi < 1)) {
    const why = phi >= 1 ? 'they wander without one' : 'each step turns back past it';
    throw new CalibrationError(
      `${name}: the prices do not revert to a mean over time, ${why} (autocorrelation ${phi.toPrecision(6)}); use another process`,
    );
  }
  let residual = 0;
  for (let i = 0; i < n; i++) {
    const error = to[i]! - meanTo - phi * (from[i]! - meanFrom);
    residual += (error * error) / n;
  }
  const speed = -Math.log(phi) / yearsPerStep;
  // The regression runs through the means, where its level and its slope are independent.
  const longRunMean = meanFrom + (meanTo - meanFrom) / (1 - phi);
  const decay = (1 - phi) * (1 + phi);
  const volatility = Math.sqrt((2 * speed * residual) / decay);
  const variances = [residual / square, residual / n, (2 * residual * residual) / n];
  const slopes = [
    [-1 / (phi * yearsPerStep), 0, 0],
    [(meanTo - meanFrom) / ((1 - phi) * (1 - phi)), 1 / (1 - phi), 0],
    [volatility * (phi / decay - 1 / (2 * speed * phi * yearsPerStep)), 0, volatility / (2 * residual)],
  ];
  return {
    meanReversionSpeed: speed,
    longRunMean,
    volatility,
    covariance: slopes.map((a) => slopes.map((b) => variances.reduce((sum, v, k) => sum + a[k]! * b[k]! * v, 0))),
    logLikelihood: (-n / 2) * (Math.log(2 * Math.PI * residual) + 1),
  };
}

/** What to say where the sample spans few reversions, so that the speed is biased upwards; else nothing. */
export function reversionRemarks(speed: number, years: number): string[] {
  const times = speed * years;
  if (times > 20) return [];
  return [
    `the sample is only ${times.toPrecision(2)} times as long as the mean reversion takes: meanReversionSpeed is biased upwards`,
  ];
}
