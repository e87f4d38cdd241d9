import type { RecordConfig } from '@ergodic/core';
import type { AgentTask } from './task.ts';

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
  /** Who plays it in a training run, where that does not follow from its episodes. */
  readonly agent?: AgentTask;
}

/**
 * Episodes of a batch: a function of the config alone, so that no result depends on the number of workers. Where episodes
 * run `together`, so many side by side, a batch holds a multiple of them, unless what is recorded takes too much memory.
 */
export function batchSize(
  steps: number,
  symbols: number,
  record: Pick<RecordConfig, 'episodes' | 'every'>,
  together = 1,
): number {
  const alone = Math.max(1, Math.min(LARGEST, Math.floor(BATCH_STEPS / (Math.max(1, steps) * symbols))));
  const size = Math.ceil(alone / together) * together;
  const recorded = Math.floor(steps / record.every) + 1;
  const isMuch = Math.min(size, record.episodes) * recorded > BATCH_RECORDED;
  return isMuch ? Math.max(1, Math.floor(BATCH_RECORDED / recorded)) : size;
}

/** The batch with this index, null after the last. No batch holds episodes of two groups of so many. */
export function batchAt(index: number, size: number, episodes: number, group: number = episodes): Batch | null {
  const perGroup = Math.ceil(group / size);
  const first = Math.floor(index / perGroup) * group;
  const from = first + (index % perGroup) * size;
  return from >= episodes ? null : { index, from, to: Math.min(episodes, first + group, from + size) };
}

/** Hands out the batches of a run in their order. */
export class BatchQueue {
  private readonly size: number;
  private readonly group: number | undefined;
  private next = 0;

  /** `group`: no batch holds episodes of two groups of so many. */
  constructor(size: number, group?: number) {
    this.size = size;
    this.group = group;
  }

  /** The next batch that is wanted, of so many episodes; null where none is left. */
  take(episodes: number, isWanted: (batch: Batch) => boolean): Batch | null {
    for (;;) {
      const batch = batchAt(this.next, this.size, episodes, this.group);
      if (batch === null) return null;
      this.next++;
      if (isWanted(batch)) return batch;
    }
  }
}
