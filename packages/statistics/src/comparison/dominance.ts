import { TAIL } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { differenceProcess } from './dominance-process.ts';
import { simulateExtremes } from './gaussian-process.ts';
import { pairUp } from './pairs.ts';
import { resamplingStream } from './resampling.ts';

export type DominanceVerdict = 'A dominates' | 'B dominates' | 'equal within noise' | 'neither' | 'undecided';

/** Evidence against one direction of dominance. */
export interface Violation {
  /**
   * Largest excess of its distribution function over the other's, a probability; of second order, of the integral of it, in units of the
   * values. 0 where there is none.
   */
  readonly excess: number;
  /** The value where that is; NaN where there is none. */
  readonly at: number;
  /** Of the null hypothesis that it dominates the other, weakly: that there is no excess anywhere. */
  readonly pValue: number;
}

export interface Dominance {
  readonly order: 1 | 2;
  readonly verdict: DominanceVerdict;
  /** Against `A dominates`: where it has more low values than B. */
  readonly againstA: Violation;
  readonly againstB: Violation;
  /** Episodes of each. */
  readonly n: readonly [a: number, b: number];
  /** Values at which the distributions were compared. */
  readonly points: number;
  readonly method: string;
}

export interface DominanceOptions {
  /** False where the samples are independent. */
  readonly isPaired?: boolean;
  /** Chance that two equal distributions are told apart. */
  readonly tail?: number;
  readonly replications?: number;
  readonly seed?: string;
}

/** With fewer independent episodes nothing is decided: the process is not near its normal limit. */
const FEWEST = 20;

/**
 * Stochastic dominance. First order: A dominates B where P(A ≤ x) ≤ P(B ≤ x) for all x, so that whoever likes more prefers A. Second order:
 * the integrals of these up to x compare so, and whoever likes more and dislikes risk prefers A.
 *
 * Two tests of Kolmogorov–Smirnov type, each at tail ÷ 2: of the null hypothesis that A weakly dominates B, and that B does A (Barrett & Donald
 * 2003, "Consistent tests for stochastic dominance", Econometrica 71; for dependent samples Linton, Maasoumi & Whang 2005, Review of Economic
 * Studies 72). The largest excess is held against that of a Gaussian process with the covariance of the samples, recentred to equal
 * distributions, the hardest case of the null: the multiplier method of Barrett and Donald, exact given the data. Distributions are compared at all values
 * that occur, or at 256 quantiles of both together.
 *
 * `A dominates`: that B does is rejected, and nothing speaks against A: its p-value is above 2·tail. No test proves dominance.
 * `undecided`: the p-value is below that, but not significant; or there are fewer than 20 independent episodes. `neither`: both are
 * rejected. `equal within noise`: none is.
 *
 * Throws RangeError where paired samples differ in length.
 */
export function dominance(a: Sample, b: Sample, order: 1 | 2, options: DominanceOptions = {}): Dominance {
  const { isPaired = true, tail = TAIL, replications = 2000, seed } = options;
  const samples = isPaired ? pairUp(a, b) : { a, b };
  const { grid, difference, factor, n, clusters } = differenceProcess(samples.a, samples.b, order, isPaired);
  const points = grid.length;
  const method = `Barrett–Donald (2003), ${replications} draws of the process at ${points} values`;
  if (clusters < FEWEST) {
    return { order, verdict: 'undecided', againstA: UNKNOWN, againstB: UNKNOWN, n, points, method };
  }
  const chance = simulateExtremes(factor, points, replications, resamplingStream('dominance', seed));
  // Sums of as many terms differ by as much without meaning it.
  const rounding = 1e-12 * (order === 1 ? 1 : grid.at(-1)! - grid[0]!);
  const againstA = violation(grid, difference, chance.largest, rounding);
  const againstB = violation(
    grid,
    difference.map((value) => -value),
    chance.lowest,
    rounding,
  );
  return {
    order,
    verdict: verdictOf(againstA.pValue, againstB.pValue, tail),
    againstA,
    againstB,
    n,
    points,
    method,
  };
}

const UNKNOWN: Violation = { excess: Number.NaN, at: Number.NaN, pValue: Number.NaN };

function violation(grid: Float64Array, difference: Float64Array, chance: Float64Array, rounding: number): Violation {
  let excess = 0;
  let at = Number.NaN;
  for (let k = 0; k < grid.length; k++) {
    if (difference[k]! > Math.max(excess, rounding)) {
      excess = difference[k]!;
      at = grid[k]!;
    }
  }
  let reached = 1;
  for (const other of chance) if (other >= excess) reached++;
  return { excess, at, pValue: reached / (chance.length + 1) };
}

function verdictOf(againstA: number, againstB: number, tail: number): DominanceVerdict {
  const [isARejected, isBRejected] = [againstA <= tail / 2, againstB <= tail / 2];
  if (isARejected && isBRejected) return 'neither';
  if (isBRejected) return againstA > 2 * tail ? 'A dominates' : 'undecided';
  if (isARejected) return againstB > 2 * tail ? 'B dominates' : 'undecided';
  return 'equal within noise';
}
