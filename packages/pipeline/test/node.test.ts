import { PipelineNode } from '@ergodic/pipeline';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Gate, outcomesOf, rejectionOf, turns } from './support.ts';

describe('a node', () => {
  it('answers each push with the result of its event', async () => {
    const node = new PipelineNode({ handler: (event: number) => 2 * event });
    expect(await Promise.all([1, 2, 3].map((event) => node.push(event)))).toEqual([2, 4, 6]);
    const later = new PipelineNode({ handler: async (event: string) => event.length });
    expect(await later.push('four')).toBe(4);
  });

  it('does not call the handler inside push', async () => {
    let isCalled = false;
    const node = new PipelineNode({ handler: () => (isCalled = true) });
    const promise = node.push(undefined);
    expect(isCalled).toBe(false);
    expect(await promise).toBe(true);
  });

  it('handles events in the order of their pushes, one at a time', async () => {
    const gate = new Gate<number>();
    const node = new PipelineNode({ handler: gate.handler });
    const pushes = [0, 1, 2].map((event) => node.push(event, { key: event }));
    await gate.begun(1);
    await turns(3);
    expect(gate.started).toEqual([0]);
    for (let count = 1; count <= 3; count++) {
      await gate.begun(count);
      gate.release();
    }
    expect(await Promise.all(pushes)).toEqual([0, 1, 2]);
    expect(gate.started).toEqual([0, 1, 2]);
  });

  it('handles so many at a time as its concurrency says, and those of one key one after another', async () => {
    const gate = new Gate<string>();
    const node = new PipelineNode({ handler: gate.handler, concurrency: 3 });
    const pushes = ['a1', 'a2', 'b1', 'a3', 'b2', 'c1'].map((event) => node.push(event, { key: event[0]! }));
    await gate.begun(3);
    await turns(3);
    expect(gate.started).toEqual(['a1', 'b1', 'c1']);
    gate.release();
    await gate.begun(4);
    expect(gate.started[3]).toBe('a2');
    expect(node.metrics()).toMatchObject({ inFlight: 3, queued: 2, processed: 1, accepted: 6 });
    for (let count = 4; count <= 6; count++) {
      await gate.begun(count);
      gate.releaseAll();
    }
    await Promise.all(pushes);
  });

  it('keeps the order of each key and answers each event once, whatever fails and is tried again', async () => {
    const options = fc.record({
      concurrency: fc.integer({ min: 1, max: 4 }),
      batch: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      retries: fc.integer({ min: 0, max: 2 }),
    });
    // How often an event fails before it succeeds, how many turns it takes, and its key.
    const event = fc.record({ fails: fc.nat(2), takes: fc.nat(2), key: fc.option(fc.nat(2), { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(options, fc.array(event, { maxLength: 25 }), async ({ concurrency, batch, retries }, events) => {
        const busy = new Set<number>();
        let calls = 0;
        let most = 0;
        const tries = events.map(() => 0);
        const handleAll = async (ids: readonly number[]): Promise<number[]> => {
          most = Math.max(most, ++calls);
          const keys = new Set(ids.map((id) => events[id]!.key).filter((key) => key !== undefined));
          for (const key of keys) expect(busy.has(key)).toBe(false);
          for (const key of keys) busy.add(key);
          await turns(Math.max(...ids.map((id) => events[id]!.takes)));
          for (const key of keys) busy.delete(key);
          calls--;
          for (const id of ids) tries[id]!++;
          const failing = ids.filter((id) => tries[id]! <= events[id]!.fails);
          if (failing.length > 0) throw new Error(`events ${failing} fail`);
          return ids.map((id) => id * 10);
        };
        const common = { concurrency, retries, capacity: 8, onFull: 'wait' } as const;
        const node =
          batch === undefined
            ? new PipelineNode<number, number>({ ...common, handler: async (id) => (await handleAll([id]))[0]! })
            : new PipelineNode<number, number>({ ...common, batch, handler: handleAll });
        const settled: number[] = [];
        const pushes = events.map(({ key }, id) => {
          const push = node.push(id, key === undefined ? {} : { key });
          void push.catch(() => undefined).then(() => settled.push(id));
          return push;
        });
        const outcomes = await outcomesOf(pushes);
        await node.drain();
        for (const [id, { fails }] of events.entries()) {
          // In a batch an event also fails for another one, so it may run out of tries.
          if (fails <= retries && batch === undefined) expect(outcomes[id]).toBe(id * 10);
          else expect([id * 10, 'HANDLER_ERROR']).toContain(outcomes[id]);
          expect(tries[id]).toBeLessThanOrEqual(retries + 1);
        }
        expect([...settled].sort((a, b) => a - b)).toEqual([...events.keys()]);
        const keys = concurrency === 1 ? [undefined] : [0, 1, 2];
        for (const key of keys) {
          const own = settled.filter((id) => concurrency === 1 || events[id]!.key === key);
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
        expect(most).toBeLessThanOrEqual(concurrency);
        const { accepted, processed, failed, queuedMax } = node.metrics();
        expect(accepted).toBe(events.length);
        expect(processed + failed).toBe(events.length);
        expect(queuedMax).toBeLessThanOrEqual(8);
      }),
      { seed: 11, numRuns: 150 },
    );
  });
});

describe('a full queue', () => {
  it('refuses with QUEUE_FULL, and takes events again when there is room', async () => {
    const gate = new Gate<number>();
    const node = new PipelineNode({ name: 'store', handler: gate.handler, capacity: 2 });
    const first = node.push(0);
    await gate.begun(1);
    const rest = [node.push(1), node.push(2)];
    const error = await rejectionOf(node.push(3));
    expect(error.code).toBe('QUEUE_FULL');
    expect(error.node).toBe('store');
    expect(error.message).toBe(
      "store: the queue must have room, 2 events wait (capacity); await ready(), or set onFull: 'wait'",
    );
    expect(node.metrics()).toMatchObject({
      queued: 2,
      queuedMax: 2,
      rejected: 1,
      accepted: 3,
      errors: { QUEUE_FULL: 1 },
    });
    gate.release();
    await gate.begun(2);
    const last = node.push(4);
    for (let count = 2; count <= 4; count++) {
      await gate.begun(count);
      gate.release();
    }
    expect(await Promise.all([first, ...rest, last])).toEqual([0, 1, 2, 4]);
  });

  it('lets pushes wait for room in their order with onFull: wait', async () => {
    const gate = new Gate<number>();
    const node = new PipelineNode({ handler: gate.handler, capacity: 1, onFull: 'wait' });
    const pushes = [0, 1, 2, 3].map((event) => node.push(event));
    await gate.begun(1);
    expect(node.metrics()).toMatchObject({ inFlight: 1, queued: 1, waiting: 2, accepted: 2 });
    for (let count = 1; count <= 4; count++) {
      await gate.begun(count);
      gate.release();
    }
    expect(await Promise.all(pushes)).toEqual([0, 1, 2, 3]);
    expect(gate.started).toEqual([0, 1, 2, 3]);
    expect(node.metrics()).toMatchObject({ queuedMax: 1, accepted: 4 });
  });

  it('says with ready() when there is room', async () => {
    const gate = new Gate<number>();
    const node = new PipelineNode({ handler: gate.handler, capacity: 1 });
    await node.ready();
    const first = node.push(0);
    await gate.begun(1);
    const second = node.push(1);
    let isReady = false;
    const ready = node.ready().then(() => (isReady = true));
    await turns(3);
    expect(isReady).toBe(false);
    gate.release();
    await ready;
    const third = node.push(2);
    for (let count = 2; count <= 3; count++) {
      await gate.begun(count);
      gate.release();
    }
    expect(await Promise.all([first, second, third])).toEqual([0, 1, 2]);
  });
});

describe('ready()', () => {
  it('lets in so many producers as there is room for', async () => {
    const node = new PipelineNode({ handler: (event: number) => event, capacity: 3 });
    const pushes: Promise<number>[] = [];
    const produce = async (producer: number): Promise<void> => {
      for (let i = 0; i < 50; i++) {
        await node.ready();
        pushes.push(node.push(100 * producer + i));
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, producer) => produce(producer)));
    expect(new Set(await Promise.all(pushes)).size).toBe(1_000);
    expect(node.metrics()).toMatchObject({ rejected: 0, queuedMax: 3 });
  });

  it('keeps no room for one who does not push', async () => {
    const node = new PipelineNode({ handler: (event: number) => event, capacity: 1 });
    for (let i = 0; i < 10; i++) await node.ready();
    expect(await node.push(1)).toBe(1);
  });
});

describe('batches', () => {
  it('have at most so many events, in the order of their pushes', async () => {
    const sizes: number[] = [];
    const node = new PipelineNode<number, number>({
      batch: 4,
      handler: (events) => {
        sizes.push(events.length);
        return events.map((event) => event + 1);
      },
    });
    const pushes = Array.from({ length: 10 }, (_, i) => node.push(i, { key: i % 2 }));
    expect(await Promise.all(pushes)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(sizes).toEqual([4, 4, 2]);
  });

  it('may be answered with nothing', async () => {
    const node = new PipelineNode<number, undefined>({ batch: 4, handler: () => undefined });
    expect(await Promise.all([node.push(1), node.push(2)])).toEqual([undefined, undefined]);
  });

  it('are refused with RESULT_INVALID when results are missing', async () => {
    const node = new PipelineNode<number, number>({ batch: 4, handler: () => [1] });
    const errors = await Promise.all([rejectionOf(node.push(1)), rejectionOf(node.push(2))]);
    expect(errors.map(({ code }) => code)).toEqual(['RESULT_INVALID', 'RESULT_INVALID']);
    expect(errors[0]!.message).toMatch(/a result for each of its 2 events, got 1/);
    const odd = new PipelineNode<number, number>({ batch: 4, handler: () => 7 as never });
    expect((await rejectionOf(odd.push(1))).message).toMatch(/must return an array/);
  });

  it('fail as a whole, and only the guilty one after a retry alone', async () => {
    const handler = (events: readonly number[]): readonly number[] => {
      if (events.includes(2)) throw new Error('not two');
      return events;
    };
    const strict = new PipelineNode({ batch: 3, handler });
    const all = ['HANDLER_ERROR', 'HANDLER_ERROR', 'HANDLER_ERROR'];
    expect(await outcomesOf([1, 2, 3].map((event) => strict.push(event)))).toEqual(all);
    const patient = new PipelineNode({ batch: 3, handler, retries: 1 });
    expect(await outcomesOf([1, 2, 3].map((event) => patient.push(event)))).toEqual([1, 'HANDLER_ERROR', 3]);
    expect(patient.metrics()).toMatchObject({ retried: 3, processed: 2, failed: 1 });
  });
});

describe('an interval', () => {
  it('gathers events; a full batch and drain() do not wait for it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const calls: number[][] = [];
      const node = new PipelineNode<number, undefined>({
        intervalMs: 1_000,
        batch: 3,
        timeoutMs: Number.POSITIVE_INFINITY,
        handler: (events) => void calls.push([...events]),
      });
      const pushes = [node.push(1), node.push(2)];
      await turns(5);
      expect(calls).toEqual([]);
      vi.advanceTimersByTime(999);
      await turns(5);
      expect(calls).toEqual([]);
      vi.advanceTimersByTime(1);
      await Promise.all(pushes);
      expect(calls).toEqual([[1, 2]]);
      await Promise.all([3, 4, 5].map((event) => node.push(event)));
      expect(calls).toEqual([
        [1, 2],
        [3, 4, 5],
      ]);
      const last = node.push(6);
      await turns(5);
      expect(calls.length).toBe(2);
      await node.drain();
      await last;
      expect(calls[2]).toEqual([6]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('without batches hands over everything that waits', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const handled: number[] = [];
      const handler = (event: number): undefined => void handled.push(event);
      const node = new PipelineNode({ intervalMs: 50, timeoutMs: Number.POSITIVE_INFINITY, handler });
      const pushes = [1, 2, 3].map((event) => node.push(event));
      await turns(5);
      expect(handled).toEqual([]);
      vi.advanceTimersByTime(50);
      await Promise.all(pushes);
      expect(handled).toEqual([1, 2, 3]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a handler on the caller's thread", () => {
  it.each([
    [
      'throws',
      () => {
        throw new TypeError('no good');
      },
      /no good/,
      TypeError,
    ],
    ['rejects', () => Promise.reject(new RangeError('too far')), /too far/, RangeError],
  ])('that %s rejects the push with HANDLER_ERROR and its cause', async (_, handler, message, type) => {
    const error = await rejectionOf(new PipelineNode<number, number>({ handler }).push(1));
    expect(error.code).toBe('HANDLER_ERROR');
    expect(error.message).toMatch(message);
    expect(error.cause).toBeInstanceOf(type);
  });

  it.each([[null], [undefined], ['text'], [Symbol('s')], [{ toString: null }]])('may throw %s', async (thrown) => {
    const node = new PipelineNode<number, number>({
      handler: () => {
        throw thrown;
      },
    });
    const error = await rejectionOf(node.push(1));
    expect(error.code).toBe('HANDLER_ERROR');
    expect(error.cause).toBe(thrown);
  });

  it('that does not finish is left behind after timeoutMs, with its signal aborted', async () => {
    let signal: AbortSignal | undefined;
    const node = new PipelineNode<string, string>({
      timeoutMs: 20,
      handler: (event, context) => {
        if (event !== 'never') return event;
        signal = context.signal;
        return new Promise(() => undefined);
      },
    });
    const [never, next] = [node.push('never'), node.push('next')];
    expect((await rejectionOf(never)).code).toBe('TIMEOUT');
    expect(signal?.aborted).toBe(true);
    expect(await next).toBe('next');
  });

  it('is told which attempt it is', async () => {
    const attempts: number[] = [];
    const node = new PipelineNode<string, string>({
      retries: 2,
      handler: (event, { attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error('not yet');
        return event;
      },
    });
    expect(await node.push('x')).toBe('x');
    expect(attempts).toEqual([1, 2, 3]);
    expect(node.metrics()).toMatchObject({ retried: 2, processed: 1, failed: 0 });
  });
});
