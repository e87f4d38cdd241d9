import { normalQuantile } from '@ergodic/core';
import { meanOf } from '@ergodic/statistics';

/** Below it the distribution of a mean is not known well enough to judge by. */
const FEWEST_TRADED = 50;
/** With it an edge of the stated size is found. */
const POWER = 0.9;
/** One-sided error rate of saying that a strategy loses: it is a remark, which has to be worth reading. */
const LOSS_LEVEL = 1e-4;

export type EdgeVerdict = 'sees the future' | 'no sign of it' | 'cannot tell';

/** What the episodes of a null run come to. Gains are fractions of the initial equity. */
export interface EdgeTest {
  readonly verdict: EdgeVerdict;
  /** Why it cannot tell; '' where it can. */
  readonly reason: string;
  readonly episodes: number;
  /** Episodes with a fill. */
  readonly traded: number;
  /** Failed episodes; each counts as one that lost everything. */
  readonly failed: number;
  /** Mean gain of an episode; of a strategy that cannot see ahead it is zero or less. */
  readonly gain: number;
  /** The mean gain is above this with the confidence of the test. */
  readonly bound: number;
  readonly gainPerStep: number;
  /** Mean gain over its standard error; NaN where episodes do not differ. */
  readonly t: number;
  /** The smallest mean gain that the test finds with a probability of 90 %. */
  readonly detectable: number;
  /** Whether the mean gain is below zero beyond chance: fills cost something, and hide as much of an edge. */
  readonly loses: boolean;
}

/** Columns of the episodes of a null run. */
export interface NullEpisodes {
  /** NaN where an episode failed. */
  readonly totalReturn: Float64Array;
  readonly fills: Float64Array;
  readonly steps: Float64Array;
}

/**
 * Tests whether the mean gain is above zero, at a one-sided false-alarm rate of `level`: by Student's t, corrected for skewness (Hall 1992), of
 * total returns cut at `gain`.
 */
export function testEdge({ totalReturn, fills, steps }: NullEpisodes, gain: number, level: number): EdgeTest {
  const values = totalReturn.map((value) => (Number.isNaN(value) ? -1 : Math.min(value, gain)));
  const episodes = values.length;
  const failed = totalReturn.filter(Number.isNaN).length;
  const traded = fills.filter((value) => value > 0).length;
  const sample = { values, antithetic: false };
  const { value: mean, low: bound } = meanOf(sample, 2 * level);
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const standardError = Math.sqrt(squares / (episodes - 1) / episodes);
  const played = steps.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
  const reason = reasonOf({ episodes, traded, failed });
  return {
    verdict: reason !== '' ? 'cannot tell' : bound > 0 ? 'sees the future' : 'no sign of it',
    reason,
    episodes,
    traded,
    failed,
    gain: mean,
    bound,
    gainPerStep: (mean * episodes) / played,
    t: mean / standardError,
    detectable: -(normalQuantile(level) + normalQuantile(1 - POWER)) * standardError,
    loses: meanOf(sample, 2 * LOSS_LEVEL).high < 0,
  };
}

function reasonOf({ episodes, traded, failed }: Pick<EdgeTest, 'episodes' | 'traded' | 'failed'>): string {
  if (failed === episodes) return 'every episode failed';
  if (traded === 0) return 'the strategy never traded';
  if (traded < FEWEST_TRADED) return `too few episodes traded: ${traded}, it takes ${FEWEST_TRADED}`;
  return '';
}
