/** Mean and variance of greatest likelihood of normal values. */
export interface NormalFit {
  readonly mean: number;
  /** Mean squared deviation: divided by n. */
  readonly variance: number;
  readonly logLikelihood: number;
}

export function fitNormal(values: Float64Array): NormalFit {
  const n = values.length;
  let mean = 0;
  for (const value of values) mean += value / n;
  let variance = 0;
  for (const value of values) variance += ((value - mean) * (value - mean)) / n;
  return { mean, variance, logLikelihood: (-n / 2) * (Math.log(2 * Math.PI * variance) + 1) };
}
