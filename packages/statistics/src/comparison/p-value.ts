import { expansionOfMean } from '../ensemble/limits.ts';
import { momentsOf } from '../ensemble/moments.ts';
import type { Sample } from '../sample.ts';
import { studentCdf } from '../special/student.ts';

/**
 * Two-sided p-value of a mean of zero, from the t that the interval of `meanOf` inverts: corrected for skewness (Hall 1992, "On the removal of
 * skewness by transformation", JRSS B 54), it is below `tail` where that interval leaves out zero. 1 where all values are zero; NaN where
 * they are all the same otherwise, and below two independent values.
 */
export function meanPValue(sample: Sample): number {
  const moments = momentsOf(sample);
  const { clusters, mean, standardError } = moments;
  if (!(standardError > 0)) return mean === 0 && clusters > 1 ? 1 : Number.NaN;
  const { slope, shift, freedom } = expansionOfMean(moments);
  const t = mean / standardError;
  const symmetric = t + slope * t * t + shift + (slope * slope * t * t * t) / 3;
  return 2 * studentCdf(-Math.abs(symmetric), freedom);
}
