import { type NodeEvent, type NodeOptions, PipelineNode } from '@ergodic/pipeline';
import { afterEach, describe, expect, it } from 'vitest';
import { FAULTS, type Fault, outcomesOf, rejectionOf } from './support.ts';

const nodes: PipelineNode<never, unknown>[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close({ discard: true })));
});

type ThreadOptions = Omit<NodeOptions<Fault, unknown>, 'handler' | 'thread' | 'batch'>;

/** A node whose thread fails in the way that an event asks for. */
function faulty(options: ThreadOptions = {}, data: Record<string, unknown> = {}): PipelineNode<Fault, unknown> {
  return kept(new PipelineNode<Fault, unknown>({ name: 'store', thread: { module: FAULTS, data }, ...options }));
}

function kept<I, O>(node: PipelineNode<I, O>): PipelineNode<I, O> {
  nodes.push(...node.nodes);
  return node;
}

/** Fulfilled with the first such event. */
function eventOf(kind: NodeEvent['kind']): { promise: Promise<NodeEvent>; onEvent: (event: NodeEvent) => void } {
  let tell: (event: NodeEvent) => void;
  const promise = new Promise<NodeEvent>((resolve) => {
    tell = resolve;
  });
  return { promise, onEvent: (event) => (event.kind === kind ? tell(event) : undefined) };
}

