import { type NodeEvent, PipelineNode } from '@ergodic/pipeline';
import { describe, expect, it } from 'vitest';
import { FAULTS, type Fault, Gate, outcomesOf, rejectionOf, turns } from './support.ts';

function faulty(data: Record<string, unknown> = {}, timeoutMs = 60_000): PipelineNode<Fault, unknown> {
  return new PipelineNode<Fault, unknown>({ name: 'store', thread: { module: FAULTS, data }, timeoutMs });
}

describe('drain()', () => {
  it('is fulfilled when everything that was accepted is settled, also what failed', async () => {
    const gate = new Gate<number>();
    const node = new PipelineNode<number, number>({
      onFull: 'wait',
      capacity: 1,
      handler: async (event) => {
        await gate.handler(event);
        if (event === 1) throw new Error('one');
        return event;
      },
    });
    await node.drain();
    let settled = 0;
    const pushes = [0, 1, 2].map((event) => node.push(event));
    for (const push of pushes) void push.catch(() => undefined).then(() => settled++);
    let isDrained = false;
    const drained = node.drain().then(() => (isDrained = true));
    for (let count = 1; count <= 3; count++) {
      await gate.begun(count);
      expect(isDrained).toBe(false);
      gate.release();
    }
    await drained;
    expect(settled).toBe(3);
    expect(await outcomesOf(pushes)).toEqual([0, 'HANDLER_ERROR', 2]);
  });
});

