import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnvironmentConfig, VectorEnvironment } from '@ergodic/core';
import { type FinishedEpisode, openTrainingRun, replayEpisode, resumeEnsemble, runEnsemble } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { folderWith, rowsOf } from '../support.ts';
import { trainingConfig } from './support.ts';

const TRAINER = 'rllib://127.0.0.1:9900';
const config = trainingConfig({ outputs: { file: {} } });

/** Plays episodes 0 to n - 1 in a vector environment, always buying; in the order of their ends. */
function played(n: number): FinishedEpisode[] {
  const vector = new VectorEnvironment(parseEnvironmentConfig(config), { count: n, autoreset: 'disabled' });
  vector.reset();
  const actions = new Float64Array(n).fill(2);
  const found: FinishedEpisode[] = [];
  while (found.length < n) {
    vector.step(actions);
    for (let i = 0; i < n; i++) {
      if (vector.ended[i] !== 1) continue;
      const figures = new Float64Array(vector.fields.length);
      vector.record(i, figures, 0);
      const episode = vector.endedEpisodes[i]!;
      found.push({
        episode,
        endReason: 'completed',
        figures,
        trainingIteration: episode >> 2,
        policyVersion: 7 + episode,
      });
    }
  }
  return found;
}

function points(dir: string): string[] {
  return readFileSync(join(dir, 'points.lp'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('episodes,'));
}

describe('a run of training elsewhere', () => {
  it('stores and streams what comes, in any order and with gaps', async () => {
    const dir = join(folderWith(), 'a');
    const run = await openTrainingRun(config, { dir, trainer: TRAINER });
    const episodes = played(12);
    expect(run.fields).toEqual([...new VectorEnvironment(parseEnvironmentConfig(config), { count: 1 }).fields]);
    expect(run.nextEpisode).toBe(0);
    for (const one of episodes.slice(6).reverse()) run.add(one);
    await run.flush();
    for (const one of episodes.slice(0, 5)) run.add(one);
    // A number that came before is left out, the first counts.
    run.add({ ...episodes[7]!, policyVersion: 99 });
    run.add({
      episode: 20,
      endReason: 'failed',
      figures: run.fields.map(() => Number.NaN),
      trainingIteration: 5,
      policyVersion: 3,
      failure: { code: 'RESET_FAILED', message: 'no market' },
    });
    await run.room();
    expect(run.progress()).toMatchObject({ episodes: 12, failed: 1, trainingIteration: 5, policyVersion: 3 });
    expect(run.nextEpisode).toBe(21);
    const summary = await run.close();
    expect(summary).toMatchObject({ status: 'completed', reproducible: false });
    expect(summary.episodes).toEqual({ requested: 12, completed: 11, ruined: 0, stopped: 0, failed: 1 });
    expect(Object.keys(summary.metrics)).not.toContain('policyVersion');
    expect(summary.outputs?.file).toMatchObject({ spooled: 0, refused: 0 });
    const rows = await rowsOf(
      dir,
      'episodes',
      'CAST(episode AS DOUBLE), CAST(trainingIteration AS DOUBLE), CAST(policyVersion AS DOUBLE), failureCode',
      'ORDER BY episode',
    );
    const known = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11].map((e) => [e, e >> 2, 7 + e, null]);
    expect(rows).toEqual([...known, [20, 5, 3, 'RESET_FAILED']]);
    expect(points(dir)).toHaveLength(12);
    expect(points(dir).some((line) => line.includes('trainingIteration=2i,policyVersion=15i'))).toBe(true);
    expect(existsSync(join(dir, 'run.lock'))).toBe(false);
  }, 60_000);

  it('has the figures that ergodic run gives the same decisions', async () => {
    const base = folderWith();
    const run = await openTrainingRun(config, { dir: join(base, 'a'), trainer: TRAINER });
    for (const one of played(4)) run.add(one);
    await run.close();
    const { training: _, ...plain } = trainingConfig({ episodes: 4, strategy: { use: 'buy-and-hold' } });
    await runEnsemble(plain, { dir: join(base, 'b') });
    const returns = (name: string): Promise<unknown[][]> =>
      rowsOf(join(base, name), 'episodes', 'totalReturn', 'ORDER BY episode');
    expect(await returns('a')).toEqual(await returns('b'));
  }, 60_000);

  it('goes on in its directory, once it is closed, and nowhere else', async () => {
    const base = folderWith();
    const dir = join(base, 'a');
    const options = { dir, trainer: TRAINER };
    const episodes = played(8);
    const first = await openTrainingRun(config, options);
    for (const one of episodes.slice(0, 3)) first.add(one);
    await expect(openTrainingRun(config, options)).rejects.toThrow(/worked on already/);
    expect((await first.close({ status: 'interrupted' })).status).toBe('interrupted');
    const second = await openTrainingRun(config, options);
    expect(second.nextEpisode).toBe(3);
    for (const one of episodes) second.add(one);
    const summary = await second.close();
    expect(summary.episodes).toMatchObject({ requested: 8, completed: 8 });
    expect(points(dir)).toHaveLength(8);
    await expect(openTrainingRun({ ...config, seed: 'other' }, options)).rejects.toThrow(/same config/);
    await expect(openTrainingRun(config, { dir: base, trainer: TRAINER })).rejects.toThrow(/empty or missing/);
  }, 60_000);

  it('makes points anew that were lost from the spool', async () => {
    const dir = join(folderWith(), 'a');
    const influx = { url: 'http://127.0.0.1:9', org: 'o', bucket: 'b', token: '${NO_TOKEN}', drainSeconds: 0.1 };
    process.env.NO_TOKEN = 'x';
    const waiting = trainingConfig({ outputs: { influx } });
    const options = { dir, trainer: TRAINER };
    const first = await openTrainingRun(waiting, options);
    for (const one of played(3)) first.add(one);
    const { outputs } = await first.close({ status: 'interrupted' });
    const spool = join(dir, 'spool', 'influx');
    const segment = readdirSync(spool).find((name) => name.startsWith('0-2-'))!;
    const text = readFileSync(join(spool, segment), 'utf8');
    rmSync(join(spool, segment));
    const second = await openTrainingRun(waiting, options);
    const [anew] = readdirSync(spool).filter((name) => name.startsWith('0-2-'));
    expect(readFileSync(join(spool, anew!), 'utf8')).toBe(text);
    const after = (await second.close({ status: 'interrupted' })).outputs;
    expect(after?.influx).toMatchObject({ missing: 0 });
    expect(outputs?.influx?.spooled).toBeGreaterThan(0);
  }, 60_000);

  it('refuses what is no episode', async () => {
    const dir = join(folderWith(), 'a');
    const run = await openTrainingRun(config, { dir, trainer: TRAINER });
    const [one] = played(1);
    const add = (changes: object) => () => run.add({ ...one!, ...changes });
    expect(add({ episode: -1 })).toThrow(/episode must be a whole number/);
    expect(add({ trainingIteration: 0.5 })).toThrow(/trainingIteration/);
    expect(add({ policyVersion: Number.NaN })).toThrow(/policyVersion/);
    expect(add({ figures: [1] })).toThrow(/figures must be \d+ numbers, got 1/);
    expect(add({ endReason: 'over' })).toThrow(/endReason must be one of/);
    expect(add({ endReason: 'failed' })).toThrow(/failure must be there/);
    const { digest, episodes } = await run.close({ status: 'failed', error: 'the server went away' });
    expect(digest).toBe('');
    expect(episodes.requested).toBe(0);
    expect(add({})).toThrow(/closed/);
    expect(JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8'))).toMatchObject({
      status: 'failed',
      error: 'the server went away',
      training: { trainer: 'elsewhere', address: TRAINER },
    });
  }, 60_000);

  it('is neither resumed nor replayed here', async () => {
    const dir = join(folderWith(), 'a');
    const run = await openTrainingRun(config, { dir, trainer: TRAINER });
    for (const one of played(1)) run.add(one);
    await run.close({ status: 'interrupted' });
    await expect(resumeEnsemble(dir)).rejects.toThrow(/ergodic connect/);
    await expect(replayEpisode(dir, 0, () => {})).rejects.toThrow(/cannot be replayed/);
  }, 60_000);
});
