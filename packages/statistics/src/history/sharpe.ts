import { normalQuantile } from '@ergodic/core';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import { normalCdf } from '../special/normal.ts';
import type { ReturnMoments } from './moments.ts';

type SharpeMoments = Pick<ReturnMoments, 'n' | 'sharpe' | 'skewness' | 'kurtosis'>;

/**
 * Standard error of a Sharpe ratio a step, of independent returns of any law: √((1 − γ₃·SR + (γ₄ − 1) ÷ 4 · SR²) ÷ (n − 1)) (Mertens
 * 2002; Lo 2002, "The statistics of Sharpe ratios", has γ₃ = 0, γ₄ = 3). NaN for fewer than two returns.
 */
export function sharpeError({ n, sharpe, skewness, kurtosis }: SharpeMoments): number {
  const variance = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  return n > 1 && variance > 0 ? Math.sqrt(variance / (n - 1)) : Number.NaN;
}

/** The Sharpe ratio a step with its normal interval. */
export function sharpeOf(moments: SharpeMoments, tail: number = TAIL): Estimate {
  const method = 'normal, error of Mertens (2002)';
  const { n, sharpe: value } = moments;
  if (Number.isNaN(value)) return unknown(n, method);
  const half = -normalQuantile(tail / 2) * sharpeError(moments);
  return { value, low: value - half, high: value + half, n, method };
}

/**
 * Probabilistic Sharpe ratio: how sure it is that the true Sharpe ratio a step is above the benchmark (Bailey & López de Prado 2012, "The
 * Sharpe ratio efficient frontier", Journal of Risk 15, equation 11). Assumes independent returns. NaN where the ratio is undefined.
 */
export function probabilisticSharpe(moments: SharpeMoments, benchmark = 0): number {
  return normalCdf((moments.sharpe - benchmark) / sharpeError(moments));
}

/**
 * Minimum track record length: returns needed until the probabilistic Sharpe ratio reaches 1 − tail, if the moments stay (Bailey & López
 * de Prado 2012, equation 13). NaN where the Sharpe ratio is not above the benchmark.
 */
export function minimumTrackRecord(moments: SharpeMoments, benchmark = 0, tail: number = TAIL): number {
  const { n, sharpe } = moments;
  if (!(sharpe > benchmark)) return Number.NaN;
  const error = sharpeError(moments);
  const needed = -normalQuantile(tail) / (sharpe - benchmark);
  return 1 + error * error * (n - 1) * needed * needed;
}
