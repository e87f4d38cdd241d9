import { momentsOf, sumOfKnown } from '../ensemble/moments.ts';
import type { Sample } from '../sample.ts';

/**
 * Values that are independent of one another, whose mean is that of the known values and whose scatter gives its standard error:
 * the known values themselves, or, of antithetic pairs, one value a pair: the mean plus the pair's summed deviations, scaled as in
 * `momentsOf`.
 */
export function independentValues(sample: Sample): Float64Array {
  const { values, antithetic } = sample;
  const { n, clusters, mean } = momentsOf(sample);
  if (!antithetic) return n === values.length ? values : values.filter((value) => !Number.isNaN(value));
  const out = new Float64Array(clusters);
  let at = 0;
  for (let i = 0; i < values.length; i += 2) {
    const second = i + 1 < values.length ? values[i + 1]! : Number.NaN;
    const deviation = sumOfKnown(values[i]! - mean, second - mean);
    if (!Number.isNaN(deviation)) out[at++] = mean + (deviation * clusters) / n;
  }
  return out;
}
