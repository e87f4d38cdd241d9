import { studentQuantile } from '@ergodic/core';
import { momentsOf } from '../ensemble/moments.ts';
import { shareOfCount } from '../ensemble/share.ts';
import { sortedOf } from '../ensemble/sorted.ts';
import { type Estimate, TAIL, unknown } from '../estimate.ts';
import type { Sample } from '../sample.ts';

const METHOD = 'Brunner–Munzel (2000) on the logit';

/**
 * Probability of improvement of an independent episode, P(b > a) + ½·P(b = a): Brunner & Munzel (2000, "The nonparametric
 * Behrens–Fisher problem", Biometrical Journal 42), Satterthwaite's degrees of freedom, the interval on the logit so that it stays within
 * 0 and 1 (Brunner, Bathke & Konietschke 2018, §3.7). Samples that do not overlap have no such variance: then Wilson's interval of as
 * many improvements as the smaller sample has values.
 */
export function brunnerMunzel(a: Sample, b: Sample, tail: number = TAIL): Estimate {
  const first = momentsOf(placements(a, b));
  const second = momentsOf(placements(b, a));
  const n = first.n + second.n;
  const smaller = Math.min(first.clusters, second.clusters);
  if (smaller === 0) return unknown(n, METHOD);
  const value = second.mean;
  if (value === 0 || value === 1) {
    return { ...shareOfCount(value * smaller, smaller, tail), n, method: "no overlap: Wilson's of the smaller sample" };
  }
  const [varianceA, varianceB] = [first.standardError ** 2, second.standardError ** 2];
  const variance = varianceA + varianceB;
  if (!(variance > 0)) return { ...unknown(n, METHOD), value };
  const freedom =
    (variance * variance) / (varianceA ** 2 / (first.clusters - 1) + varianceB ** 2 / (second.clusters - 1));
  const half = (studentQuantile(tail, freedom) * Math.sqrt(variance)) / (value * (1 - value));
  const logit = Math.log(value / (1 - value));
  return { value, low: logistic(logit - half), high: logistic(logit + half), n, method: METHOD };
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Of each value of the sample, the share of the other's that lie below it, plus half of those that equal it. */
function placements(sample: Sample, other: Sample): Sample {
  const sorted = sortedOf(other.values);
  const place = (x: number): number =>
    (countBelow(sorted, x, false) + countBelow(sorted, x, true)) / (2 * sorted.length);
  // Neighbours in order are found fast; only pairs need the order of episodes.
  const values = sample.antithetic ? sample.values : sortedOf(sample.values);
  return { ...sample, values: values.map((x) => (Number.isNaN(x) ? x : place(x))) };
}

function countBelow(sorted: Float64Array, x: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x || (orEqual && sorted[middle]! === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}
