import type { LikelihoodFit } from './maximum-likelihood.ts';

/** Of a standard error: short against the bend of the map, long against rounding. */
const STEP = 0.01;

/**
 * A fit in other parameters, as many and in the same order: what is searched well is not always what a config names. Their
 * covariance follows by the delta method; one that had no error has none.
 */
export function inOtherParameters(
  fit: LikelihoodFit,
  map: (values: readonly number[]) => readonly number[],
): LikelihoodFit {
  const { values, covariance, standardErrors } = fit;
  const mapped = map(values);
  if (covariance === null) return { ...fit, values: mapped };
  const slopes = values.map((value, j) => {
    const error = Math.sqrt(covariance[j]![j]!);
    if (error === 0) return mapped.map(() => 0);
    // Not so far that a parameter leaves its range.
    const h = Math.min(STEP * error, 1e-3 * Math.max(Math.abs(value), 1e-9 * error)) || STEP * error;
    const shifted = (by: number): readonly number[] => map(values.map((v, i) => (i === j ? v + by : v)));
    const up = shifted(h);
    const down = shifted(-h);
    return up.map((v, i) => (v - down[i]!) / (2 * h));
  });
  // slopes[j][i] is the slope of the i-th new parameter by the j-th old one.
  const mappedCovariance = mapped.map((_, a) =>
    mapped.map((_, b) =>
      values.reduce(
        (sum, _, i) =>
          sum + values.reduce((part, _, j) => part + slopes[i]![a]! * slopes[j]![b]! * covariance[i]![j]!, 0),
        0,
      ),
    ),
  );
  return {
    ...fit,
    values: mapped,
    covariance: mappedCovariance,
    standardErrors: standardErrors.map((error, i) => (error === null ? null : Math.sqrt(mappedCovariance[i]![i]!))),
  };
}
