import { CalibrationError } from './errors.ts';
import type { ParameterEstimate } from './estimate.ts';

/** Columns of candles, of equal length. */
export interface CandleSample {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly volume: Float64Array;
  /** Standard deviation of the log return of one step: the scale of the ranges. */
  readonly stepDeviation: number;
}

export interface VolumeEstimate {
  /** level, elasticity and noise, as `candles.volume` of a market takes them. */
  readonly parameters: readonly ParameterEstimate[];
  readonly config: { readonly level: number; readonly elasticity: number; readonly noise: number };
  /** Share of the variance of log volumes that the ranges explain. */
  readonly rSquared: number;
  /** Candles that trade and move; others tell nothing here. */
  readonly observations: number;
  readonly remarks: readonly string[];
}

/** Expected range of a Brownian motion over a unit of time (Feller 1951, "The asymptotic distribution of the range"). */
const EXPECTED_RANGE = Math.sqrt(8 / Math.PI);
const FEWEST = 10;

/**
 * How the volume of a candle follows its range, by least squares of logarithms (Clark 1973; Tauchen and Pitts 1983):
 * V = level·(range/expected range)^elasticity·exp(noise·Z − noise²/2), range = ln(high/low).
 *
 * Throws CalibrationError where fewer than ten candles both trade and move, or all ranges are the same.
 */
export function fitVolume({ high, low, volume, stepDeviation }: CandleSample): VolumeEstimate {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < volume.length; i++) {
    const range = Math.log(high[i]! / low[i]!);
    if (!(volume[i]! > 0 && range > 0)) continue;
    xs.push(Math.log(range / (EXPECTED_RANGE * stepDeviation)));
    ys.push(Math.log(volume[i]!));
  }
  const n = xs.length;
  if (n < FEWEST) {
    throw new CalibrationError(`volume: needs at least ${FEWEST} candles with a volume and a range, got ${n}`);
  }
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / n, 0);
  const meanX = meanOf(xs);
  const meanY = meanOf(ys);
  let square = 0;
  let product = 0;
  let total = 0;
  for (const [i, x] of xs.entries()) {
    square += (x - meanX) * (x - meanX);
    product += (x - meanX) * (ys[i]! - meanY);
    total += (ys[i]! - meanY) * (ys[i]! - meanY);
  }
  if (!(square > 1e-12 * n))
    throw new CalibrationError('volume: all candles have the same range, so it explains nothing');
  const remarks: string[] = [];
  const slope = product / square;
  // A market's elasticity is not negative: volume then has nothing to do with the range.
  const elasticity = Math.max(0, slope);
  if (slope < 0) remarks.push('wider candles trade less here: elasticity is held at 0');
  const intercept = meanY - elasticity * meanX;
  const residual = xs.reduce((sum, x, i) => sum + (ys[i]! - intercept - elasticity * x) ** 2, 0);
  const variance = residual / (n - 2);
  const noise = Math.sqrt(variance);
  const level = Math.exp(intercept + variance / 2);
  const ofSlope = variance / square;
  const ofIntercept = variance / n + meanX * meanX * ofSlope;
  // Delta method; the errors of the noise and of the line are independent.
  const ofNoise = variance / (2 * n);
  const levelError = level * Math.sqrt(ofIntercept + variance * ofNoise);
  return {
    parameters: [
      { name: 'level', value: level, standardError: levelError },
      { name: 'elasticity', value: elasticity, standardError: slope < 0 ? null : Math.sqrt(ofSlope) },
      { name: 'noise', value: noise, standardError: Math.sqrt(ofNoise) },
    ],
    config: { level, elasticity, noise },
    rSquared: total === 0 ? 0 : 1 - residual / total,
    observations: n,
    remarks,
  };
}
