import { PipelineNode, parallel, pipeline } from '@ergodic/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULTS, Gate, outcomesOf, rejectionOf, turns } from './support.ts';

const node = <I, O>(handler: (event: I) => O | Promise<O>, capacity = 1_024): PipelineNode<I, O> =>
  new PipelineNode<I, O>({ handler, capacity });

describe('a pipeline', () => {
  it('hands results on, and answers with the last one', async () => {
    const line = pipeline([node((x: number) => x + 1), node((x: number) => `<${x}>`), node((x: string) => x.length)]);
    expect(await Promise.all([1, 20].map((x) => line.push(x)))).toEqual([3, 4]);
    const same = node((x: number) => x + 1).to(node((x: number) => `<${x}>`));
    expect(await same.push(1)).toBe('<2>');
    expect(await same.to(pipeline([node((x: string) => x + x)])).push(1)).toBe('<2><2>');
  });

  it('drops events whose result is undefined: those behind do not see them', async () => {
    const seen: number[] = [];
    const even = node((x: number): number | undefined => (x % 2 === 0 ? x : undefined));
    const line = pipeline([even, node((x: number) => seen.push(x) > 0)]);
    expect(await Promise.all([1, 2, 3, 4].map((x) => line.push(x)))).toEqual([undefined, true, undefined, true]);
    expect(seen).toEqual([2, 4]);
  });

  it('rejects with the error of the node that failed, and goes on', async () => {
    const odd = new PipelineNode<number, number>({
      name: 'odd',
      handler: (x) => {
        if (x === 2) throw new Error('two');
        return x;
      },
    });
    const line = pipeline([node((x: number) => x), odd, node((x: number) => x)]);
    const [one, two, three] = [1, 2, 3].map((x) => line.push(x));
    expect(await rejectionOf(two!)).toMatchObject({ code: 'HANDLER_ERROR', node: 'odd' });
    expect(await Promise.all([one, three])).toEqual([1, 3]);
  });

  it('aborts an event wherever it is', async () => {
    const gate = new Gate<number>();
    const line = pipeline([node((x: number) => x, 1), node(gate.handler, 1)]);
    const controller = new AbortController();
    const first = line.push(1);
    await gate.begun(1);
    const queued = line.push(2, { signal: controller.signal });
    await turns(5);
    const handedOver = line.push(3, { signal: controller.signal });
    await turns(5);
    expect(line.metrics()).toMatchObject([{ blocked: 1 }, { queued: 1, waiting: 1 }]);
    controller.abort();
    expect(await outcomesOf([queued, handedOver])).toEqual(['ABORTED', 'ABORTED']);
    await turns(2);
    expect(line.metrics()).toMatchObject([{ blocked: 0 }, { queued: 0, waiting: 0 }]);
    gate.release();
    expect(await first).toBe(1);
    await line.drain();
  });

  it('holds a bounded number of events when a node is slow, and refuses the rest at its entrance', async () => {
    const gate = new Gate<number>();
    const quick = new PipelineNode({ handler: (x: number) => x, capacity: 3, concurrency: 2 });
    const line = pipeline([quick, node((x: number) => x, 4), node(gate.handler, 5)]);
    const pushes: Promise<number>[] = [];
    // More than it can hold, slowly enough for each to go as far as it can.
    for (let i = 0; i < 40; i++) {
      pushes.push(line.push(i));
      pushes[i]!.catch(() => undefined);
      await turns(6);
    }
    // 3 + 2 blocked, 4 + 1 blocked, 5 + 1 handled.
    const held = 3 + 2 + 4 + 1 + 5 + 1;
    expect(line.metrics()).toMatchObject([
      { queued: 3, blocked: 2, queuedMax: 3, rejected: 40 - held },
      { queued: 4, blocked: 1, queuedMax: 4, waiting: 2 },
      { queued: 5, inFlight: 1, queuedMax: 5, waiting: 1 },
    ]);
    for (let count = 1; count <= held; count++) {
      await gate.begun(count);
      gate.release();
    }
    const outcomes = await outcomesOf(pushes);
    expect(outcomes).toEqual([
      ...Array.from({ length: held }, (_, i) => i),
      ...new Array<string>(40 - held).fill('QUEUE_FULL'),
    ]);
  });

  it('keeps the order of each key through nodes of any concurrency, with several episodes at once', async () => {
    const stage = fc.record({ concurrency: fc.integer({ min: 1, max: 4 }), capacity: fc.integer({ min: 1, max: 4 }) });
    const event = fc.record({ key: fc.nat(3), takes: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(stage, { minLength: 2, maxLength: 3 }),
        fc.array(event, { maxLength: 30 }),
        async (stages, events) => {
          const nodes = stages.map(
            (options, i) =>
              new PipelineNode<number, number>({
                ...options,
                onFull: 'wait',
                handler: async (id) => {
                  await turns(events[id]!.takes[i]!);
                  return id;
                },
              }),
          );
          const line = nodes.slice(1).reduce((before, next) => before.to(next), pipeline([nodes[0]!]));
          const settled: number[] = [];
          const pushes = events.map(({ key }, id) => line.push(id, { key }));
          for (const push of pushes) void push.then((id) => settled.push(id));
          expect(await Promise.all(pushes)).toEqual([...events.keys()]);
          for (let key = 0; key <= 3; key++) {
            const own = settled.filter((id) => events[id]!.key === key);
            expect(own).toEqual([...own].sort((a, b) => a - b));
          }
          for (const [i, { queuedMax }] of line.metrics().entries()) {
            expect(queuedMax).toBeLessThanOrEqual(stages[i]!.capacity);
          }
        },
      ),
      { seed: 5, numRuns: 100 },
    );
  });

  it('closes its nodes in their order, so that what is on its way arrives', async () => {
    const log: string[] = [];
    const closing = (name: string): PipelineNode<number, number> =>
      new PipelineNode<number, number>({
        handler: {
          handle: async (x) => {
            await turns(2);
            return x;
          },
          close: () => void log.push(name),
        },
        capacity: 1,
        onFull: 'wait',
      });
    const line = pipeline([closing('a'), closing('b'), closing('c')]);
    const pushes = [1, 2, 3, 4, 5].map((x) => line.push(x));
    await line.close();
    expect(await Promise.all(pushes)).toEqual([1, 2, 3, 4, 5]);
    expect(log).toEqual(['a', 'b', 'c']);
    expect(line.metrics().map(({ state }) => state)).toEqual(['closed', 'closed', 'closed']);
  });

  it('closes all nodes also when one cannot be closed', async () => {
    const stuck = new PipelineNode({
      handler: {
        handle: (x: number) => x,
        close: () => {
          throw new Error('stuck');
        },
      },
    });
    const last = node((x: number) => x);
    expect((await rejectionOf(pipeline([stuck, last]).close())).message).toMatch(/stuck/);
    expect(last.metrics().state).toBe('closed');
  });

  it('settles everything within the time of its close()', async () => {
    const gates = [new Gate<number>(), new Gate<number>()];
    const line = pipeline([node(gates[0]!.handler, 2), node(gates[1]!.handler, 2)]);
    const outcomes = outcomesOf([line.push(1), line.push(2)]);
    await gates[0]!.begun(1);
    gates[0]!.release();
    await gates[1]!.begun(1);
    await line.close({ timeoutMs: 10 });
    expect(await outcomes).toEqual(['NODE_CLOSED', 'NODE_CLOSED']);
  });

  it('rejects start() when one of its handlers cannot be loaded', async () => {
    const bad = new PipelineNode<number, number>({ name: 'bad', thread: { module: FAULTS, handler: 'triple' } });
    const line = pipeline([node((x: number) => x), bad]);
    expect(await rejectionOf(line.start())).toMatchObject({ code: 'HANDLER_INVALID', node: 'bad' });
    expect(await rejectionOf(line.push(1))).toMatchObject({ code: 'HANDLER_INVALID', node: 'bad' });
    await line.close();
  });
});

