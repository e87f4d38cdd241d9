import { CalibrationError } from './errors.ts';
import type { Calibrator, PriceSample } from './estimate.ts';
import { checkSample, logReturnsOf } from './sample.ts';

export interface MovingReturns {
  readonly returns: Float64Array;
  /** Of a step. */
  readonly mean: number;
  readonly variance: number;
}

/** Below this part of the largest return a standard deviation is what rounding leaves. */
const ROUNDING = 1e-9;

/** Log returns of a sample. Throws CalibrationError as checkSample does, and where they are all the same. */
export function movingReturnsOf(
  calibrator: Pick<Calibrator, 'name' | 'minimumPrices'>,
  sample: PriceSample,
): MovingReturns {
  checkSample(calibrator, sample);
  const returns = logReturnsOf(sample);
  const n = returns.length;
  const mean = returns.reduce((sum, r) => sum + r, 0) / n;
  const variance = returns.reduce((sum, r) => sum + (r - mean) * (r - mean), 0) / n;
  const largest = returns.reduce((most, r) => Math.max(most, Math.abs(r)), 0);
  if (!(Math.sqrt(variance) > ROUNDING * largest)) {
    throw new CalibrationError(
      `${calibrator.name}: all returns are ${mean}: returns that do not vary tell no volatility`,
    );
  }
  return { returns, mean, variance };
}
