import { absoluteAutocorrelationAt, autocorrelationAt, decay, leverageEffect } from './dependence.ts';
import { longestDrawdown, maxDrawdown } from './drawdowns.ts';
import type { Fact } from './fact.ts';
import { hurstOfAbsolute, hurstOfReturns } from './hurst.ts';
import { aggregatedKurtosis, excessKurtosis, mean, skewness, volatility } from './moments.ts';
import { ReturnSample } from './sample.ts';
import { largestMoves, lowerTail, upperTail } from './tails.ts';

/** What returns are compared by, in the order of a report. */
export const facts: readonly Fact[] = [
  mean,
  volatility,
  skewness,
  excessKurtosis,
  aggregatedKurtosis(5),
  aggregatedKurtosis(20),
  lowerTail,
  upperTail,
  largestMoves,
  autocorrelationAt(1),
  autocorrelationAt(5),
  absoluteAutocorrelationAt(1),
  absoluteAutocorrelationAt(5),
  absoluteAutocorrelationAt(20),
  absoluteAutocorrelationAt(100),
  decay,
  leverageEffect,
  hurstOfReturns,
  hurstOfAbsolute,
  maxDrawdown,
  longestDrawdown,
];

/** Facts that returns have which do not differ from each other. */
const OF_THE_LEVEL: ReadonlySet<Fact> = new Set([mean, volatility, maxDrawdown, longestDrawdown]);
/** Log returns that differ by less differ by the rounding of prices. */
const ROUNDING = 1e-12;

/**
 * Facts of a sample, in the order of `facts`, or those of these names in theirs; NaN where one is not defined, or the sample
 * is too short for it.
 */
export function measureFacts(sample: ReturnSample, names?: readonly string[]): Float64Array {
  const { sorted, returns, stepsPerYear } = sample;
  const isStill = sorted.at(-1)! - sorted[0]! < ROUNDING;
  const shape = isStill ? new ReturnSample(new Float64Array(returns.length), stepsPerYear) : sample;
  const wanted = names === undefined ? facts : names.map((name) => facts.find((fact) => fact.name === name)!);
  return Float64Array.from(wanted, (fact) => {
    if (returns.length < fact.fewest) return Number.NaN;
    const value = fact.measure(OF_THE_LEVEL.has(fact) ? sample : shape);
    return Number.isFinite(value) ? value : Number.NaN;
  });
}
