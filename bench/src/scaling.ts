import { availableParallelism } from 'node:os';
import { runChild } from './child.ts';
import { type Comparison, comparePairs } from './comparison.ts';
import type { EnsembleMeasure } from './ensemble.ts';

const EPISODES = 2_000;
const STEPS = 10_000;

/** Speed of an ensemble on N worker threads ÷ on one, for N = 2, 4, 8, … up to the machine's. */
export async function compareWorkers(pairs: number): Promise<Comparison[]> {
  const digests = new Set<string>();
  const measure = (workers: number): number => {
    const { stepsPerSecond, digest } = runChild<EnsembleMeasure>('./ensemble.js', [workers, EPISODES, STEPS]);
    digests.add(digest);
    if (digests.size > 1) throw new Error(`the digest must not depend on the workers, got ${[...digests].join(', ')}`);
    return stepsPerSecond;
  };
  const comparisons: Comparison[] = [];
  for (const workers of workerCounts(availableParallelism())) {
    comparisons.push(
      await comparePairs(
        { name: `scaling (${workers} workers)`, value: `${workers} workers`, base: '1 worker', unit: 'steps/s' },
        pairs,
        () => measure(workers),
        () => measure(1),
      ),
    );
  }
  return comparisons;
}

/** 2, 4, 8, … and the number of processors itself. */
export function workerCounts(processors: number): number[] {
  const counts: number[] = [];
  for (let count = 2; count < processors; count *= 2) counts.push(count);
  if (processors > 1) counts.push(processors);
  return counts;
}
