import { normalQuantile } from '@ergodic/core';
import {
  type Comparison,
  compareIndependent,
  compareSamples,
  type Dominance,
  dominance,
  type Estimate,
  expectedShortfallOf,
  knownOf,
  meanOf,
  quantileOf,
  type Sample,
  TAIL,
  type Violation,
} from '@ergodic/statistics';
import { betterOf } from './orientation.ts';
import type { Difference, MetricComparison, Verdict } from './types.ts';

const BAD_TAIL = 0.05;
/** How often so many episodes may miss the difference. */
const MISSED = 0.2;

export interface MetricOptions {
  readonly isPaired: boolean;
  /** Comparisons that are made beside one another: each dominance is tested at so much less. */
  readonly comparisons: number;
  /** Pairs of which either episode failed. */
  readonly failedPairs: number;
}

/** Compares one column of two runs; of paired ones index i of both is episode i. The p-value is not adjusted yet. */
export function compareMetric(column: string, a: Sample, b: Sample, options: MetricOptions): MetricComparison {
  const { isPaired, comparisons, failedPairs } = options;
  const better = betterOf(column);
  // Everything is computed of values of which more is better, and turned back.
  const sign = better === 'lower' ? -1 : 1;
  const [x, y] = (isPaired ? commonOf(a, b) : [a, b]).map((sample) => scaled(sample, sign)) as [Sample, Sample];
  const compared = isPaired ? compareSamples(x, y) : compareIndependent(x, y);
  const isIdentical = isPaired && isSame(x, y);
  const both = (estimate: (sample: Sample) => Estimate, difference: Estimate): Difference => ({
    a: turned(estimate(x), sign),
    b: turned(estimate(y), sign),
    // Where no episode differs nothing varies that an interval could be of.
    difference: isIdentical ? { ...difference, low: Number.NaN, high: Number.NaN } : turned(difference, sign),
  });
  // Enough draws for the smallest p-value that is looked for.
  const replications = Math.max(2_000, 80 * comparisons);
  // What is neither better nor worse is not preferred.
  const order = (which: 1 | 2): Dominance | undefined =>
    better === 'none' || Math.min(...compared.n) === 0
      ? undefined
      : turnedDominance(dominance(x, y, which, { isPaired, tail: TAIL / comparisons, replications }), sign);
  return {
    column,
    better,
    verdict: verdictOf(compared, better === 'none', isIdentical),
    n: compared.n,
    mean: both(meanOf, compared.meanDifference),
    median: both((sample) => quantileOf(sample, 0.5), compared.differenceOfMedians),
    tailQuantile: both((sample) => quantileOf(sample, BAD_TAIL), compared.differenceOfQ05),
    shortfall: both((sample) => expectedShortfallOf(sample, BAD_TAIL), compared.differenceOfEs05),
    medianOfDifferences: turned(compared.medianOfDifferences, sign),
    pValue: compared.pValue,
    adjustedPValue: compared.pValue,
    improvement: compared.probabilityOfImprovement,
    improvementBounds: boundsOf(compared, failedPairs),
    correlation: compared.correlation,
    varianceRatio: compared.varianceRatio,
    firstOrder: order(1),
    secondOrder: order(2),
    episodesToDecide: episodesToDecide(compared),
  };
}

/** The episodes that both know. */
export function commonOf(a: Sample, b: Sample): [Sample, Sample] {
  return [knownWith(a, b), knownWith(b, a)];
}

function knownWith(sample: Sample, { values: other }: Sample): Sample {
  const { values } = sample;
  // A million values are not copied for nothing.
  if (values.every((value, i) => !Number.isNaN(other[i]!) || Number.isNaN(value))) return sample;
  return { ...sample, values: values.map((value, i) => (Number.isNaN(other[i]!) ? Number.NaN : value)) };
}

/** Whether the difference of two means, whose interval is known, is told from noise. */
export function verdictOf(compared: Comparison, isNeutral: boolean, isIdentical: boolean): Verdict {
  if (isIdentical) return 'identical';
  const { low, high } = compared.meanDifference;
  if (Number.isNaN(low)) return 'unknown';
  if (low <= 0 && high >= 0) return 'undecided';
  return directed(low, isNeutral);
}

export function directed(difference: number, isNeutral: boolean): Verdict {
  if (isNeutral) return difference > 0 ? 'higher' : 'lower';
  return difference > 0 ? 'better' : 'worse';
}

function isSame(a: Sample, b: Sample): boolean {
  return knownOf(a).length > 0 && a.values.every((value, i) => value === b.values[i] || Number.isNaN(value));
}

/** Failed pairs might have gone either way: bounds that hold whatever they would have been (Manski 1990). */
function boundsOf({ n, probabilityOfImprovement }: Comparison, failed: number): MetricComparison['improvementBounds'] {
  if (failed === 0) return undefined;
  const improved = n[0] === 0 ? 0 : probabilityOfImprovement.value * n[0];
  return { against: improved / (n[0] + failed), for: (improved + failed) / (n[0] + failed) };
}

/** The standard error shrinks with the root of the episodes; it is had from the interval. */
function episodesToDecide({ meanDifference, n }: Comparison): number {
  const { value, low, high } = meanDifference;
  const quantile = -normalQuantile(TAIL / 2);
  const error = (high - low) / (2 * quantile);
  if (!(error > 0) || value === 0 || low > 0 || high < 0) return Number.NaN;
  return Math.ceil(Math.max(...n) * (((quantile - normalQuantile(MISSED)) * error) / value) ** 2);
}

function turnedDominance(dominance: Dominance, sign: 1 | -1): Dominance {
  const turn = (violation: Violation): Violation => ({ ...violation, at: sign * violation.at });
  return { ...dominance, againstA: turn(dominance.againstA), againstB: turn(dominance.againstB) };
}

function scaled(sample: Sample, sign: 1 | -1): Sample {
  return sign === 1 ? sample : { ...sample, values: sample.values.map((value) => -value) };
}

function turned(estimate: Estimate, sign: 1 | -1): Estimate {
  return sign === 1
    ? estimate
    : { ...estimate, value: 0 - estimate.value, low: 0 - estimate.high, high: 0 - estimate.low };
}
