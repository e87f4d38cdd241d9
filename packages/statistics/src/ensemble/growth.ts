import { LOG_FLOOR } from '@ergodic/core';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import { fromInfluence } from './influence.ts';
import { SKEWED_T } from './limits.ts';

/** What growth is computed from: one value an episode, NaN where it failed. */
export interface GrowthSample {
  /** Total returns, fractions of the initial equity. */
  readonly returns: Float64Array;
  readonly steps: Float64Array;
  readonly stepsPerYear: number;
  /** Episodes 2k and 2k + 1 are antithetic pairs. */
  readonly antithetic: boolean;
}

const METHOD = `delta method, ${SKEWED_T}`;

/**
 * Time-average growth, a year: the rate of an account that plays episode after episode and reinvests, which is mean log growth over mean length
 * (Peters 2019, "The ergodicity problem in economics", Nature Physics 15; the quotient of means is the renewal-reward theorem's, where episodes
 * differ in length). Final equity counts as at least 1e-4 of the initial, as in the log-return reward: ruin has a finite logarithm.
 */
export function timeAverageGrowthOf(sample: GrowthSample, tail: number = TAIL): Estimate {
  return rateOf(sample, { ofLog: 1, ofMean: 0 }, tail);
}

/** Ensemble-average growth, a year: the logarithm of mean growth over mean length (Peters 2019). The same floor holds. */
export function ensembleAverageGrowthOf(sample: GrowthSample, tail: number = TAIL): Estimate {
  return rateOf(sample, { ofLog: 0, ofMean: 1 }, tail);
}

/**
 * Ergodicity gap: ensemble-average less time-average growth, a year. It is what the mean over episodes promises and no account gets; 0 or
 * more by Jensen's inequality, σ²/2 for a geometric Brownian motion.
 */
export function ergodicityGapOf(sample: GrowthSample, tail: number = TAIL): Estimate {
  return rateOf(sample, { ofLog: -1, ofMean: 1 }, tail);
}

interface Weights {
  /** Of the mean of log growth, and of the logarithm of mean growth. */
  readonly ofLog: number;
  readonly ofMean: number;
}

/** A weighted sum of the two logarithms over the mean length in years, with the influence of all three means. */
function rateOf({ returns, steps, stepsPerYear, antithetic }: GrowthSample, weights: Weights, tail: number): Estimate {
  const { ofLog, ofMean } = weights;
  let n = 0;
  let [growths, logs, years] = [0, 0, 0];
  for (let i = 0; i < returns.length; i++) {
    if (Number.isNaN(returns[i]!)) continue;
    const growth = Math.max(1 + returns[i]!, LOG_FLOOR);
    n++;
    growths += growth;
    logs += Math.log(growth);
    years += steps[i]! / stepsPerYear;
  }
  const meanYears = years / n;
  if (!(meanYears > 0)) return unknown(n, n === 0 ? METHOD : 'undefined: the episodes have no steps');
  const meanGrowth = growths / n;
  const rate = (ofLog * (logs / n) + ofMean * Math.log(meanGrowth)) / meanYears;
  const influence = returns.map((value, i) => {
    const growth = Math.max(1 + value, LOG_FLOOR);
    const error = ofLog * Math.log(growth) + (ofMean * growth) / meanGrowth - rate * (steps[i]! / stepsPerYear);
    return error / meanYears;
  });
  return fromInfluence(rate, influence, antithetic, METHOD, tail);
}
