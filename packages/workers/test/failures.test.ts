import { join } from 'node:path';
import { resumeEnsemble, runEnsemble, type Summary } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { chosen, configWith, ergodic, failureCodes, folderWith, rowsOf, strategyText } from './support.ts';

const EPISODES = 16;
// With this seed episode 13 and no other.
const WHEN = chosen(8);

/** Runs a strategy file with one and with two workers: both must agree. */
async function runBoth(
  text: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<{ summary: Summary; codes: Record<string, number>; dir: string }> {
  const dir = folderWith({ 'own.mjs': text });
  const config = configWith({
    strategy: { use: join(dir, 'own.mjs') },
    limits: { stallSeconds: 1 },
    episodes: EPISODES,
    ...changes,
  });
  const one = await runEnsemble(config, { dir: join(dir, 'one'), workers: 1 });
  const two = await runEnsemble(config, { dir: join(dir, 'two'), workers: 2 });
  expect(two.digest).toBe(one.digest);
  expect(two.episodes).toEqual(one.episodes);
  const codes = await failureCodes(join(dir, 'two'));
  const failed = Object.values(codes).reduce((sum, n) => sum + n, 0);
  expect(two.episodes.failed).toBe(failed);
  for (const failure of two.failures) {
    expect(failure.replay).toBe(`ergodic replay ${join(dir, 'two')} --episode ${failure.episode}`);
  }
  return { summary: two, codes, dir: join(dir, 'two') };
}

describe('a failing strategy', () => {
  it.each([
    ['throws', `throw new Error('no good');`, 'STRATEGY_ERROR', /no good/],
    ['throws null', 'throw null;', 'STRATEGY_ERROR', /null/],
    ['throws what cannot be cloned', 'throw { f() {}, s: Symbol("x") };', 'STRATEGY_ERROR', /threw/],
    ['asks for NaN', 'context.order("buy", NaN);', 'STRATEGY_ERROR', /NaN/],
    ['recurses for ever', '(function f() { f(); })();', 'STRATEGY_ERROR', /stack/],
    ['ends the process', 'process.exit(1);', 'WORKER_EXIT', /exit/],
  ])(
    'that %s fails those episodes and no other',
    async (_, body, code, message) => {
      const { summary, codes, dir } = await runBoth(strategyText(`if (${WHEN}) ${body}`));
      expect(Object.keys(codes)).toEqual([code]);
      expect(codes[code]).toBe(1);
      expect(summary.failures[0]!.episode).toBe(13);
      expect(summary.episodes.failed + summary.episodes.completed).toBe(EPISODES);
      expect(summary.reproducible).toBe(true);
      expect(summary.failures[0]!.message).toMatch(message);
      const innocent = await rowsOf(dir, 'episodes', 'count(*)', "WHERE endReason = 'completed' AND finalEquity > 0");
      expect(Number(innocent[0]![0])).toBe(summary.episodes.completed);
    },
    40_000,
  );

  it.each([
    ['throws later', 'setTimeout(() => { throw new Error("too late"); }, 0);', 'LATE_ERROR', /too late/],
    ['throws null later', 'setImmediate(() => { throw null; });', 'LATE_ERROR', /null/],
    ['leaves a rejection', 'Promise.reject(new Error("unheard"));', 'LATE_ERROR', /unheard/],
  ])(
    'that %s, when its handler is through, fails those episodes and no other',
    async (_, body, code, message) => {
      const { summary, codes } = await runBoth(strategyText(`if (${chosen(3)}) ${body}`), { episodes: 4 });
      expect(codes).toEqual({ [code]: 1 });
      expect(summary).toMatchObject({ reproducible: true, episodes: { completed: 3 } });
      expect(summary.failures[0]).toMatchObject({ episode: 2, message: expect.stringMatching(message) });
    },
    40_000,
  );

  it('that loops for ever is STALLED, and the run says that it is not reproducible', async () => {
    const { summary, codes } = await runBoth(strategyText(`if (${chosen(8)}) for (;;);`));
    expect(Object.keys(codes)).toEqual(['STALLED']);
    expect(summary.episodes.completed).toBe(EPISODES - codes.STALLED!);
    expect(summary.reproducible).toBe(false);
  }, 60_000);

  it('that allocates objects without end is OUT_OF_MEMORY', async () => {
    const body = `if (${chosen(8)}) { const all = []; for (;;) all.push({ a: [1, 2, 3], b: { c: all.length } }); }`;
    const { summary, codes } = await runBoth(strategyText(body), { limits: { stallSeconds: 10, heapMb: 64 } });
    expect(Object.keys(codes)).toEqual(['OUT_OF_MEMORY']);
    expect(summary.reproducible).toBe(false);
  }, 60_000);

  it('that allocates buffers without end is OUT_OF_MEMORY by limits.memoryMb', async () => {
    const body = `if (${chosen(8)}) { const all = []; for (;;) all.push(Buffer.alloc(4_000_000, 1)); }`;
    const { codes } = await runBoth(strategyText(body), { limits: { stallSeconds: 10, memoryMb: 900 } });
    expect(Object.keys(codes)).toEqual(['OUT_OF_MEMORY']);
  }, 60_000);

  it('that leaks from episode to episode ends workers, and still finishes every episode', async () => {
    // About 2 MB an episode: the sixty of the batch do not fit into one worker of 64 MiB.
    const text = strategyText(
      'if (market.step === 1) { for (let i = 0; i < 12_000; i++) leaked.push({ i, a: [i, i + 1, i + 2, i + 3, i + 4] }); }',
      'const leaked = [];',
    );
    const dir = folderWith({ 'own.mjs': text });
    const config = configWith({ strategy: { use: join(dir, 'own.mjs') }, limits: { heapMb: 64 }, steps: 20 });
    let retries = 0;
    const summary = await runEnsemble(config, {
      dir: join(dir, 'run'),
      workers: 2,
      onProgress: (progress) => {
        retries = progress.retries;
      },
    });
    expect(retries).toBe(3);
    expect(summary.episodes).toMatchObject({ completed: 60, failed: 0 });
  }, 90_000);

  it('that does nothing but fail leaves a run without figures, and resume says the same', async () => {
    const { summary, codes, dir } = await runBoth(strategyText("throw new Error('always');"));
    expect(codes).toEqual({ STRATEGY_ERROR: EPISODES });
    expect(summary.metrics.totalReturn).toMatchObject({ n: 0, mean: null });
    expect(await (await resumeEnsemble(dir)).done).toEqual(summary);
    // Points of the equity fan are those of episodes with figures.
    expect((await import('@ergodic/workers')).tableFiles(dir, 'fan')).toEqual([]);
  });

  it('is replayed by the command that its failure names', async () => {
    const dir = folderWith({ 'own.mjs': strategyText(`if (${WHEN}) throw new Error('no good');`) });
    const config = configWith({ strategy: { use: join(dir, 'own.mjs') } });
    const { failures } = await runEnsemble(config, { dir: join(dir, 'run') });
    const outcome = await ergodic(failures[0]!.replay.split(' ').slice(1), dir);
    expect(outcome.stdout).toContain('STRATEGY_ERROR: no good');
    expect(outcome.code).toBe(0);
  });
});
