/** From this lag on a series gives the covariances to rounding: as second differences their digits would cancel. */
const SERIES_FROM = 24;

/** Autocovariances of fractional Gaussian noise of unit variance (Mandelbrot and Van Ness 1968) at lags 0 … n − 1. */
export function fractionalNoiseCovariances(hurst: number, n: number): Float64Array {
  const twoH = 2 * hurst;
  const power = (k: number): number => (k === 0 ? 0 : Math.exp(twoH * Math.log(k)));
  return Float64Array.from({ length: n }, (_, k) => {
    if (k === 0) return 1;
    if (k < SERIES_FROM) return (power(k + 1) - 2 * power(k) + power(k - 1)) / 2;
    // ((1 + 1/k)^2H + (1 − 1/k)^2H)/2 − 1 by the binomial series, even terms only.
    let term = 1;
    let sum = 0;
    for (let j = 1; j <= 6; j++) {
      term *= ((twoH - 2 * j + 2) * (twoH - 2 * j + 1)) / (2 * j * (2 * j - 1) * k * k);
      sum += term;
    }
    return power(k) * sum;
  });
}

export interface Whitened {
  /** Sums of products of two whitened vectors x and y, and of both with a vector of ones. */
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
  readonly x1: number;
  readonly y1: number;
  readonly ones: number;
  /** Logarithm of the determinant of the correlation matrix. */
  readonly logDeterminant: number;
}

/**
 * Two vectors, and one of ones, in units of a stationary series of unit variance with the given autocorrelations: xᵀ·R⁻¹·y and so
 * on, R their Toeplitz matrix, by the recursion of Durbin and Levinson (Brockwell and Davis 1991, "Time Series: Theory and
 * Methods", 5.2). Takes time of order n².
 */
export function whiten(correlations: Float64Array, x: Float64Array, y: Float64Array): Whitened {
  const n = x.length;
  // coefficients[j] multiplies the observation j + 1 steps back.
  const coefficients = new Float64Array(n);
  let variance = 1;
  let sumOfCoefficients = 0;
  const sums = { xx: 0, xy: 0, yy: 0, x1: 0, y1: 0, ones: 0, logDeterminant: 0 };
  for (let t = 0; t < n; t++) {
    let predictedX = 0;
    let predictedY = 0;
    let correlation = 0;
    for (let j = 0, k = t - 1; j < t; j++, k--) {
      const coefficient = coefficients[j]!;
      predictedX += coefficient * x[k]!;
      predictedY += coefficient * y[k]!;
      correlation += coefficient * correlations[k + 1]!;
    }
    const errorX = x[t]! - predictedX;
    const errorY = y[t]! - predictedY;
    const errorOne = 1 - sumOfCoefficients;
    sums.xx += (errorX * errorX) / variance;
    sums.xy += (errorX * errorY) / variance;
    sums.yy += (errorY * errorY) / variance;
    sums.x1 += (errorX * errorOne) / variance;
    sums.y1 += (errorY * errorOne) / variance;
    sums.ones += (errorOne * errorOne) / variance;
    sums.logDeterminant += Math.log(variance);
    if (t + 1 === n) break;
    const partial = (correlations[t + 1]! - correlation) / variance;
    extend(coefficients, t, partial);
    sumOfCoefficients += partial * (1 - sumOfCoefficients);
    variance *= 1 - partial * partial;
  }
  return sums;
}

/** From the coefficients of t observations to those of t + 1. */
function extend(coefficients: Float64Array, t: number, partial: number): void {
  for (let j = 0, k = t - 1; j <= k; j++, k--) {
    const a = coefficients[j]!;
    const b = coefficients[k]!;
    coefficients[j] = a - partial * b;
    coefficients[k] = b - partial * a;
  }
  coefficients[t] = partial;
}
