import type { Dominance, Estimate } from '@ergodic/statistics';
import type { Manifest, Summary } from '@ergodic/workers';
import type { Part } from './attribution.ts';
import type { ConfigDifference } from './differences.ts';
import type { Better } from './orientation.ts';

export interface ComparedRun {
  /** `A` is the baseline, then `B`, `C`, … in the order of the runs. */
  readonly label: string;
  readonly dir: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
}

/** A figure of both runs, and B's less A's. */
export interface Difference {
  readonly a: Estimate;
  readonly b: Estimate;
  readonly difference: Estimate;
}

export interface PairCounts {
  /** Episodes that were looked at: of paired runs as many as the shorter one has. */
  readonly a: number;
  readonly b: number;
  readonly failedInA: number;
  readonly failedInB: number;
  /** Pairs of which either episode failed, and which therefore are in no figure. 0 of unpaired runs. */
  readonly failedPairs: number;
}

/**
 * `better` and `worse` where the column has a direction, else `higher` and `lower`. `identical`: no episode differs. `unknown`: fewer than two
 * episodes to compare, or all on one history.
 */
export type Verdict = 'better' | 'worse' | 'higher' | 'lower' | 'undecided' | 'identical' | 'unknown';

export interface MetricComparison {
  readonly column: string;
  readonly better: Better;
  readonly verdict: Verdict;
  /** Episodes of each in these figures. */
  readonly n: readonly [a: number, b: number];
  readonly mean: Difference;
  readonly median: Difference;
  /** Quantile on the bad side: that of 5 %, or of 95 % where lower is better. */
  readonly tailQuantile: Difference;
  /** Mean of the worst 5 %. */
  readonly shortfall: Difference;
  /** Of the same episode in both runs; undefined of unpaired ones. */
  readonly medianOfDifferences: Estimate;
  /** Two-sided, of no difference of the means; alone, and adjusted for the number of comparisons. */
  readonly pValue: number;
  readonly adjustedPValue: number;
  /** Chance that B does better than A (where no direction is better: that it has more), a tie counting half. */
  readonly improvement: Estimate;
  /** The same had all failed pairs gone against B, or for B; undefined where none failed. */
  readonly improvementBounds: { readonly against: number; readonly for: number } | undefined;
  readonly correlation: Estimate;
  /** How many times as many episodes independent runs need for the same interval of the mean difference. */
  readonly varianceRatio: Estimate;
  /** Of what is better: where lower is better, smaller values dominate. */
  readonly firstOrder: Dominance | undefined;
  readonly secondOrder: Dominance | undefined;
  /** Episodes that would find a mean difference of the size seen in four of five tries; NaN where there is none or it was found. */
  readonly episodesToDecide: number;
}

export interface PartDifference extends Difference {
  readonly part: Part | 'change of equity';
}

export interface CandidateComparison {
  readonly run: ComparedRun;
  /** What it does otherwise than the baseline. */
  readonly changes: readonly ConfigDifference[];
  /** Of unpaired runs: what their markets differ in. */
  readonly marketDifferences: readonly ConfigDifference[];
  readonly episodes: PairCounts;
  readonly metrics: readonly MetricComparison[];
  readonly ruin: Difference;
  /** Parts of the change of equity in quote currency, and last that change; undefined where a run lacks the columns. */
  readonly attribution: readonly PartDifference[] | undefined;
}

export interface RunComparison {
  readonly isPaired: boolean;
  /** Every episode has the same prices: however many there are, they are one observation, and there is no verdict. */
  readonly isOneHistory: boolean;
  readonly baseline: ComparedRun;
  readonly candidates: readonly CandidateComparison[];
  /** How the p-values were adjusted for their number; undefined of a single comparison. */
  readonly correction: { readonly comparisons: number; readonly method: string } | undefined;
}
