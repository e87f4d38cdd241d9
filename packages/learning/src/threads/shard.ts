import type { MessagePort } from 'node:worker_threads';
import type { AutoresetMode, EndReason, EpisodeError, VectorEnvironment, VectorResetOptions } from '@ergodic/core';
import type { Board } from './board.ts';
import type { EnvironmentSource } from './source.ts';

/** Environments `first` … `first + count - 1` of `of`. */
export interface ShardRange {
  readonly first: number;
  readonly count: number;
  readonly of: number;
}

/** What a thread is made with. */
export interface ShardData {
  readonly thread: number;
  readonly source: EnvironmentSource;
  readonly autoreset: AutoresetMode;
  readonly range: ShardRange;
  readonly board: Board;
  readonly control: Int32Array<SharedArrayBuffer>;
  /** Carries resets to the thread, and failures and errors from it. */
  readonly port: MessagePort;
}

/** What the supervising thread is made with. */
export interface SupervisorData {
  readonly shards: readonly ShardData[];
  /** Carries the reasons why threads ended. */
  readonly deaths: MessagePort;
}

export interface Death {
  readonly thread: number;
  readonly reason: string;
}

/** From a thread, after a command. */
export type ShardMessage =
  | { readonly kind: 'ended'; readonly rows: readonly EndedRow[] }
  | { readonly kind: 'error'; readonly name: string; readonly code: string; readonly message: string };

/** Of an episode that did not simply run its length. */
export interface EndedRow {
  readonly index: number;
  readonly reason: EndReason;
  readonly failure?: { readonly code: string; readonly message: string };
}

/** The part of a reset that concerns a shard. */
export function shardReset(options: VectorResetOptions, { first, count }: ShardRange): VectorResetOptions {
  const { seed, mask, episodes } = options;
  const slice = <T>(values: ArrayLike<T>): T[] => Array.from({ length: count }, (_, i) => values[first + i]!);
  return {
    ...(seed === undefined ? {} : { seed: typeof seed === 'object' ? slice(seed) : seed }),
    ...(mask === undefined ? {} : { mask: slice(mask) }),
    ...(episodes === undefined ? {} : { episodes: slice(episodes) }),
  };
}

/** Ends of episodes that are more than flags can tell; empty in almost every step. */
export function endedRows(shard: VectorEnvironment, first: number): EndedRow[] {
  const rows: EndedRow[] = [];
  for (let i = 0; i < shard.count; i++) {
    if (shard.ended[i] !== 1) continue;
    const reason = shard.endReasons[i]!;
    if (reason !== 'completed') rows.push({ index: first + i, reason, ...failureOf(shard.failures[i]!) });
  }
  return rows;
}

function failureOf(failure: EpisodeError | null): Pick<EndedRow, 'failure'> {
  return failure === null ? {} : { failure: { code: failure.code, message: failure.message } };
}
