import { studentQuantile } from '@ergodic/core';
import { momentsOf } from '../ensemble/moments.ts';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { studentCdf } from '../special/student.ts';

/** A mean difference and how likely one as large, in either direction, is where there is none. */
export interface MeanDifference {
  readonly estimate: Estimate;
  /** Two-sided; NaN where neither sample varies. */
  readonly pValue: number;
}

/**
 * Mean of b minus that of a, of independent samples: Welch (1947, "The generalization of 'Student's' problem when several different
 * population variances are involved", Biometrika 34). Assumes means that are near normal; variances may differ.
 */
export function welch(a: Sample, b: Sample, tail: number = TAIL): MeanDifference {
  const method = "Welch's t (1947)";
  const [first, second] = [momentsOf(a), momentsOf(b)];
  const n = first.n + second.n;
  const value = second.mean - first.mean;
  const [varianceA, varianceB] = [first.standardError ** 2, second.standardError ** 2];
  const variance = varianceA + varianceB;
  if (!(variance > 0)) return { estimate: { ...unknown(n, method), value }, pValue: Number.NaN };
  const freedom =
    (variance * variance) / (varianceA ** 2 / (first.clusters - 1) + varianceB ** 2 / (second.clusters - 1));
  const error = Math.sqrt(variance);
  const half = studentQuantile(tail, freedom) * error;
  return {
    estimate: { value, low: value - half, high: value + half, n, method },
    pValue: 2 * studentCdf(-Math.abs(value / error), freedom),
  };
}