describe('close()', () => {
  it('handles what was pushed, closes the handler, and refuses what comes later', async () => {
    const log: unknown[] = [];
    const events: NodeEvent['kind'][] = [];
    const node = new PipelineNode<number, number>({
      capacity: 1,
      onFull: 'wait',
      onEvent: ({ kind }) => events.push(kind),
      handler: {
        handle: (event) => {
          log.push(event);
          return event;
        },
        close: async () => {
          await turns(2);
          log.push('closed');
        },
      },
    });
    const pushes = [1, 2, 3].map((event) => node.push(event));
    const closing = node.close();
    expect((await rejectionOf(node.push(4))).code).toBe('NODE_CLOSED');
    expect((await rejectionOf(node.ready())).code).toBe('NODE_CLOSED');
    expect((await rejectionOf(node.start())).code).toBe('NODE_CLOSED');
    expect(node.metrics().state).toBe('closing');
    await closing;
    expect(log).toEqual([1, 2, 3, 'closed']);
    expect(await Promise.all(pushes)).toEqual([1, 2, 3]);
    expect(node.metrics()).toMatchObject({ state: 'closed', isReady: false, processed: 3, errors: { NODE_CLOSED: 1 } });
    expect(events).toEqual(['closed']);
    await node.close();
    expect(log.length).toBe(4);
  });

  it('with discard rejects what waits, and lets finish what is handled', async () => {
    const gate = new Gate<number>();
    const node = new PipelineNode({ handler: gate.handler, capacity: 1, onFull: 'wait' });
    const pushes = [1, 2, 3].map((event) => node.push(event));
    await gate.begun(1);
    const closing = node.close({ discard: true });
    gate.release();
    await closing;
    expect(await outcomesOf(pushes)).toEqual([1, 'NODE_CLOSED', 'NODE_CLOSED']);
    expect(node.metrics()).toMatchObject({ accepted: 2, processed: 1, failed: 1, rejected: 1 });
  });

  it('with discard does not try again what fails meanwhile', async () => {
    const gate = new Gate<number>();
    const node = new PipelineNode<number, number>({
      retries: 9,
      handler: async (event) => {
        await gate.handler(event);
        throw new Error('no');
      },
    });
    const push = node.push(1);
    await gate.begun(1);
    const closing = node.close({ discard: true });
    gate.release();
    await closing;
    expect(await outcomesOf([push])).toEqual(['HANDLER_ERROR']);
  });

  it('may be patient first and then give up', async () => {
    let signal: AbortSignal | undefined;
    const gate = new Gate<number>();
    const node = new PipelineNode<number, number>({
      handler: (event, context) => {
        signal = context.signal;
        return gate.handler(event);
      },
    });
    const pushes = [node.push(1), node.push(2)];
    await gate.begun(1);
    const patient = node.close();
    await Promise.all([patient, node.close({ timeoutMs: 0 })]);
    expect(await outcomesOf(pushes)).toEqual(['NODE_CLOSED', 'NODE_CLOSED']);
    expect(signal?.aborted).toBe(true);
    expect(node.metrics().state).toBe('closed');
  });

  it('ends a thread in an endless loop when its time is up', async () => {
    const node = faulty();
    await node.start();
    const outcomes = outcomesOf([node.push({ do: 'loop' }), node.push({ value: 1 })]);
    while (node.metrics().inFlight === 0) await turns(1);
    await node.close({ timeoutMs: 20 });
    expect(await outcomes).toEqual(['NODE_CLOSED', 'NODE_CLOSED']);
  });

  it('handles the rest of the queue on a new thread when the old one dies meanwhile', async () => {
    const node = faulty();
    const outcomes = outcomesOf([node.push({ do: 'exit' }), node.push({ value: 1 }), node.push({ do: 'exit' })]);
    await node.close();
    expect(await outcomes).toEqual(['NODE_DIED', 1, 'NODE_DIED']);
    // For the last one there was nothing left to do.
    expect(node.metrics()).toMatchObject({ state: 'closed', restarts: 1 });
  });

  it.each([
    ['was never started', async () => undefined],
    ['is about to start', async (node: PipelineNode<Fault, unknown>) => void node.start().catch(() => undefined)],
    ['is idle', async (node: PipelineNode<Fault, unknown>) => node.start()],
  ])('ends a thread that %s', async (_, prepare) => {
    const node = faulty();
    await prepare(node);
    await node.close();
    expect(node.metrics()).toMatchObject({ state: 'closed', errors: {} });
  });

  it('rejects start() when the thread was not there yet', async () => {
    const node = faulty();
    const start = node.start();
    const error = rejectionOf(start);
    await node.close();
    expect((await error).code).toBe('NODE_CLOSED');
  });

  it.each([
    [
      'fails',
      { closeFails: true },
      {},
      'HANDLER_ERROR',
      /the handler's close\(\) failed: Error: cannot close the store/,
    ],
    ['dies', { closeExits: true }, {}, 'NODE_DIED', /the handler's close\(\) did not finish: .* exit code 4/],
    ['hangs', { closeHangs: true }, {}, 'TIMEOUT', /the handler's close\(\) must finish within 100 ms/],
    ['hangs longer', { closeHangs: true }, { timeoutMs: 10 }, 'TIMEOUT', /within the 10 ms of the node's close\(\)/],
  ])(
    'rejects when the close() of the handler %s, and is closed all the same',
    async (_, data, options, code, message) => {
      const node = faulty(data, 100);
      await node.start();
      const error = await rejectionOf(node.close(options));
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
      expect(node.metrics().state).toBe('closed');
    },
  );

  it("does the same on the caller's thread", async () => {
    const failing = new PipelineNode({
      handler: {
        handle: (event: number) => event,
        close: () => {
          throw new Error('cannot');
        },
      },
    });
    expect((await rejectionOf(failing.close())).code).toBe('HANDLER_ERROR');
    const hanging = new PipelineNode({
      timeoutMs: 20,
      handler: { handle: (event: number) => event, close: () => new Promise(() => undefined) },
    });
    expect((await rejectionOf(hanging.close())).code).toBe('TIMEOUT');
  });

  it('refuses a time that is none', async () => {
    const node = new PipelineNode({ handler: (event: number) => event });
    expect((await rejectionOf(node.close({ timeoutMs: Number.NaN }))).code).toBe('OPTION_INVALID');
    expect(await node.push(1)).toBe(1);
  });

  it('is what await using calls', async () => {
    const node = new PipelineNode({ handler: (event: number) => event });
    await node[Symbol.asyncDispose]();
    expect(node.metrics().state).toBe('closed');
  });
});
