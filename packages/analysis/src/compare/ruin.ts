import { type EpisodeTable, type Estimate, endSample, improvementOf, pairUp, shareOf } from '@ergodic/statistics';
import { commonOf } from './metric.ts';
import type { Difference } from './types.ts';

/** Probabilities of ruin, and how much larger that of B is. */
export function ruinOf(a: EpisodeTable, b: EpisodeTable, isPaired: boolean): Difference {
  const [x, y] = [endSample(a, 'ruined'), endSample(b, 'ruined')];
  if (!isPaired) {
    const shares = { a: shareOf(x), b: shareOf(y) };
    return { ...shares, difference: newcombe(shares.a, shares.b) };
  }
  const [first, second] = commonOf(x, y);
  // P(b ruined) − P(a ruined) = P(only b) − P(only a), twice the probability of having "more ruin", less one.
  const { value, low, high, n, method } = improvementOf(pairUp(first, second));
  const difference = { value: 2 * value - 1, low: 2 * low - 1, high: 2 * high - 1, n, method };
  return { a: shareOf(first), b: shareOf(second), difference };
}

/**
 * Difference of the shares of independent samples from Wilson's interval of each (Newcombe 1998, "Interval estimation for the difference between
 * independent proportions", Statistics in Medicine 17, method 10).
 */
export function newcombe(a: Estimate, b: Estimate): Estimate {
  const value = b.value - a.value;
  return {
    value,
    low: value - Math.hypot(b.value - b.low, a.high - a.value),
    high: value + Math.hypot(b.high - b.value, a.value - a.low),
    n: a.n + b.n,
    method: "Wilson's of each, put together (Newcombe 1998)",
  };
}
