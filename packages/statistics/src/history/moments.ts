import { meanKnown } from '../ensemble/moments.ts';

/** What the Sharpe ratio of one history and its uncertainty are made of. */
export interface ReturnMoments {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation. */
  readonly deviation: number;
  /** Mean ÷ deviation, a step, not annualised. NaN where nothing varies. */
  readonly sharpe: number;
  /** m₃ ÷ m₂^1.5 of central moments; 0 for a normal law. */
  readonly skewness: number;
  /** m₄ ÷ m₂² of central moments; 3 for a normal law. */
  readonly kurtosis: number;
}

/** Moments of step returns; NaN ones are left out. */
export function returnMomentsOf(returns: ArrayLike<number>): ReturnMoments {
  const values = Float64Array.from(returns);
  const { n, mean } = meanKnown(values);
  let [second, third, fourth] = [0, 0, 0];
  for (const value of values) {
    const x = value - mean;
    if (Number.isNaN(x)) continue;
    second += x * x;
    third += x * x * x;
    fourth += x * x * x * x;
  }
  const deviation = n > 1 ? Math.sqrt(second / (n - 1)) : Number.NaN;
  const isMoving = second > 0;
  return {
    n,
    mean,
    deviation,
    sharpe: isMoving ? mean / deviation : Number.NaN,
    skewness: isMoving ? third / n / Math.sqrt((second / n) * (second / n) * (second / n)) : Number.NaN,
    kurtosis: isMoving ? (fourth * n) / (second * second) : Number.NaN,
  };
}
