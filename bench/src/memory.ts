import { availableParallelism } from 'node:os';
import { runChild } from './child.ts';
import { type Comparison, comparePairs } from './comparison.ts';
import type { EnsembleMeasure } from './ensemble.ts';

const FEW = 10_000;
const MANY = 100_000;
/** Short episodes: it is their number that must not matter. */
const STEPS = 100;

/** Peak memory of an ensemble of 100,000 episodes ÷ of 10,000. Flat memory is a ratio near 1. */
export function compareMemory(pairs: number): Promise<Comparison> {
  const measure = (episodes: number): number =>
    runChild<EnsembleMeasure>('./ensemble.js', [availableParallelism(), episodes, STEPS]).peakMb;
  const label = (episodes: number): string => `${episodes / 1000}k episodes`;
  return comparePairs(
    { name: 'memory', value: label(MANY), base: label(FEW), unit: 'MiB peak' },
    pairs,
    () => measure(MANY),
    () => measure(FEW),
  );
}
