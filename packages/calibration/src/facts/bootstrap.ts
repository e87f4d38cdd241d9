import type { RandomStream } from '@ergodic/core';
import { optimalBlockLengths } from '../fit/block-length.ts';
import { facts, measureFacts } from './facts.ts';
import { ReturnSample } from './sample.ts';

/** A block must hold so much of what happens within a fact's memory, or resampling would wash it out. */
const KEPT = 0.8;

/** Facts of resampled histories. */
export interface Resamples {
  /** Mean length of the blocks, in returns; NaN where the returns do not move. */
  readonly blockLength: number;
  /** Of each resample, in the order of `facts`; NaN where a bootstrap does not hold the fact. */
  readonly measures: readonly Float64Array[];
}

/**
 * Facts of `count` resamples of the returns by the stationary bootstrap (Politis and Romano 1994, "The stationary
 * bootstrap"), its blocks as long as Politis and White (2004) find best for the absolute returns, whose memory is the
 * longest.
 */
export function resampleFacts(sample: ReturnSample, count: number, random: RandomStream): Resamples {
  const { returns, stepsPerYear } = sample;
  const found = returns.length < 10 ? Number.NaN : optimalBlockLengths(sample.absolute).stationary;
  if (Number.isNaN(found)) return { blockLength: Number.NaN, measures: [] };
  const blockLength = Math.max(1, found);
  const kept = facts.filter(({ memory }) => typeof memory === 'number' && keepsMemory(memory, blockLength));
  const names = kept.map(({ name }) => name);
  const measures = Array.from({ length: count }, () => {
    const values = measureFacts(new ReturnSample(resampled(returns, blockLength, random), stepsPerYear), names);
    return Float64Array.from(facts, (fact) => (kept.includes(fact) ? values[kept.indexOf(fact)]! : Number.NaN));
  });
  return { blockLength, measures };
}

function resampled(returns: Float64Array, blockLength: number, random: RandomStream): Float64Array {
  const n = returns.length;
  const drawn = new Float64Array(n);
  let source = 0;
  for (let i = 0; i < n; i++) {
    const isNew = i === 0 || random.nextDouble() * blockLength < 1;
    source = isNew ? random.integer(n) : source + 1 === n ? 0 : source + 1;
    drawn[i] = returns[source]!;
  }
  return drawn;
}

/** Whether blocks hold enough of what a fact looks at: pairs of returns so far apart stay together often enough. */
export function keepsMemory(memory: number, blockLength: number): boolean {
  return memory === 0 || memory * Math.log1p(-1 / blockLength) >= Math.log(KEPT);
}
