import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AutoresetMode, parseEnvironmentConfig, VectorEnvironment } from '@ergodic/core';
import { afterEach, describe, expect, it } from 'vitest';
// From dist: threads are started from built files.
import { type Environments, ThreadError, ThreadedVectorEnvironment, withSource } from '../../dist/index.js';

const INPUT = {
  seed: 'threads',
  steps: 9,
  interval: '1h',
  markets: { X: { process: 'gbm', price: 100, volatility: 0.7 } },
  randomize: { steps: { choice: [4, 5, 9] } },
  rewards: [{ use: 'log-return' }, { use: 'order-frequency', window: 5, limit: 1, scale: 0.01 }],
};
const COUNT = 7;

const opened: ThreadedVectorEnvironment[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function create(threads: number, autoreset: AutoresetMode = 'next-step', changes: object = {}) {
  const config = parseEnvironmentConfig({ ...INPUT, ...changes });
  const made = await withSource(config, (source) =>
    ThreadedVectorEnvironment.create(source, { count: COUNT, threads, autoreset }),
  );
  opened.push(made);
  return made;
}

/** Whole numbers 0 … 2 without a pattern. */
function actionsAt(step: number): Int32Array {
  return Int32Array.from({ length: COUNT }, (_, i) => ((step + 1) * (i + 3) * 7) % 3);
}

/** All that can be read, as text. */
function snapshot(environments: Environments): string {
  const { observations, rewards, rewardParts, terminations, truncations, ended } = environments;
  const { episodes, endedEpisodes, equities, steps, endReasons, failures } = environments;
  const records = Array.from({ length: COUNT }, (_, i) => {
    const out = new Float64Array(environments.fields.length);
    environments.record(i, out);
    return [...out];
  });
  const last = Array.from(ended, (flag, i) => {
    const size = environments.observationSize;
    if (flag === 0 || environments.autoreset !== 'same-step') return null;
    return [...environments.finalObservations.subarray(i * size, (i + 1) * size)];
  });
  const flags = [terminations, truncations, ended].map((array) => [...array]);
  const numbers = [observations, rewards, rewardParts, episodes, endedEpisodes, equities, steps].map((a) => [...a]);
  return JSON.stringify({ flags, numbers, records, last, endReasons, failures: failures.map((one) => one?.message) });
}

describe('environments over threads', () => {
  it.each(['next-step', 'same-step'] as const)(
    'give the same bits for any number of threads, %s',
    async (autoreset) => {
      for (const threads of [1, 2, 3, 20]) {
        const plain = new VectorEnvironment(parseEnvironmentConfig(INPUT), { count: COUNT, autoreset });
        const threaded = await create(threads, autoreset);
        expect(threaded.threads).toBe(Math.min(threads, COUNT));
        for (const seed of ['a', ['a', 'b', 'c', 'd', 'e', 'f', 'g']]) {
          plain.reset({ seed });
          threaded.reset({ seed });
          expect(snapshot(threaded)).toBe(snapshot(plain));
          for (let step = 0; step < 25; step++) {
            plain.step(actionsAt(step));
            threaded.step(actionsAt(step));
            expect(snapshot(threaded)).toBe(snapshot(plain));
          }
        }
      }
    },
  );

  it('reset where a mask says so, and play the episodes that are asked for', async () => {
    const plain = new VectorEnvironment(parseEnvironmentConfig(INPUT), { count: COUNT, autoreset: 'disabled' });
    const threaded = await create(3, 'disabled');
    for (const one of [plain, threaded]) one.reset({ seed: 1, episodes: [9, 8, 7, 6, 5, 4, 3] });
    for (let step = 0; step < 30; step++) {
      plain.step(actionsAt(step));
      threaded.step(actionsAt(step));
      if (plain.ended.includes(1)) {
        const mask = Uint8Array.from(plain.ended);
        expect(() => threaded.step(actionsAt(step))).toThrow(/the episode of environment \d is over/);
        for (const one of [plain, threaded]) one.reset({ mask });
      }
      expect([...threaded.observations]).toEqual([...plain.observations]);
      expect([...threaded.episodes]).toEqual([...plain.episodes]);
    }
  });

  it('refuse what is wrong before any of them has changed', async () => {
    const threaded = await create(3);
    expect(() => threaded.step(actionsAt(0))).toThrow(/call reset first/);
    expect(() => threaded.reset({ mask: [1, 0, 0, 0, 0, 0, 0] })).toThrow(/the first must start all/);
    expect(() => threaded.reset({ seed: '' })).toThrow(/seed/);
    expect(() => threaded.reset({ seed: ['a'] })).toThrow(/one for each of 7/);
    expect(() => threaded.reset({ episodes: [0, 1, 2, 3, 4, 5, -1] })).toThrow(/got -1/);
    threaded.reset({ seed: 1 });
    const before = snapshot(threaded);
    expect(() => threaded.step([0, 0, 0, 0, 0, 0, 3])).toThrow(/environment 6: .*Discrete\(3\), got 3/);
    expect(() => threaded.step([0])).toThrow(/7 × 1 numbers/);
    expect(snapshot(threaded)).toBe(before);
    threaded.step(actionsAt(0));
    expect(threaded.steps[6]).toBe(1);
  });

  it('tell which episodes failed', async () => {
    const changes = { markets: { X: { process: 'gbm', price: 1e300, drift: 1200, volatility: 5 } }, interval: '1d' };
    const plain = new VectorEnvironment(parseEnvironmentConfig({ ...INPUT, ...changes }), { count: COUNT });
    const threaded = await create(3, 'next-step', changes);
    for (const one of [plain, threaded]) one.reset({ seed: 2 });
    let failed = 0;
    for (let step = 0; step < 20; step++) {
      for (const one of [plain, threaded]) one.step(actionsAt(step));
      expect(snapshot(threaded)).toBe(snapshot(plain));
      failed += threaded.failures.filter((one) => one !== null).length;
    }
    expect(failed).toBeGreaterThan(0);
  });

  it('raise an error where a thread dies, and hang nowhere', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ergodic-threads-'));
    try {
      const file = join(folder, 'reward.ts');
      // Ends the thread that it runs in, unless that is the one of the test.
      writeFileSync(
        file,
        `import { isMainThread, workerData } from 'node:worker_threads';
        let calls = 0;
        export default { name: 'deadly', parameters: {}, create: () => ({
          begin() {}, evaluate(steps, from, to, out) {
            if (workerData?.range !== undefined && ++calls > 10) process.exit(3);
            out.fill(0, from, to + 1);
          },
        }) };`,
      );
      const threaded = await create(3, 'next-step', { rewards: [{ use: file }] });
      threaded.reset({ seed: 1 });
      const play = (): void => {
        for (let step = 0; step < 100; step++) threaded.step(actionsAt(step));
      };
      expect(play).toThrow(ThreadError);
      expect(play).toThrow(/the thread of environments \d to \d has ended: it ended with exit code 3/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('say what is wrong with their number', async () => {
    await expect(create(0)).rejects.toThrow('threads must be a whole number of 1 or more, got 0');
  });
});
