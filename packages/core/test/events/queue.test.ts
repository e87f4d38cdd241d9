import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PRIORITY, type QueuedEvent, TimerEvent } from '../../src/events/events.ts';
import { EventQueue } from '../../src/events/queue.ts';

interface Pending {
  timeMs: number;
  priority: number;
  sequence: number;
  tag: string;
}

/** The contract as directly as it can be said: one array, sorted before each look. */
class NaiveQueue {
  nowMs = 0;
  private pending: Pending[] = [];
  private sequence = 0;

  push(timeMs: number, priority: number, tag: string): void {
    this.pending.push({ timeMs, priority, sequence: this.sequence++, tag });
  }

  get due(): Pending[] {
    return this.sorted().filter(({ timeMs }) => timeMs === this.nowMs);
  }

  get nextMs(): number {
    return Math.min(...this.pending.filter(({ timeMs }) => timeMs > this.nowMs).map(({ timeMs }) => timeMs));
  }

  get size(): number {
    return this.pending.length;
  }

  shift(): Pending {
    const first = this.sorted()[0]!;
    this.pending.splice(this.pending.indexOf(first), 1);
    return first;
  }

  hasten(priority: number): void {
    for (const entry of this.sorted()) {
      if (entry.priority !== priority || entry.timeMs === this.nowMs) continue;
      entry.timeMs = this.nowMs;
      entry.sequence = this.sequence++;
    }
  }

  reset(nowMs: number): void {
    this.pending = [];
    this.nowMs = nowMs;
  }

  private sorted(): Pending[] {
    return this.pending.sort((a, b) => a.timeMs - b.timeMs || a.priority - b.priority || a.sequence - b.sequence);
  }
}

/** Priorities that hold events: all but PAUSE and WAKE, which are bits alone. */
const priority = fc.integer({ min: 1, max: 9 });
const WAKE = 1 << PRIORITY.WAKE;
const operation = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('push' as const), delayMs: fc.nat(6), priority }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), delayMs: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hasten' as const), priority }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('burst' as const), priority, count: fc.integer({ min: 5, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const), nowMs: fc.nat(100) }) },
);

const tagOf = (event: QueuedEvent): string => (event as TimerEvent).tag;
const timer = (tag: string): TimerEvent => new TimerEvent(0, tag);

describe('EventQueue', () => {
  test('agrees with a sorted array under random operations', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const queue = new EventQueue();
        const naive = new NaiveQueue();
        let count = 0;
        const push = (timeMs: number, p: number): void => {
          const tag = `#${count++}`;
          queue.push(timeMs, p, timer(tag));
          naive.push(timeMs, p, tag);
          // Something later wakes whoever looks at the mask, until it is lowered.
          if (timeMs > naive.nowMs) expect(queue.mask & WAKE).toBe(WAKE);
        };
        for (const op of operations) {
          if (op.do === 'push') push(naive.nowMs + op.delayMs, op.priority);
          else if (op.do === 'burst') for (let i = 0; i < op.count; i++) push(naive.nowMs + (i % 3), op.priority);
          else if (op.do === 'hasten') {
            queue.hasten(op.priority);
            naive.hasten(op.priority);
          } else if (op.do === 'reset') {
            queue.reset(op.nowMs);
            naive.reset(op.nowMs);
          } else if (naive.due.length > 0) {
            expect(queue.first).toBe(naive.due[0]!.priority);
            expect(tagOf(queue.shift(queue.first))).toBe(naive.shift().tag);
          } else if (op.do === 'advance') {
            // As the loop does: never beyond the earliest pending event.
            const timeMs = Math.min(naive.nowMs + op.delayMs, naive.nextMs);
            queue.advanceTo(timeMs);
            naive.nowMs = timeMs;
          }
          queue.lower(PRIORITY.WAKE);
          const mask = naive.due.reduce((bits, { priority: p }) => bits | (1 << p), 0);
          expect([queue.mask, queue.nowMs, queue.nextMs, queue.size]).toEqual([
            mask,
            naive.nowMs,
            naive.nextMs,
            naive.size,
          ]);
        }
        // What is left comes out in the naive order.
        while (naive.size > 0) {
          if (queue.mask === 0) queue.advanceTo((naive.nowMs = naive.nextMs));
          expect(tagOf(queue.shift(queue.first))).toBe(naive.shift().tag);
        }
        expect(queue.mask).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('events equal in time and priority come out first in, first out, also where they came by the heap and by a push', () => {
    const queue = new EventQueue();
    queue.reset(0);
    for (let i = 0; i < 20; i++) queue.push(5, PRIORITY.CUSTOM, timer(`later ${i}`));
    queue.advanceTo(5);
    for (let i = 0; i < 20; i++) queue.push(5, PRIORITY.CUSTOM, timer(`now ${i}`));
    const order = Array.from({ length: 40 }, () => tagOf(queue.shift(PRIORITY.CUSTOM)));
    expect(order).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `later ${i}`),
      ...Array.from({ length: 20 }, (_, i) => `now ${i}`),
    ]);
  });

  test('a push before the clock is an error that names both times and the event', () => {
    const queue = new EventQueue();
    queue.reset(100);
    const error = new RangeError('an event must not be due before the clock 100, got 99 (TIMER)');
    expect(() => queue.push(99, PRIORITY.TIMER, timer('late'))).toThrow(error);
    expect(() => queue.push(Number.NaN, PRIORITY.TIMER, timer('never'))).toThrow(RangeError);
    expect(queue.size).toBe(0);
  });

  test('only what is added for later wakes; it comes last, and leaves with lower and reset', () => {
    const queue = new EventQueue();
    queue.reset(0);
    queue.push(0, PRIORITY.EXPIRY, timer('now'));
    expect(queue.mask).toBe(1 << PRIORITY.EXPIRY);
    queue.push(1, PRIORITY.FILL, timer('later'));
    expect(queue.mask).toBe((1 << PRIORITY.EXPIRY) | WAKE);
    queue.shift(queue.first);
    expect([queue.first, queue.size]).toEqual([PRIORITY.WAKE, 1]);
    queue.lower(PRIORITY.WAKE);
    expect(queue.mask).toBe(0);
    queue.advanceTo(1);
    expect(queue.mask).toBe(1 << PRIORITY.FILL);
    queue.push(2, PRIORITY.FILL, timer('never'));
    queue.reset(5);
    expect([queue.mask, queue.size]).toEqual([0, 0]);
  });

  test('a raised priority holds no event and leaves with lower', () => {
    const queue = new EventQueue();
    queue.reset(0);
    queue.push(0, PRIORITY.TIMER, timer('a'));
    queue.raise(PRIORITY.MARKET);
    expect(queue.first).toBe(PRIORITY.MARKET);
    expect(queue.size).toBe(1);
    queue.lower(PRIORITY.MARKET);
    expect(queue.first).toBe(PRIORITY.TIMER);
  });
});
