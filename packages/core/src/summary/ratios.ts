/** A deviation below this part of the returns' root mean square is rounding: the ratio is undefined. */
const NO_DEVIATION = 1e-6;

/** Sums over the simple returns of an episode's steps. */
export interface ReturnSums {
  readonly steps: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Sum of squares of the negative returns. */
  readonly downside: number;
}

/**
 * Sharpe ratio (Sharpe 1994) of simple step returns: mean over sample standard deviation, zero risk-free rate, times the
 * square root of the steps a year. NaN with fewer than two steps or without deviation.
 */
export function sharpeRatio({ steps, sum, sumOfSquares }: ReturnSums, stepsPerYear: number): number {
  if (steps < 2) return Number.NaN;
  const deviation = sumOfSquares - (sum * sum) / steps;
  if (!(deviation > NO_DEVIATION * NO_DEVIATION * sumOfSquares)) return Number.NaN;
  return finite((sum / steps / Math.sqrt(deviation / (steps - 1))) * Math.sqrt(stepsPerYear));
}

/**
 * Sortino ratio (Sortino and Price 1994), target 0: mean over the root mean square of the negative returns, over all steps,
 * times the square root of the steps a year. NaN without a negative return.
 */
export function sortinoRatio({ steps, sum, downside }: ReturnSums, stepsPerYear: number): number {
  if (steps < 1 || !(downside > 0)) return Number.NaN;
  return finite((sum / steps / Math.sqrt(downside / steps)) * Math.sqrt(stepsPerYear));
}

/**
 * Calmar ratio (Young 1991): compound annual growth over maximum drawdown. NaN without drawdown or steps, and where the
 * annual growth overflows.
 */
export function calmarRatio(growth: number, maxDrawdown: number, steps: number, stepsPerYear: number): number {
  if (steps < 1 || !(maxDrawdown > 0)) return Number.NaN;
  const annual = growth > 0 ? Math.expm1((Math.log(growth) * stepsPerYear) / steps) : -1;
  return finite(annual / maxDrawdown);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
