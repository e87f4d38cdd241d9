import { expansionOfMean, type Limits, studentLimits } from '../ensemble/limits.ts';
import { momentsOf } from '../ensemble/moments.ts';
import type { Sample } from '../sample.ts';

/**
 * Limits of an estimate on a scale on which it is near normal, from its influence values there: Student's t with the degrees of freedom of
 * `expansionOfMean`. A correction for skewness loses more than it gains on such a scale.
 */
export function scaledLimits(influence: Sample, tail: number): Limits {
  const moments = momentsOf(influence);
  return studentLimits(moments, tail, expansionOfMean(moments).freedom);
}
