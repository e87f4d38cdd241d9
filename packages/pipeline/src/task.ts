import type { Lane } from './lanes.ts';
import type { Linked } from './list.ts';
import type { Entry } from './stage.ts';

/** Events with the same key keep their order: the number of an episode, a symbol. */
export type Key = string | number;

/** An event inside a node. `waiting`: for room in the queue. */
export interface Task extends Linked<Task> {
  readonly entry: Entry<unknown, unknown>;
  readonly key: Key | undefined;
  /** `performance.now()` at the push. */
  readonly pushedMs: number;
  state: 'waiting' | 'queued' | 'handled' | 'settled';
  /** Of the handler call that takes it next or has it now, from 1. */
  attempt: number;
  /** No other event may be in its call. */
  isAlone: boolean;
  /** No other call may run beside its own: it may be the one that kills the thread. */
  isSuspect: boolean;
  lane: Lane | undefined;
  /** Tells the one who waits for room that it was taken, or refused. */
  onTaken: (() => void) | undefined;
}

export function createTask(entry: Entry<unknown, unknown>): Task {
  return {
    entry,
    key: entry.key,
    pushedMs: performance.now(),
    state: 'queued',
    attempt: 1,
    isAlone: false,
    isSuspect: false,
    lane: undefined,
    onTaken: undefined,
    prev: undefined,
    next: undefined,
  };
}
