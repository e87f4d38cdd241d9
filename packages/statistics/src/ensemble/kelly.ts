import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';
import { fromInfluence } from './influence.ts';
import { SKEWED_T } from './limits.ts';
import { meanOf } from './mean.ts';

const METHOD = `sandwich (Huber 1967), ${SKEWED_T}`;

/**
 * Kelly fraction of total returns R, as fractions: the f ≥ 0 that maximises mean log(1 + f·R), where an account plays every episode at f
 * times the size (Kelly 1956, "A new interpretation of information rate", Bell System Technical Journal 35; Thorp 2006, "The Kelly criterion in
 * blackjack, sports betting and the stock market"). It is the root of mean R/(1 + f·R); the interval is that of an M-estimator.
 *
 * - 0 where the mean return is not above 0: a strategy cannot be played with a negative size at its own costs.
 * - Undefined where no episode lost: mean log growth then rises with any f.
 * - No end is above one over the largest loss, where that episode would have lost all. An interval above 1 begins at 1: that no episode
 *   ever loses more than 1/f cannot be known from those that did not.
 */
export function kellyFractionOf(sample: Sample, tail: number = TAIL): Estimate {
  const { n, least, largest } = rangeOf(sample.values);
  if (!Number.isFinite(largest - least)) return unknown(n, 'undefined: it needs finite returns');
  if (least >= 0) return unknown(n, 'undefined: no episode lost, so mean log growth rises with any fraction');
  if (largest <= 0) {
    // Only a mean that is surely below zero says that no fraction is right.
    const high = meanOf(sample, tail).high < 0 ? 0 : Number.NaN;
    return { value: 0, low: 0, high, n, method: 'no episode gained' };
  }
  const { root, slope } = rootOf(sample.values, -1 / largest, -1 / least);
  const influence = sample.values.map((value) => (value / (1 + root * value)) * (n / slope));
  const free = fromInfluence(root, influence, sample.antithetic, METHOD, tail);
  return {
    ...free,
    value: Math.max(root, 0),
    low: Math.min(Math.max(free.low, 0), 1),
    high: Math.min(Math.max(free.high, 0), -1 / least),
  };
}

function rangeOf(values: Float64Array): { n: number; least: number; largest: number } {
  let n = 0;
  let least = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    n++;
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  return { n, least, largest };
}

/**
 * Root of Σ R/(1 + f·R), which falls from +∞ to −∞ between its poles, and its slope there, with the sign changed: Newton's steps, and halves of what
 * is left where one would lead out of it.
 */
function rootOf(values: Float64Array, from: number, to: number): { root: number; slope: number } {
  let low = from;
  let high = to;
  let root = 0;
  for (;;) {
    let sum = 0;
    let slope = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      const score = value / (1 + root * value);
      sum += score;
      slope += score * score;
    }
    if (sum > 0) low = root;
    else high = root;
    const newton = root + sum / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - root) <= 1e-13 * Math.abs(next) || next <= low || next >= high) return { root, slope };
    root = next;
  }
}
