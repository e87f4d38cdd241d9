import { meanOf } from '../ensemble/mean.ts';
import { quantileOf } from '../ensemble/quantile.ts';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { brunnerMunzel } from './brunner-munzel.ts';
import { correlationOf } from './correlation.ts';
import { improvementOf } from './improvement.ts';
import { meanPValue } from './p-value.ts';
import { pairUp } from './pairs.ts';
import { quantileDifference } from './quantile-difference.ts';
import { shortfallDifference } from './shortfall-difference.ts';
import { varianceRatioOf } from './variance-ratio.ts';
import { welch } from './welch.ts';

/** How b differs from a. Differences are b − a. */
export interface Comparison {
  /** True: of the same episodes on common random numbers. False: of independent ones. */
  readonly isPaired: boolean;
  /** Episodes that both know; of independent samples, the known ones of each. */
  readonly n: readonly [a: number, b: number];
  readonly meanDifference: Estimate;
  /** Two-sided, of a mean difference of zero. NaN where it is undefined. */
  readonly pValue: number;
  /** NaN of independent samples, as are `correlation` and `varianceRatio`. */
  readonly medianOfDifferences: Estimate;
  readonly differenceOfMedians: Estimate;
  /** Of the 5 % quantiles. */
  readonly differenceOfQ05: Estimate;
  /** Of the means of the lowest 5 %. */
  readonly differenceOfEs05: Estimate;
  /** P(b > a) + ½·P(b = a). */
  readonly probabilityOfImprovement: Estimate;
  readonly correlation: Estimate;
  /** How many times more episodes independent runs need for the same interval of the mean difference. */
  readonly varianceRatio: Estimate;
}

/**
 * Compares two samples of the same episodes on common random numbers. Episodes that either misses are left out; antithetic pairs count
 * once in every interval. Throws RangeError where the lengths differ.
 */
export function compareSamples(a: Sample, b: Sample, tail: number = TAIL): Comparison {
  const pairs = pairUp(a, b);
  return {
    isPaired: true,
    n: [pairs.n, pairs.n],
    meanDifference: meanOf(pairs.differences, tail),
    pValue: meanPValue(pairs.differences),
    medianOfDifferences: quantileOf(pairs.differences, 0.5, tail),
    differenceOfMedians: quantileDifference(pairs.a, pairs.b, 0.5, true, tail),
    differenceOfQ05: quantileDifference(pairs.a, pairs.b, 0.05, true, tail),
    differenceOfEs05: shortfallDifference(pairs.a, pairs.b, 0.05, true, tail),
    probabilityOfImprovement: improvementOf(pairs, tail),
    correlation: correlationOf(pairs, tail),
    varianceRatio: varianceRatioOf(pairs, tail),
  };
}

/** Compares two independent samples, of any lengths: the honest downgrade where runs share no paths. */
export function compareIndependent(a: Sample, b: Sample, tail: number = TAIL): Comparison {
  const count = ({ values }: Sample): number => values.reduce((n, x) => n + Number(!Number.isNaN(x)), 0);
  const n = [count(a), count(b)] as const;
  const { estimate, pValue } = welch(a, b, tail);
  const undefinedUnpaired = unknown(n[0] + n[1], 'needs the same paths');
  return {
    isPaired: false,
    n,
    meanDifference: estimate,
    pValue,
    medianOfDifferences: undefinedUnpaired,
    differenceOfMedians: quantileDifference(a, b, 0.5, false, tail),
    differenceOfQ05: quantileDifference(a, b, 0.05, false, tail),
    differenceOfEs05: shortfallDifference(a, b, 0.05, false, tail),
    probabilityOfImprovement: brunnerMunzel(a, b, tail),
    correlation: undefinedUnpaired,
    varianceRatio: undefinedUnpaired,
  };
}
