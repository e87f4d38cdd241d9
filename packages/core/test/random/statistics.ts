/** Distribution functions and test statistics, written without the code under test. */

/** A statistic fails a correct generator with this probability; seeds are fixed, so a pass stays a pass. */
export const FALSE_ALARM = 1e-6;

/** |z| of a standard normal statistic stays below this, but for a two-sided FALSE_ALARM: 2 (1 − Φ(4.8916)) = 1e-6. */
export const Z_MAX = 4.8916;

/** log Γ(x), x > 0: shifted to x ≥ 15, then Stirling's series (error below 1e-13). */
export function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 15; y++) shift += Math.log(y);
  const square = y * y;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / y;
  return (y - 0.5) * Math.log(y) - y + 0.9189385332046727 + series - shift;
}

/** Q(a, x), the upper regularized incomplete gamma function (DLMF 8.11.4 below x = a + 1, else 8.9.2 by Lentz). */
export function gammaQ(a: number, x: number): number {
  if (x <= 0) return 1;
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-16; n++) sum += term *= x / (a + n);
    return 1 - factor * sum;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 100_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return factor * h;
}

/** Φ(x). */
export function normalCdf(x: number): number {
  const upper = 0.5 * gammaQ(0.5, 0.5 * x * x);
  return x > 0 ? 1 - upper : upper;
}

/** P(N = k) for a Poisson variable. */
export function poissonPmf(k: number, mean: number): number {
  return Math.exp(k * Math.log(mean) - mean - logGamma(k + 1));
}

/** The inner edges of `bins` equiprobable bins of a continuous distribution on [low, high], by bisection. */
export function equiprobableEdges(cdf: (x: number) => number, bins: number, low: number, high: number): Float64Array {
  return Float64Array.from({ length: bins - 1 }, (_, i) => {
    let [from, to] = [low, high];
    for (let step = 0; step < 60; step++) {
      const middle = 0.5 * (from + to);
      if (cdf(middle) < (i + 1) / bins) from = middle;
      else to = middle;
    }
    return 0.5 * (from + to);
  });
}

/** How many values lie between consecutive edges; the first and the last bin are open. */
export function binCounts(values: ArrayLike<number>, edges: Float64Array): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (let i = 0; i < values.length; i++) {
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[i]! < edges[middle]!) high = middle;
      else low = middle + 1;
    }
    counts[low]!++;
  }
  return counts;
}

/** P(χ² ≥ the observed statistic): below FALSE_ALARM means that the counts do not follow `expected`. */
export function chiSquareP(counts: ArrayLike<number>, expected: ArrayLike<number>): number {
  let statistic = 0;
  for (let i = 0; i < counts.length; i++) statistic += (counts[i]! - expected[i]!) ** 2 / expected[i]!;
  return gammaQ((counts.length - 1) / 2, statistic / 2);
}

/** `chiSquareP` for bins of equal probability. */
export function uniformP(counts: ArrayLike<number>): number {
  let n = 0;
  for (let i = 0; i < counts.length; i++) n += counts[i]!;
  return chiSquareP(counts, new Array<number>(counts.length).fill(n / counts.length));
}

/** Pearson's correlation times √n: a standard normal, for n independent pairs, n large. */
export function correlationZ(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = Math.min(x.length, y.length);
  let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    sx += x[i]!;
    sy += y[i]!;
    sxx += x[i]! * x[i]!;
    syy += y[i]! * y[i]!;
    sxy += x[i]! * y[i]!;
  }
  const covariance = sxy / n - (sx / n) * (sy / n);
  return (Math.sqrt(n) * covariance) / Math.sqrt((sxx / n - (sx / n) ** 2) * (syy / n - (sy / n) ** 2));
}

/** Mean of g over the values. */
export function meanOf(values: ArrayLike<number>, g: (x: number) => number = (x) => x): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += g(values[i]!);
  return sum / values.length;
}
