import { normalQuantile } from '@ergodic/core';
import type { ReturnMoments } from './moments.ts';
import { probabilisticSharpe } from './sharpe.ts';

const EULER_MASCHERONI = 0.577_215_664_901_532_9;

/** The trials that the best was chosen from. */
export interface Trials {
  /** How many independent ones they are worth, 1 or more, see `effectiveTrials`. */
  readonly count: number;
  /** Variance of their Sharpe ratios a step. */
  readonly sharpeVariance: number;
}

/**
 * Expected maximum of the Sharpe ratios a step of trials without skill: √V·((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))) (Bailey & López de Prado
 * 2014, "The deflated Sharpe ratio", Journal of Portfolio Management 40, equation 1). One trial has 0. Throws RangeError for fewer than one
 * or a negative variance.
 */
export function expectedMaximumSharpe({ count, sharpeVariance }: Trials): number {
  if (!(count >= 1)) throw new RangeError(`expectedMaximumSharpe: count must be 1 or more, got ${count}`);
  if (!(sharpeVariance >= 0)) {
    throw new RangeError(`expectedMaximumSharpe: sharpeVariance must be 0 or more, got ${sharpeVariance}`);
  }
  if (count === 1) return 0;
  const highest =
    (1 - EULER_MASCHERONI) * upperQuantile(1 / count) + EULER_MASCHERONI * upperQuantile(1 / (count * Math.E));
  return Math.sqrt(sharpeVariance) * Math.max(0, highest);
}

/** Exceeded with probability p, 0 < p < 1. */
function upperQuantile(p: number): number {
  return p < 0.5 ? -normalQuantile(p) : normalQuantile(1 - p);
}

/**
 * Deflated Sharpe ratio: the probabilistic one against the expected maximum of as many trials without skill (Bailey & López de Prado 2014,
 * equation 2). Near 0.5 or less: the best of the trials is no better than luck explains.
 */
export function deflatedSharpe(
  moments: Pick<ReturnMoments, 'n' | 'sharpe' | 'skewness' | 'kurtosis'>,
  trials: Trials,
): number {
  return probabilisticSharpe(moments, expectedMaximumSharpe(trials));
}
