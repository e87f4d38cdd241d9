import type { RecordConfig } from '@ergodic/core';

/** Steps of one symbol that a batch should hold: some 10 ms of work. */
const BATCH_STEPS = 200_000;
const LARGEST = 2_048;
/** Recorded steps that a batch should hold: they are kept in memory, and written as points, until it is done. */
const BATCH_RECORDED = 100_000;

/** Consecutive episodes, `to` exclusive. */
export interface Batch {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** Episodes of a batch: a function of the config alone, so that no result depends on the number of workers. */
export function batchSize(steps: number, symbols: number, record: Pick<RecordConfig, 'episodes' | 'every'>): number {
  const size = Math.max(1, Math.min(LARGEST, Math.floor(BATCH_STEPS / (Math.max(1, steps) * symbols))));
  const recorded = Math.floor(steps / record.every) + 1;
  const isMuch = Math.min(size, record.episodes) * recorded > BATCH_RECORDED;
  return isMuch ? Math.max(1, Math.floor(BATCH_RECORDED / recorded)) : size;
}

/** The batch with this index. */
export function batchAt(index: number, size: number, episodes: number): Batch {
  return { index, from: index * size, to: Math.min(episodes, (index + 1) * size) };
}
