import type { Sample } from '../sample.ts';

/** What the interval of a mean is made of. */
export interface Moments {
  /** Values that are there. */
  readonly n: number;
  /** Groups of values that are independent of one another: pairs of antithetic episodes, else the values themselves. */
  readonly clusters: number;
  /** NaN without values. */
  readonly mean: number;
  /** Of the mean; NaN below two clusters, and where a value is infinite. */
  readonly standardError: number;
  /** Third and fourth standardised moment of the clusters' sums; 0 and 1 where they do not differ. */
  readonly skewness: number;
  readonly kurtosis: number;
}

/**
 * Mean, its standard error and shape, from the sums U of deviations from the mean over clusters: the standard error is √(G/(G − 1)·ΣU²)/n.
 * Of independent values this is s/√n; of whole pairs it is Student's of the pairs' means (Glasserman 2003, "Monte Carlo Methods in
 * Financial Engineering", 4.2); where a value of a pair is missing it is that of a ratio of sums (Cochran 1977, "Sampling Techniques", 6.4).
 */
export function momentsOf({ values, antithetic }: Sample): Moments {
  const { n, mean } = meanKnown(values);
  let clusters = 0;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  const size = antithetic ? 2 : 1;
  for (let i = 0; i < values.length; i += size) {
    let sum = values[i]! - mean;
    if (antithetic && i + 1 < values.length) sum = sumOfKnown(sum, values[i + 1]! - mean);
    if (Number.isNaN(sum)) continue;
    clusters++;
    const square = sum * sum;
    squares += square;
    cubes += square * sum;
    fourths += square * square;
  }
  const isKnown = clusters >= 2 && Number.isFinite(squares);
  const standardError = isKnown ? Math.sqrt((squares * clusters) / (clusters - 1)) / n : Number.NaN;
  const variance = squares / clusters;
  if (!(variance > 0)) return { n, clusters, mean, standardError, skewness: 0, kurtosis: 1 };
  const skewness = cubes / clusters / (variance * Math.sqrt(variance));
  return { n, clusters, mean, standardError, skewness, kurtosis: fourths / clusters / (variance * variance) };
}

/** Number and mean of the values that are there, taken from one of them, so that equal values have it exactly as their mean. */
export function meanKnown(values: Float64Array): { readonly n: number; readonly mean: number } {
  const origin = values.find((value) => Number.isFinite(value)) ?? 0;
  let n = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    n++;
    sum += value - origin;
  }
  return { n, mean: origin + sum / n };
}

/** The sum of two values of a pair; one that is missing counts as zero. */
export function sumOfKnown(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : a + b;
}
