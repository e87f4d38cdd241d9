import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EnsembleRun, startEnsemble, type WorkerStatus } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { configWith, folderWith } from './support.ts';

const dir = folderWith();
// Long enough for every question below; all of them are stopped.
// Thousands of years: with more volatility it would be ruined before.
const CALM = { A: { process: 'gbm', price: 100, volatility: 0.001 } };
const ONE_LONG_EPISODE = { episodes: 2, steps: 200_000_000, markets: CALM };
const MANY_SHORT_EPISODES = { episodes: 5_000_000, steps: 10 };

async function untilWorking(run: EnsembleRun, workers: number): Promise<WorkerStatus[]> {
  for (;;) {
    const all = await run.workers();
    if (all.length === workers && all.every(({ steps, events, episode }) => steps + events > 0 || episode >= 0))
      return all;
    await delay(20);
  }
}

describe('a run under way', () => {
  it.each([
    ['inside one long episode', ONE_LONG_EPISODE],
    ['between many short ones', MANY_SHORT_EPISODES],
  ])(
    'tells of its workers, pauses, goes on and stops %s',
    async (name, changes) => {
      const warnings: Error[] = [];
      const warned = (warning: Error): number => warnings.push(warning);
      process.on('warning', warned);
      const config = configWith({ ...changes, strategy: { use: 'buy-and-hold' }, record: { episodes: 0 } });
      const run = await startEnsemble(config, { dir: join(dir, name.replaceAll(' ', '-')), workers: 2 });
      const all = await untilWorking(run, 2);
      expect(new Set(all.map(({ threadId }) => threadId)).size).toBe(2);
      expect(all.every(({ heapUsedMb }) => heapUsedMb > 1)).toBe(true);

      // The promise is about 50 ms; the machine of the tests may be busy with other things.
      const waits: number[] = [];
      for (let i = 0; i < 30; i++) {
        const askedAt = performance.now();
        await run.workers();
        waits.push(performance.now() - askedAt);
      }
      expect(waits.sort((a, b) => a - b)[15]).toBeLessThan(150);

      await run.pause();
      await delay(250);
      const paused = await run.workers();
      const before = run.progress().episodes;
      expect(paused.every(({ isPaused }) => isPaused)).toBe(true);
      await delay(400);
      const still = await run.workers();
      expect(still.map(({ events, steps, episodes }) => [events, steps, episodes])).toEqual(
        paused.map(({ events, steps, episodes }) => [events, steps, episodes]),
      );
      expect(run.progress().episodes).toBe(before);

      await run.resume();
      await delay(300);
      expect((await run.workers()).some(({ isPaused }) => isPaused)).toBe(false);
      if (changes === MANY_SHORT_EPISODES) expect(run.progress().episodes).toBeGreaterThan(before);

      await run.pause();
      const stoppedAt = performance.now();
      run.stop();
      expect((await run.done).status).toBe('interrupted');
      expect(performance.now() - stoppedAt).toBeLessThan(3_000);
      process.off('warning', warned);
      expect(warnings).toEqual([]);
    },
    30_000,
  );

  it('pauses for longer than limits.stallSeconds without harm', async () => {
    const config = configWith({
      ...ONE_LONG_EPISODE,
      limits: { stallSeconds: 1 },
      strategy: { use: 'buy-and-hold' },
      record: { episodes: 0 },
    });
    const run = await startEnsemble(config, { dir: join(dir, 'stall'), workers: 1 });
    await untilWorking(run, 1);
    await run.pause();
    await delay(2_000);
    expect(run.progress()).toMatchObject({ failed: 0, retries: 0 });
    run.stop();
    await run.done;
  }, 30_000);
});
