import { PipelineNode } from '@ergodic/pipeline';
import { describe, expect, it, vi } from 'vitest';
import { Gate, rejectionOf, turns } from './support.ts';

describe('an aborted push', () => {
  it('is refused before it has begun, and leaves the queue and the line in front of it', async () => {
    const gate = new Gate<number>();
    const node = new PipelineNode({ handler: gate.handler, capacity: 1, onFull: 'wait' });
    expect((await rejectionOf(node.push(0, { signal: AbortSignal.abort('no') }))).code).toBe('ABORTED');
    const first = node.push(1);
    await gate.begun(1);
    const [queued, waiting] = [new AbortController(), new AbortController()];
    const pushes = [node.push(2, { signal: queued.signal }), node.push(3, { signal: waiting.signal })];
    const last = node.push(4);
    expect(node.metrics()).toMatchObject({ queued: 1, waiting: 2 });
    waiting.abort('later');
    queued.abort(new Error('changed my mind'));
    expect(node.metrics()).toMatchObject({ queued: 1, waiting: 0 });
    const errors = await Promise.all(pushes.map(rejectionOf));
    expect(errors.map(({ code }) => code)).toEqual(['ABORTED', 'ABORTED']);
    expect(errors[0]!.cause).toEqual(new Error('changed my mind'));
    gate.release();
    await gate.begun(2);
    gate.release();
    expect(await Promise.all([first, last])).toEqual([1, 4]);
    expect(gate.started).toEqual([1, 4]);
    expect(node.metrics()).toMatchObject({ accepted: 3, processed: 2, failed: 1, rejected: 2 });
  });

  it('that is handled gives up its result at once, and its handler hears of it', async () => {
    let signal: AbortSignal | undefined;
    const gate = new Gate<number>();
    const node = new PipelineNode<number, number>({
      handler: (event, context) => {
        signal ??= context.signal;
        return gate.handler(event);
      },
    });
    const controller = new AbortController();
    const push = node.push(1, { signal: controller.signal });
    await gate.begun(1);
    const next = node.push(2);
    controller.abort();
    expect((await rejectionOf(push)).code).toBe('ABORTED');
    expect(signal?.aborted).toBe(true);
    // Its place is free when the handler comes back.
    expect(gate.started).toEqual([1]);
    gate.release();
    await gate.begun(2);
    gate.release();
    expect(await next).toBe(2);
  });

  it('leaves no listeners on a signal that many pushes share', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const node = new PipelineNode({ handler: (event: number) => event });
    await Promise.all(Array.from({ length: 100 }, (_, i) => node.push(i, { signal })));
    await turns(2);
    expect(removed).toHaveBeenCalledTimes(1);
    expect(warnings).toEqual([]);
    process.off('warning', onWarning);
  });
});

describe('metrics', () => {
  it('are a plain object of what is true now', async () => {
    const node = new PipelineNode({ name: 'm', handler: (event: number) => event });
    expect(node.metrics()).toEqual({
      name: 'm',
      state: 'idle',
      isReady: false,
      queued: 0,
      queuedMax: 0,
      waiting: 0,
      inFlight: 0,
      blocked: 0,
      accepted: 0,
      processed: 0,
      failed: 0,
      rejected: 0,
      retried: 0,
      restarts: 0,
      errors: {},
      latencyMs: { n: 0, mean: null, q50: null, q95: null, q99: null, max: null },
      handlingMs: { n: 0, mean: null, q50: null, q95: null, q99: null, max: null },
    });
    await Promise.all([1, 2, 3].map((event) => node.push(event)));
    const { latencyMs, handlingMs, ...counts } = structuredClone(node.metrics());
    expect(counts).toMatchObject({ state: 'running', isReady: true, accepted: 3, processed: 3, queuedMax: 3 });
    expect([latencyMs.n, handlingMs.n]).toEqual([3, 3]);
    expect(latencyMs.q50).toBeLessThanOrEqual(latencyMs.max!);
    expect(handlingMs.mean).toBeLessThanOrEqual(latencyMs.max!);
  });
});