describe('parallel stages', () => {
  it('get each event, and answer with all results', async () => {
    const both = parallel([node((x: number) => x + 1), node((x: number) => `<${x}>`)]);
    expect(await both.push(1)).toEqual([2, '<1>']);
    const line = node((x: number) => x)
      .to(both)
      .to(node(([a, b]: [number, string]) => `${b}${a}`));
    expect(await line.push(1)).toBe('<1>2');
    await line.close();
    expect(line.metrics().map(({ processed }) => processed)).toEqual([1, 2, 2, 1]);
  });

  it('reject with the first rejection', async () => {
    const bad = node((): number => {
      throw new Error('bad');
    });
    expect((await rejectionOf(parallel([node((x: number) => x), bad]).push(1))).message).toMatch(/bad/);
  });

  it('refuse an event before any has it', async () => {
    const gate = new Gate<number>();
    const other = node((x: number) => x);
    const both = parallel([other, node(gate.handler, 1)]);
    const pushes = [both.push(1)];
    await gate.begun(1);
    pushes.push(both.push(2));
    expect((await rejectionOf(both.push(3))).code).toBe('QUEUE_FULL');
    expect(other.metrics().accepted).toBe(2);
    gate.release();
    await gate.begun(2);
    gate.release();
    expect(await Promise.all(pushes)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('are ready when all of them are', async () => {
    const both = parallel([
      node((x: number) => x, 2),
      new PipelineNode({ capacity: 1, handler: (x: number) => turns(1).then(() => x) }),
    ]);
    const pushes: Promise<number[]>[] = [];
    for (let i = 0; i < 20; i++) {
      await both.ready();
      pushes.push(both.push(i));
    }
    expect(await Promise.all(pushes)).toEqual(Array.from({ length: 20 }, (_, i) => [i, i]));
  });

  it('make the node before them wait for the slowest', async () => {
    const gate = new Gate<number>();
    const first = node((x: number) => x, 1);
    const line = first.to(parallel([node((x: number) => x), node(gate.handler, 1)]));
    const pushes: Promise<unknown>[] = [];
    for (let i = 0; i < 4; i++) {
      pushes.push(line.push(i));
      await turns(5);
    }
    expect((await rejectionOf(line.push(4))).code).toBe('QUEUE_FULL');
    expect(first.metrics()).toMatchObject({ blocked: 1, queued: 1 });
    for (let count = 1; count <= 4; count++) {
      await gate.begun(count);
      gate.release();
    }
    expect(await Promise.all(pushes)).toEqual([0, 1, 2, 3].map((x) => [x, x]));
  });
});
