import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectRllib, RllibStorage } from '@ergodic/learning';
import { Database, parquetSource, readManifest, tableFiles } from '@ergodic/workers';
import { afterAll, describe, expect, it } from 'vitest';
import { environmentConfig, OBSERVATIONS } from './environment.ts';
import { FakeServer } from './fake-server.ts';
import { weightsOf } from './weights.ts';

const BATCH = 130;
const config = environmentConfig();
const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-rllib-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two iterations with a server that has had so many updates. */
async function train(storage: RllibStorage, update: number): Promise<number> {
  const weights = (n: number) => weightsOf(1 + n, { observations: OBSERVATIONS, actions: 3 });
  const server = await FakeServer.start({ trainBatchSize: BATCH, weights, update });
  try {
    let fields: readonly string[] = [];
    const { episodes } = await connectRllib({
      url: server.url,
      config,
      workers: 1,
      environments: 4,
      trainBatchSize: BATCH,
      iterations: 2,
      firstEpisode: storage.nextEpisode,
      onStart: (stage) => {
        ({ fields } = stage);
      },
      onEpisodes: (ended, of) => storage.add(ended, of, fields),
    });
    return episodes;
  } finally {
    await server.kill();
  }
}

async function stored(dir: string): Promise<number[][]> {
  const database = await Database.open(64, path.join(folder, 'spill'));
  const columns = ['episode', 'trainingIteration', 'policyVersion', 'steps', 'finalEquity'].map(
    (c) => `"${c}"::DOUBLE`,
  );
  const rows = await database.rows(
    `SELECT ${columns.join(', ')} FROM ${parquetSource(tableFiles(dir, 'episodes'))} ORDER BY 1`,
  );
  database.close();
  return rows as number[][];
}

describe('the run directory of a session', () => {
  it('has each episode once, with its iteration and its weights, also where a second session goes on', async () => {
    const dir = path.join(folder, 'run');
    const first = await RllibStorage.open(config, { dir, trainer: 'rllib://127.0.0.1:1' });
    expect([first.nextEpisode, first.iterations]).toEqual([0, 0]);
    const before = await train(first, 5);
    await first.close({ status: 'interrupted' });
    const second = await RllibStorage.open(config, { dir, trainer: 'rllib://127.0.0.1:1' });
    expect(second.iterations).toBe(2);
    const after = await train(second, 7);
    const summary = await second.close({});
    expect(summary).toMatchObject({ status: 'completed', episodes: { completed: before + after, failed: 0 } });
    const rows = await stored(dir);
    expect(rows).toHaveLength(before + after);
    expect(new Set(rows.map(([episode]) => episode)).size).toBe(rows.length);
    expect(new Set(rows.map(([, iteration, version]) => `${iteration} ${version}`))).toEqual(
      new Set(['0 5', '1 6', '2 7', '3 8']),
    );
    for (const [episode, iteration, , steps, equity] of rows) {
      expect(episode! < second.nextEpisode).toBe(iteration! < 2);
      expect(steps).toBe(20);
      expect(equity).toBeGreaterThan(0);
    }
    expect(readManifest(dir)).toMatchObject({ status: 'completed' });
  });

  it('tells ruin, a stop and a failure apart', async () => {
    const dir = path.join(folder, 'ends');
    const storage = await RllibStorage.open(config, { dir, trainer: 'x' });
    const fields = ['finalEquity', 'totalReturn', 'totalReward'];
    const ended = {
      episodes: Float64Array.of(0, 1, 2, 3),
      figures: Float64Array.of(100, 0.1, 1, 1, -0.9, -1, 9_000, 0.2, 2, Number.NaN, Number.NaN, Number.NaN),
      ends: Uint8Array.of(0, 1, 1, 2),
      failures: [{ code: 'COMPONENT_ERROR', message: 'no more' }],
    };
    await storage.add(ended, { iteration: 1, policyVersion: 0 }, fields);
    const summary = await storage.close({});
    expect(summary?.episodes).toEqual({ requested: 4, completed: 1, ruined: 1, stopped: 1, failed: 1 });
  });

  it('is gone again where nothing came, and stays where there was something before', async () => {
    const dir = path.join(folder, 'nothing');
    const storage = await RllibStorage.open(config, { dir, trainer: 'x' });
    await expect(storage.close({ status: 'failed' })).resolves.toBeUndefined();
    expect(existsSync(dir)).toBe(false);
    const old = path.join(folder, 'run');
    const again = await RllibStorage.open(config, { dir: old, trainer: 'x' });
    await again.close({ status: 'failed' });
    expect(existsSync(old)).toBe(true);
  });

  it('is refused where it holds something else', async () => {
    const dir = path.join(folder, 'other');
    mkdirSync(dir);
    writeFileSync(path.join(dir, 'notes.txt'), 'mine');
    await expect(RllibStorage.open(config, { dir, trainer: 'x' })).rejects.toEqual(
      expect.objectContaining({ code: 'RUN_DIR_NOT_EMPTY' }),
    );
    const changed = environmentConfig({ steps: 21 });
    const run = RllibStorage.open(changed, { dir: path.join(folder, 'run'), trainer: 'x' });
    await expect(run).rejects.toEqual(expect.objectContaining({ code: 'RUN_DIR_NOT_EMPTY' }));
  });
});
