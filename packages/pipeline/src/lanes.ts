import { type Linked, LinkedList } from './list.ts';
import type { Key, Task } from './task.ts';

/** Events that must be handled one after another. */
export interface Lane extends Linked<Lane> {
  readonly key: Key | undefined;
  readonly tasks: LinkedList<Task>;
  /** Some of its events are being handled: the next ones wait. */
  isBusy: boolean;
}

/**
 * The queue of a node: which events may be handled next.
 *
 * ```
 * runnable ─► lane "episode 7" ─► lane "episode 3" ─► lane of one event without a key ─► …
 *              │ 7.4               │ 3.9               │ x
 *              │ 7.5               └                   └
 *              └
 * ```
 *
 * With a concurrency of one there is a single lane, so events keep the order of their pushes. Otherwise a key has a lane, and an
 * event without one has a lane of its own. A lane whose events are being handled is in no list until they are released.
 */
export class Lanes {
  /** Events that wait. */
  count = 0;
  readonly #runnable = new LinkedList<Lane>();
  readonly #keyed = new Map<Key, Lane>();
  readonly #only: Lane | undefined;

  constructor(concurrency: number) {
    this.#only = concurrency === 1 ? createLane(undefined) : undefined;
  }

  /** The event that is handled next. */
  get next(): Task | undefined {
    return this.#runnable.first?.tasks.first;
  }

  add(task: Task): void {
    const lane = this.#laneOf(task);
    const isNew = lane.tasks.first === undefined && !lane.isBusy;
    task.lane = lane;
    lane.tasks.push(task);
    this.count++;
    if (isNew) this.#runnable.push(lane);
  }

  /** Puts taken events back in front of their lanes; they must be released afterwards. */
  restore(tasks: readonly Task[]): void {
    for (const task of [...tasks].reverse()) {
      task.lane!.tasks.unshift(task);
      this.count++;
    }
  }

  /**
   * Takes up to `limit` events that may be handled in one call, and keeps their lanes busy. Lanes take turns; those of one lane
   * keep their order. An event that must be alone comes alone.
   */
  take(limit: number): Task[] {
    const taken: Task[] = [];
    const lanes: Lane[] = [];
    while (taken.length < limit) {
      const lane = this.#runnable.first;
      if (lane === undefined || (lane.tasks.first!.isAlone && taken.length > 0)) break;
      this.#runnable.remove(lane);
      lane.isBusy = true;
      lanes.push(lane);
      taken.push(lane.tasks.shift()!);
      if (taken[0]!.isAlone) break;
    }
    for (let more = taken[0]?.isAlone === false; more; ) {
      more = false;
      for (const lane of lanes) {
        if (taken.length === limit || lane.tasks.first === undefined || lane.tasks.first.isAlone) continue;
        taken.push(lane.tasks.shift()!);
        more = true;
      }
    }
    this.count -= taken.length;
    return taken;
  }

  /** The events are through, or restored: their lanes go on. */
  release(tasks: readonly Task[]): void {
    for (const { lane } of tasks) {
      if (!lane!.isBusy) continue;
      lane!.isBusy = false;
      const { first } = lane!.tasks;
      if (first === undefined) this.#forget(lane!);
      else if (first.attempt > 1) this.#runnable.unshift(lane!);
      else this.#runnable.push(lane!);
    }
  }

  /** Takes out an event that waits. */
  remove(task: Task): void {
    const lane = task.lane!;
    lane.tasks.remove(task);
    this.count--;
    if (lane.tasks.first !== undefined || lane.isBusy) return;
    this.#runnable.remove(lane);
    this.#forget(lane);
  }

  /** Takes out all events that wait. */
  clear(): Task[] {
    const all: Task[] = [];
    for (const lane of this.#all())
      for (let task = lane.tasks.first; task !== undefined; task = task.next) all.push(task);
    for (const task of all) this.remove(task);
    return all;
  }

  *#all(): Generator<Lane> {
    for (let lane = this.#runnable.first; lane !== undefined; lane = lane.next) yield lane;
    for (const lane of [this.#only, ...this.#keyed.values()]) if (lane?.isBusy) yield lane;
  }

  #laneOf({ key }: Task): Lane {
    if (this.#only !== undefined) return this.#only;
    if (key === undefined) return createLane(undefined);
    let lane = this.#keyed.get(key);
    if (lane === undefined) {
      lane = createLane(key);
      this.#keyed.set(key, lane);
    }
    return lane;
  }

  #forget({ key }: Lane): void {
    if (key !== undefined) this.#keyed.delete(key);
  }
}

function createLane(key: Key | undefined): Lane {
  return { key, tasks: new LinkedList<Task>(), isBusy: false, prev: undefined, next: undefined };
}
