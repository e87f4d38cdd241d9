import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lanes } from '../src/lanes.ts';
import { createTask, type Key, type Task } from '../src/task.ts';

function taskOf(event: number, key: Key | undefined): Task {
  return createTask({ event, key, signal: undefined, resolve: () => undefined, reject: () => undefined });
}

/** The queue as one would explain it: a list, of which some events are blocked by their key. */
class NaiveQueue {
  waiting: Task[] = [];
  readonly busy: Task[][] = [];
  readonly #isSerial: boolean;

  constructor(concurrency: number) {
    this.#isSerial = concurrency === 1;
  }

  isBlocked(task: Task): boolean {
    return this.busy.flat().some((other) => this.#shares(task, other));
  }

  /** Events of the same lane that were pushed before it and wait. */
  before(task: Task): Task[] {
    return this.waiting.slice(0, this.waiting.indexOf(task)).filter((other) => this.#shares(task, other));
  }

  #shares(a: Task, b: Task): boolean {
    return this.#isSerial || (a.key !== undefined && a.key === b.key);
  }
}

type Step =
  | { readonly do: 'add'; readonly key: number | undefined }
  | { readonly do: 'take'; readonly limit: number }
  | { readonly do: 'release' | 'fail'; readonly call: number }
  | { readonly do: 'remove'; readonly index: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('add' as const), key: fc.option(fc.nat(3), { nil: undefined }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), limit: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'fail' as const), call: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), index: fc.nat(9) }) },
);

describe('the queue of a node', () => {
  it('hands over what a naive queue allows, in its order, whatever comes, fails or leaves', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 8), fc.array(step, { maxLength: 80 }), (concurrency, steps) => {
        const lanes = new Lanes(concurrency);
        const naive = new NaiveQueue(concurrency);
        let pushed = 0;
        for (const action of steps) {
          if (action.do === 'add') {
            const task = taskOf(pushed++, action.key);
            lanes.add(task);
            naive.waiting.push(task);
          } else if (action.do === 'take') {
            if (naive.busy.length >= concurrency) continue;
            const taken = lanes.take(action.limit);
            const free = naive.waiting.filter((task) => !naive.isBlocked(task));
            // It takes what there is: fewer than the limit only when nothing else is free, or an event must be alone.
            const hasAlone = free.some(({ isAlone }) => isAlone);
            if (!hasAlone) expect(taken.length).toBe(Math.min(action.limit, free.length));
            else expect(taken.length).toBeGreaterThan(0);
            expect(taken.length === 1 || taken.every(({ isAlone }) => !isAlone)).toBe(true);
            for (const task of taken) {
              expect(free).toContain(task);
              expect(naive.before(task)).toEqual([]);
              naive.waiting.splice(naive.waiting.indexOf(task), 1);
            }
            if (taken.length > 0) naive.busy.push(taken);
          } else if (action.do === 'remove') {
            const task = naive.waiting[action.index];
            if (task === undefined) continue;
            lanes.remove(task);
            naive.waiting.splice(action.index, 1);
          } else {
            const call = naive.busy[action.call];
            if (call === undefined) continue;
            naive.busy.splice(action.call, 1);
            if (action.do === 'fail') {
              for (const task of call) {
                task.attempt++;
                task.isAlone = true;
              }
              lanes.restore(call);
              naive.waiting.unshift(...call);
            }
            lanes.release(call);
          }
          expect(lanes.count).toBe(naive.waiting.length);
          expect(lanes.next === undefined).toBe(naive.waiting.every((task) => naive.isBlocked(task)));
        }
        expect(new Set(lanes.clear())).toEqual(new Set(naive.waiting));
        expect(lanes.count).toBe(0);
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it('lets keys take turns, and fills a batch with more of the same ones', () => {
    const lanes = new Lanes(2);
    const keys = ['a', 'a', 'a', 'b', undefined, 'b'];
    for (const [i, key] of keys.entries()) lanes.add(taskOf(i, key));
    const eventsOf = (tasks: readonly Task[]): unknown[] => tasks.map(({ entry }) => entry.event);
    expect(eventsOf(lanes.take(5))).toEqual([0, 3, 4, 1, 5]);
    expect(lanes.next).toBeUndefined();
    expect(lanes.count).toBe(1);
  });
});
