/** Block lengths of least error of the bootstrap of a mean, in observations. */
export interface BlockLengths {
  /** Mean of the random lengths of the stationary bootstrap. */
  readonly stationary: number;
  readonly circular: number;
}

/**
 * Block lengths by the automatic rule of Politis and White (2004), "Automatic block-length selection for the dependent bootstrap",
 * as corrected by Patton, Politis and White (2009). Autocovariances enter through a flat-top window, twice as wide as the lag
 * after which several autocorrelations in a row are insignificant; lengths are at most 3·√n and n/3. NaN where the series
 * does not move.
 */
export function optimalBlockLengths(series: Float64Array): BlockLengths {
  const n = series.length;
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  const inARow = Math.max(5, Math.trunc(Math.log10(n)));
  const lastLag = Math.ceil(Math.sqrt(n)) + inARow;
  const significant = 2 * Math.sqrt(Math.log10(n) / n);
  const mean = series.reduce((sum, x) => sum + x, 0) / n;
  const deviations = series.map((x) => x - mean);
  const covariances: number[] = [];
  let insignificant = 0;
  let width: number | undefined;
  for (let lag = 0; lag <= lastLag; lag++) {
    if (width === undefined && lag >= inARow && insignificant >= inARow) width = lag - inARow;
    const product = sumOfProducts(deviations, lag, 0, n - lag);
    covariances.push(product / n);
    // Sums of squares over what a lag leaves, as in the authors' code.
    const early = sumOfProducts(deviations, 0, 0, n - lag - 1);
    const late = sumOfProducts(deviations, 0, lag + 1, n - lag - 1);
    insignificant = Math.abs(product) / Math.sqrt(early * late) < significant ? insignificant + 1 : 0;
  }
  const window = Math.min(width === undefined ? lastLag : 2 * Math.max(width, 1), lastLag);
  let slope = 0;
  let level = covariances[0]!;
  for (let lag = 1; lag <= window; lag++) {
    const weight = lag / window <= 1 / 2 ? 1 : 2 * (1 - lag / window);
    slope += 2 * weight * lag * covariances[lag]!;
    level += 2 * weight * covariances[lag]!;
  }
  const at = (variance: number): number => Math.min(Math.cbrt(((2 * slope * slope) / variance) * n), longest);
  return { stationary: at(2 * level * level), circular: at((4 / 3) * level * level) };
}

/** Σ x[start + lag + i]·x[start + i], i < count. */
function sumOfProducts(x: Float64Array, lag: number, start: number, count: number): number {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += x[i + lag]! * x[i]!;
  return sum;
}
