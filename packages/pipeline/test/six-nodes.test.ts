import { type Pipeline, type PipelineError, PipelineNode, pipeline } from '@ergodic/pipeline';
import { describe, expect, it } from 'vitest';

const STAGES = new URL('./handlers/stages.mjs', import.meta.url);
const EPISODES = 8;

interface Trail {
  readonly id: number;
  readonly trail: string;
}

interface Deaths {
  readonly how: 'exit' | 'throw' | 'loop';
  readonly every: number;
  readonly retries: number;
}

/** a to f, of which d dies; threads for c and d, the others on this one. */
function sixNodes({ how, every, retries }: Deaths): Pipeline<Trail, Trail> {
  const own = (letter: string): PipelineNode<Trail, Trail> =>
    new PipelineNode<Trail, Trail>({
      name: letter,
      capacity: 64,
      onFull: 'wait',
      handler: ({ id, trail }) => ({ id, trail: trail + letter }),
    });
  const data = { letter: 'd', every, how, counter: new SharedArrayBuffer(4) };
  const c = new PipelineNode<Trail, Trail>({
    name: 'c',
    capacity: 64,
    thread: { module: STAGES, data: { letter: 'c' } },
  });
  const d = new PipelineNode<Trail, Trail>({
    name: 'd',
    capacity: 64,
    thread: { module: STAGES, data },
    timeoutMs: how === 'loop' ? 500 : 60_000,
    retries,
  });
  return pipeline([own('a'), own('b'), c, d, own('e'), own('f')]);
}

interface Played {
  readonly settled: number[][];
  readonly results: Map<number, string>;
  readonly errors: PipelineError[];
}

/** Several episodes at once; each pushes its next event when there is room. */
async function play(line: Pipeline<Trail, Trail>, events: number): Promise<Played> {
  const settled: number[][] = Array.from({ length: EPISODES }, () => []);
  const results = new Map<number, string>();
  const errors: PipelineError[] = [];
  await Promise.all(
    Array.from({ length: EPISODES }, async (_, episode) => {
      const pushes: Promise<void>[] = [];
      for (let id = episode; id < events; id += EPISODES) {
        await line.ready();
        const push = line.push({ id, trail: '' }, { key: episode });
        const settle = push.then(
          (result) => {
            expect(results.has(result.id)).toBe(false);
            results.set(result.id, result.trail);
            settled[episode]!.push(id);
          },
          (error: PipelineError) => {
            errors.push(error);
            settled[episode]!.push(id);
          },
        );
        pushes.push(settle);
      }
      await Promise.all(pushes);
    }),
  );
  await line.drain();
  return { settled, results, errors };
}

function expectAllSettledInOrder({ settled }: Played, events: number): void {
  expect(settled.flat().length).toBe(events);
  for (const ids of settled) expect(ids).toEqual([...ids].sort((a, b) => a - b));
}

describe('a pipeline of six nodes, one of which dies every 100 events', () => {
  it.each([
    ['exit', 10_000],
    ['throw', 10_000],
    ['loop', 500],
  ] as const)('with retries answers each event once, in the order of its episode: %s', async (how, events) => {
    const line = sixNodes({ how, every: 100, retries: 3 });
    const played = await play(line, events);
    expectAllSettledInOrder(played, events);
    expect(played.errors).toEqual([]);
    expect(played.results.size).toBe(events);
    for (const trail of played.results.values()) expect(trail).toBe('abcdef');
    const d = line.metrics()[3]!;
    // A call in a hundred fails, and is made again: n + k calls with k = floor((n + k) / 100) failures.
    const deaths = Math.floor((events - 1) / 99);
    expect(d).toMatchObject({ processed: events, failed: 0, retried: deaths, restarts: how === 'throw' ? 0 : deaths });
    for (const { queuedMax } of line.metrics()) expect(queuedMax).toBeLessThanOrEqual(64);
    await line.close();
  });

  it('without retries rejects exactly what was handled when it died', async () => {
    const events = 2_000;
    const line = sixNodes({ how: 'exit', every: 100, retries: 0 });
    const played = await play(line, events);
    expectAllSettledInOrder(played, events);
    expect(played.errors.length).toBe(events / 100);
    for (const error of played.errors) expect(error).toMatchObject({ code: 'NODE_DIED', node: 'd' });
    expect(played.results.size).toBe(events - events / 100);
    expect(line.metrics()[3]).toMatchObject({ failed: events / 100, retried: 0, restarts: events / 100 });
    await line.close();
  });
});