describe('a node with a thread', () => {
  it('answers in order, and keeps its state between events', async () => {
    const node = faulty();
    const pushes = Array.from({ length: 50 }, () => node.push({ do: 'count' }));
    expect(await Promise.all(pushes)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(await node.push({ value: new Map([['a', new Float64Array([1, 2])]]) })).toEqual(
      new Map([['a', new Float64Array([1, 2])]]),
    );
  });

  it('takes an exported handler, also for batches', async () => {
    const one = kept(new PipelineNode<number, number>({ thread: { module: FAULTS, handler: 'double' } }));
    expect(await one.push(4)).toBe(8);
    const all = kept(new PipelineNode<number, number>({ thread: { module: FAULTS, handler: 'doubleAll' }, batch: 3 }));
    expect(await Promise.all([1, 2, 3, 4].map((event) => all.push(event)))).toEqual([2, 4, 6, 8]);
  });

  it.each([
    ['throw', 'HANDLER_ERROR', 'store: the handler failed: TypeError: cannot handle 5'],
    ['throw null', 'HANDLER_ERROR', 'store: the handler threw null'],
    ['reject', 'HANDLER_ERROR', 'store: the handler failed: Error: rejected'],
    ['function', 'RESULT_INVALID', /threads can send each other.*could not be cloned/],
  ])('rejects the push of a handler that does this: %s', async (fault, code, message) => {
    const node = faulty();
    const error = await rejectionOf(node.push({ do: fault, value: 5 }));
    expect(error.code).toBe(code);
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    // The thread lives on.
    expect(await node.push({ do: 'count' })).toBe(2);
    expect(node.metrics().restarts).toBe(0);
  });

  it('keeps name, code, stack and cause of what was thrown', async () => {
    const { cause } = await rejectionOf(faulty().push({ do: 'throw', value: 5 }));
    expect(cause).toMatchObject({ name: 'TypeError', code: 'E_VALUE', message: 'cannot handle 5' });
    expect((cause as Error).stack).toContain('faults.mjs');
    expect((cause as Error).cause).toMatchObject({ message: 'deeper' });
  });

  it.each([
    ['exit', 'NODE_DIED', /its code ended it, with exit code 3 \(process\.exit/],
    [
      'throw in its timer',
      'NODE_DIED',
      /an error was thrown outside of any call, by what the handler started for an event with the key "k": Error: too late/,
    ],
    ['loop', 'TIMEOUT', /must finish an event within 250 ms \(timeoutMs\)/],
    ['never', 'TIMEOUT', /must finish an event within 250 ms \(timeoutMs\)/],
  ])('rejects what dies with its thread, restarts, and goes on with the queue: %s', async (fault, code, message) => {
    const node = faulty({ timeoutMs: 250 });
    await node.start();
    const first = node.push({ do: fault }, { key: 'k' });
    const rest = [node.push({ do: 'count' }), node.push({ do: 'count' })];
    const error = await rejectionOf(first);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    // A new thread, with new state.
    expect(await Promise.all(rest)).toEqual([1, 2]);
    expect(node.metrics()).toMatchObject({ restarts: 1, processed: 2, failed: 1, retried: 0 });
  });

  it('tells of a heap that was too large', async () => {
    const node = kept(new PipelineNode<Fault, unknown>({ thread: { module: FAULTS, heapMb: 24 }, timeoutMs: 30_000 }));
    const error = await rejectionOf(node.push({ do: 'memory' }));
    expect(error.code).toBe('NODE_DIED');
    expect(error.cause).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(await node.push({ do: 'count' })).toBe(1);
  });

  it.each([
    [
      'late throw',
      /^store: the thread died: an error was thrown outside of any call, by what the handler started for an event with the key 7 that was already answered: Error: too late$/,
    ],
    [
      'leak',
      /^store: the thread died: a promise that nothing awaits was rejected, by what the handler started for an event with the key 7 that was already answered: Error: leaked$/,
    ],
  ])('says which event an error belongs to that comes after its answer: %s', async (fault, message) => {
    const { promise, onEvent } = eventOf('died');
    const node = faulty({ onEvent });
    expect(await node.push({ do: fault }, { key: 7 })).toBe('answered');
    // The one that is handled when the thread dies is not to blame, and its error says so.
    const error = await rejectionOf(node.push({ do: 'victim' }, { key: 8 }));
    expect(error.code).toBe('NODE_DIED');
    expect(error.message).toMatch(message);
    expect((await promise).error).toBe(error);
    expect(await node.push({ do: 'count' })).toBe(1);
  });

  it('refuses an event that cannot be cloned, and only that one of its batch', async () => {
    const node = kept(
      new PipelineNode<unknown, number>({ thread: { module: FAULTS, handler: 'doubleAll' }, batch: 3 }),
    );
    const outcomes = await outcomesOf([1, () => 2, 3].map((event) => node.push(event)));
    expect(outcomes).toEqual([2, 'EVENT_INVALID', 6]);
    expect(node.metrics()).toMatchObject({ restarts: 0, retried: 0 });
  });

  it('tries again on the new thread, with retries, and gives up after them', async () => {
    const node = faulty({ retries: 1 });
    const pushes = [
      node.push({ do: 'exit once', value: 'a' }),
      node.push({ do: 'exit' }),
      node.push({ value: 'b' }),
      node.push({ do: 'attempt' }),
    ];
    expect(await outcomesOf(pushes)).toEqual(['a', 'NODE_DIED', 'b', 1]);
    expect(node.metrics()).toMatchObject({ retried: 2, restarts: 3, processed: 3, failed: 1 });
  });

  it('tries those that died together one by one, so that only the guilty one runs out of retries', async () => {
    const node = faulty({ retries: 1, concurrency: 8 });
    await node.start();
    const guilty = 7;
    const pushes = Array.from({ length: 8 }, (_, i) =>
      node.push(i === guilty ? { do: 'exit' } : { do: 'never at first', value: i }),
    );
    expect(await outcomesOf(pushes)).toEqual([0, 1, 2, 3, 4, 5, 6, 'NODE_DIED']);
    expect(node.metrics()).toMatchObject({ restarts: 2, retried: 8 });
  });

  it('aborts the signal of its handler', async () => {
    const node = faulty();
    await node.start();
    const controller = new AbortController();
    const push = node.push({ do: 'until aborted' }, { signal: controller.signal });
    const next = node.push({ value: 'next' });
    while (node.metrics().inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect((await rejectionOf(push)).code).toBe('ABORTED');
    // The handler ended itself: otherwise this one would wait for the timeout.
    expect(await next).toBe('next');
  });
});

describe('a handler that cannot be loaded', () => {
  const missing = new URL('./handlers/missing.mjs', import.meta.url);
  const source = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);
  it.each([
    ['its file is missing', { module: missing }, /Cannot find module.*missing\.mjs/],
    ['it is no JavaScript', { module: source('const = 1') }, /SyntaxError/],
    ['its module throws', { module: source('throw new Error("at load")') }, /Error: at load/],
    ['its module throws null', { module: source('throw null') }, /: null$/],
    ['its module exits', { module: source('process.exit(5)') }, /exit code 5/],
    ['its module never finishes loading', { module: source('await new Promise(() => {})') }, /exit code 13/],
    ['its module loops', { module: source('for (;;);') }, /must be loaded within 300 ms \(startTimeoutMs\)/],
    [
      'its name is not there',
      { module: FAULTS, handler: 'triple' },
      /must export triple, it exports create, double, doubleAll, notAHandler/,
    ],
    [
      'it is no function',
      { module: FAULTS, handler: 'notAHandler' },
      /notAHandler must be a function or \{ handle, close \}, it is of type number/,
    ],
    [
      'create is no function',
      { module: FAULTS, create: 'notAHandler' },
      /notAHandler must be a function that returns the handler/,
    ],
    [
      'create returns none',
      { module: source('export const create = () => 5') },
      /what create returns must be a function or/,
    ],
    ['create throws', { module: FAULTS, data: { createFails: true } }, /cannot open the store/],
    ['create rejects', { module: source('export const create = async () => { throw new Error("no") }') }, /Error: no/],
    ['its data cannot be cloned', { module: FAULTS, data: () => 1 }, /could not be cloned/],
  ])('rejects start() and each push with the reason: %s', async (_, thread, message) => {
    const options = { name: 'store', thread, startTimeoutMs: 300, capacity: 2 };
    if (!message.source.includes('startTimeoutMs')) options.startTimeoutMs = 30_000;
    const started = kept(new PipelineNode<number, number>(options));
    const error = await rejectionOf(started.start());
    expect(error.code).toBe('HANDLER_INVALID');
    expect(error.message).toMatch(message);
    expect((await rejectionOf(started.start())).code).toBe('HANDLER_INVALID');
    const pushed = kept(new PipelineNode<number, number>({ ...options, onFull: 'wait' }));
    const pushes = await outcomesOf([1, 2, 3, 4].map((event) => pushed.push(event)));
    expect(pushes).toEqual(new Array(4).fill('HANDLER_INVALID'));
    expect((await rejectionOf(pushed.push(5))).code).toBe('HANDLER_INVALID');
    expect((await rejectionOf(pushed.ready())).code).toBe('HANDLER_INVALID');
    await pushed.drain();
    expect(pushed.metrics()).toMatchObject({ state: 'failed', queued: 0, waiting: 0, inFlight: 0, restarts: 0 });
    await pushed.close();
    expect((await rejectionOf(pushed.push(6))).code).toBe('NODE_CLOSED');
  });
});

describe('a thread that keeps dying', () => {
  it('is given up after its restarts: everything rejects, and nothing is started any more', async () => {
    const events: NodeEvent[] = [];
    const node = faulty({
      retries: 100,
      restarts: { limit: 3, windowMs: 600_000 },
      onFull: 'wait',
      capacity: 2,
      onEvent: (event) => events.push(event),
    });
    const pushes = ['exit', '1', '2', '3', '4'].map((what) => node.push({ do: what }));
    const errors = await Promise.all(pushes.map(rejectionOf));
    expect(errors.map(({ code }) => code)).toEqual(new Array(5).fill('NODE_FAILED'));
    expect(errors[0]!.message).toMatch(
      /may be restarted 3 times in 600000 ms \(restarts\), and died once more: .*exit code 3/,
    );
    expect((await rejectionOf(node.push({}))).code).toBe('NODE_FAILED');
    expect(node.metrics()).toMatchObject({ state: 'failed', restarts: 3, queued: 0, waiting: 0, inFlight: 0 });
    expect(events.map(({ kind }) => kind)).toEqual([
      'started',
      'died',
      'restarted',
      'died',
      'restarted',
      'died',
      'restarted',
      'died',
      'failed',
    ]);
  });

  it('is given up at once with a limit of 0', async () => {
    const node = faulty({ restarts: { limit: 0 } });
    const pushes = [node.push({ do: 'exit' }), node.push({ value: 1 })];
    expect(await outcomesOf(pushes)).toEqual(['NODE_DIED', 'NODE_FAILED']);
  });

  it('is given up when it brings no answer, whatever the limit', async () => {
    const node = faulty({ retries: 1_000 });
    const error = await rejectionOf(node.push({ do: 'exit' }));
    expect(error.code).toBe('NODE_FAILED');
    expect(error.message).toMatch(
      /may be restarted 30 times without answering any event, and died once more: .*exit code 3/,
    );
    expect(node.metrics()).toMatchObject({ state: 'failed', restarts: 30 });
  });

  it('is given up when it cannot load its handler again', async () => {
    const flag = new SharedArrayBuffer(4);
    const module = new URL(
      `data:text/javascript,${encodeURIComponent(`
        export function create(flag) {
          if (Atomics.add(new Int32Array(flag), 0, 1) > 0) throw new Error('the store is gone');
          return () => process.exit(3);
        }`)}`,
    );
    const node = kept(new PipelineNode<number, number>({ thread: { module, data: flag }, retries: 5 }));
    expect(await outcomesOf([node.push(1), node.push(2)])).toEqual(['HANDLER_INVALID', 'HANDLER_INVALID']);
    expect(new Int32Array(flag)[0]).toBe(4);
  });

  it('may have an onEvent that throws', async () => {
    const warning = new Promise<Error>((resolve) => process.once('warning', resolve));
    const node = faulty({
      onEvent: () => {
        throw new Error('my fault');
      },
    });
    expect(await node.push({ value: 1 })).toBe(1);
    expect((await warning).message).toMatch(/store: onEvent must not throw: Error: my fault/);
  });
});
