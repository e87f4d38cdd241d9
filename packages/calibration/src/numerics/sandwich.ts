/** Of a standard error: short enough for the slope, long enough for its digits. */
const STEP = 0.01;

/** Writes, or adds to zeros, the log-likelihood of each observation, or of each group of them. */
export type Contribute = (values: readonly number[], out: Float64Array) => void;

/**
 * Covariance of estimates of quasi maximum likelihood, H⁻¹·J·H⁻¹: right also where the shocks are not as the likelihood takes
 * them to be (White 1982, "Maximum likelihood estimation of misspecified models"; Bollerslev and Wooldridge 1992,
 * "Quasi-maximum likelihood estimation and inference in dynamic models with time-varying covariances").
 *
 * `covariance` is the inverse of the observed information, zero in the rows and columns of parameters that are taken as known.
 */
export function sandwich(
  contribute: Contribute,
  values: readonly number[],
  covariance: readonly (readonly number[])[],
  observations: number,
): number[][] {
  const influences = influencesOf(contribute, values, covariance, observations);
  return influences.map((a) => influences.map((b) => a.reduce((sum, x, t) => sum + x * b[t]!, 0)));
}

/** By how much each observation, or group, moved each estimate: H⁻¹ times its score. Arguments as above. */
export function influencesOf(
  contribute: Contribute,
  values: readonly number[],
  covariance: readonly (readonly number[])[],
  observations: number,
): Float64Array[] {
  const scores = values.map((_, i) => {
    const h = STEP * Math.sqrt(covariance[i]![i]!);
    if (h === 0) return new Float64Array(observations);
    const shifted = (by: number): Float64Array => {
      const out = new Float64Array(observations);
      contribute(
        values.map((value, j) => (j === i ? value + by : value)),
        out,
      );
      return out;
    };
    const up = shifted(h);
    const down = shifted(-h);
    return up.map((value, t) => (value - down[t]!) / (2 * h));
  });
  return covariance.map((row) =>
    new Float64Array(observations).map((_, t) => row.reduce((sum, c, i) => sum + c * scores[i]![t]!, 0)),
  );
}

/** Covariance of functions of estimates, by the delta method with central differences. */
export function propagated(
  functions: (values: readonly number[]) => readonly number[],
  values: readonly number[],
  covariance: readonly (readonly number[])[],
): number[][] {
  const slopes = values.map((_, i) => {
    const h = STEP * Math.sqrt(covariance[i]![i]!);
    const shifted = (by: number): readonly number[] => functions(values.map((v, j) => (j === i ? v + by : v)));
    const up = shifted(h);
    const down = shifted(-h);
    return up.map((value, k) => (h === 0 ? 0 : (value - down[k]!) / (2 * h)));
  });
  const count = slopes[0]!.length;
  const between = (a: number, b: number): number => {
    let sum = 0;
    for (const [i, row] of slopes.entries()) {
      for (const [j, other] of slopes.entries()) sum += row[a]! * covariance[i]![j]! * other[b]!;
    }
    return sum;
  };
  return Array.from({ length: count }, (_, a) => Array.from({ length: count }, (_, b) => between(a, b)));
}
