import { normalQuantile } from '@ergodic/core';
import { momentsOf } from '../ensemble/moments.ts';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Pairs } from './pairs.ts';

/**
 * Probability of improvement in the same episode, P(b > a) + ½·P(b = a). Interval: the score interval of a difference of paired
 * proportions (Tango 1998, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design",
 * Statistics in Medicine 17), P(b > a) − P(b < a) = 2·probability − 1; without ties it is Wilson's. Antithetic pairs shrink the
 * counts by their design effect (Rao & Scott 1992, "A simple method for the analysis of clustered binary data").
 */
export function improvementOf({ differences, n }: Pairs, tail: number = TAIL): Estimate {
  const method = 'score interval of paired proportions (Tango 1998)';
  if (n === 0) return unknown(n, method);
  let better = 0;
  let worse = 0;
  for (const difference of differences.values) {
    if (difference > 0) better++;
    else if (difference < 0) worse++;
  }
  const signs = { ...differences, values: differences.values.map(Math.sign) };
  const shrunk = differences.antithetic ? designEffect(signs.values, n) : 1;
  const [low, high] = tangoInterval(better / shrunk, worse / shrunk, n / shrunk, tail);
  return { value: 0.5 + (better - worse) / (2 * n), low: 0.5 + low / 2, high: 0.5 + high / 2, n, method };
}

/** Variance of a mean of antithetic pairs over that of as many independent values; 2 where nothing varies. */
function designEffect(values: Float64Array, n: number): number {
  const apart = momentsOf({ values, antithetic: false }).standardError;
  const paired = momentsOf({ values, antithetic: true }).standardError;
  const effect = (paired * paired) / (apart * apart);
  return effect > 0 ? effect : Math.min(2, n);
}

/** Tango's interval of P(better) − P(worse) from counts, which need not be whole. */
export function tangoInterval(better: number, worse: number, n: number, tail: number): [low: number, high: number] {
  const z = -normalQuantile(tail / 2);
  const estimate = (better - worse) / n;
  const score = (difference: number): number => {
    const a = 2 * n;
    const b = (2 * n - better + worse) * difference - better - worse;
    const c = -worse * difference * (1 - difference);
    const other = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
    const variance = n * (2 * other + difference * (1 - difference));
    const distance = better - worse - n * difference;
    return distance === 0 ? 0 : distance / Math.sqrt(Math.max(variance, Number.MIN_VALUE));
  };
  return [bisect(score, -1, estimate, z), bisect(score, estimate, 1, -z)];
}

/** Where a falling function takes a value between two ends. */
function bisect(f: (x: number) => number, from: number, to: number, level: number): number {
  let low = from;
  let high = to;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (f(middle) > level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
