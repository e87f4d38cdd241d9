import { type Estimate, TAIL } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { SKEWED_T, skewedLimits } from './limits.ts';
import { momentsOf } from './moments.ts';

/**
 * Mean of the known values; its interval is Student's t, corrected for skewness (Hall 1992), of antithetic episodes from their pairs.
 * No interval below two independent values, or where a value is infinite.
 */
export function meanOf(sample: Sample, tail: number = TAIL): Estimate {
  const moments = momentsOf(sample);
  const { n, mean } = moments;
  const [low, high] = skewedLimits(moments, tail);
  return { value: mean, low: mean + low, high: mean + high, n, method: SKEWED_T };
}
