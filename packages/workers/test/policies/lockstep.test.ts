import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VectorEnvironment } from '@ergodic/core';
import { OnnxPolicy, readManifest, replayEpisode, resumeEnsemble, runEnsemble, startEnsemble } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { ergodic, failureCodes, folderWith, rowsOf } from '../support.ts';
import { GOLDEN, parsedPolicyConfig, policyConfig, provideRuntime } from './runtime.ts';

const hasRuntime = provideRuntime();
const file = (model: string): string => join(GOLDEN, `${model}.onnx`);

describe.skipIf(!hasRuntime)('an ensemble of a policy', () => {
  it.each([
    ['gru', {}],
    ['lstm', { strategy: { use: 'policy', file: file('lstm'), deterministic: false } }],
    [
      'multi-discrete',
      { randomize: { 'markets.A.volatility': { uniform: [0.3, 1.2] }, steps: { integer: [60, 120] } } },
    ],
  ])(
    'has one digest with 1, 2 and 3 workers, and each replay is the episode of the run: %s',
    async (model, changes) => {
      const dir = folderWith();
      const digests = new Set<string>();
      for (const workers of [1, 2, 3]) {
        const summary = await runEnsemble(policyConfig(model, changes), { dir: join(dir, String(workers)), workers });
        expect(summary).toMatchObject({ status: 'completed', reproducible: true, mismatches: [] });
        expect(summary.episodes).toMatchObject({ completed: 150, failed: 0 });
        // Each model trades, in most episodes differently.
        expect(summary.metrics.fills!.mean).toBeGreaterThan(2);
        expect(summary.metrics.finalEquity!.sd).toBeGreaterThan(1);
        digests.add(summary.digest);
      }
      expect(digests.size).toBe(1);
      for (const episode of [0, 63, 64, 149]) {
        let fills = 0;
        const count = ({ type }: { type: string }): void => {
          if (type === 'FILL') fills++;
        };
        const { differences, record, endReason } = await replayEpisode(join(dir, '2'), episode, count);
        expect(differences).toEqual([]);
        expect(endReason).toBe('completed');
        expect(fills).toBe(record.fills);
      }
    },
  );

  it('gives each episode the outcome that it has with the policy over a vector environment', async () => {
    const dir = folderWith();
    for (const [model, deterministic] of [
      ['gru', true],
      ['discrete', false],
      ['box', false],
    ] as const) {
      const changes = { strategy: { use: 'policy', file: file(model), deterministic } };
      const run = join(dir, model);
      await runEnsemble(policyConfig(model, changes), { dir: run, workers: 2 });
      const rows = await rowsOf(run, 'episodes', 'CAST(episode AS INTEGER), finalEquity', 'ORDER BY episode');
      const stored = new Map(rows as [number, number][]);

      const vector = new VectorEnvironment(parsedPolicyConfig(model, changes), { count: 64, autoreset: 'same-step' });
      const policy = await OnnxPolicy.load(file(model), vector, { deterministic });
      const actions = new Float64Array(vector.count * vector.actionSize);
      const figures = new Float64Array(vector.fields.length);
      const at = vector.fields.indexOf('finalEquity');
      vector.reset();
      const played = new Map<number, number>();
      while (played.size < 150) {
        await policy.act(vector.observations, actions);
        vector.step(actions);
        for (let i = 0; i < vector.count; i++) {
          if (vector.ended[i] !== 1 || vector.endedEpisodes[i]! >= 150) continue;
          vector.record(i, figures);
          played.set(vector.endedEpisodes[i]!, figures[at]!);
        }
      }
      await policy.close();
      expect(played.size).toBe(150);
      for (const [episode, equity] of played) expect(stored.get(episode), `${model} ${episode}`).toBe(equity);
    }
  });

  it('does not depend on how many episodes there are, or which are recorded', async () => {
    const dir = folderWith();
    const equities: unknown[] = [];
    for (const [i, changes] of [{}, { episodes: 70, record: { episodes: 70 } }].entries()) {
      const run = join(dir, String(i));
      await runEnsemble(policyConfig('gru', changes), { dir: run, workers: 2 });
      equities.push(
        await rowsOf(run, 'episodes', 'episode, finalEquity, fills', 'WHERE episode < 70 ORDER BY episode'),
      );
    }
    expect(equities[1]).toEqual(equities[0]);
  });

  it('comes to the same digest when it is interrupted, killed and resumed', async () => {
    const long = policyConfig('gru', { episodes: 1_500, steps: 1_000, record: { episodes: 0 } });
    const dir = folderWith({ 'ergodic.json': JSON.stringify(long) });
    const whole = await runEnsemble(long, { dir: join(dir, 'whole'), workers: 2 });
    const broken = join(dir, 'broken');
    let run = await startEnsemble(long, { dir: broken, workers: 2, signal: AbortSignal.timeout(1_500) });
    await run.done;
    for (const [i, ms] of [900, 2_500].entries()) {
      run = await resumeEnsemble(broken, { workers: 1 + i, signal: AbortSignal.timeout(ms) });
      await run.done;
    }
    const killed = await ergodic(['resume', 'broken', '--json'], dir, 2_500);
    expect(killed.stderr).not.toMatch(/error|Napi/i);
    const summary = await (await resumeEnsemble(broken, { workers: 3 })).done;
    expect(summary).toMatchObject({ status: 'completed', reproducible: true, digest: whole.digest });
  }, 120_000);

  it('keeps the streams of recorded episodes in order, and they add up to the records', async () => {
    const run = join(folderWith(), 'run');
    await runEnsemble(policyConfig('gru', { record: { episodes: 90, every: 1 } }), { dir: run, workers: 2 });
    const [[episodes, steps]] = (await rowsOf(
      run,
      'equity',
      'CAST(count(DISTINCT episode) AS INTEGER), CAST(count(*) AS INTEGER)',
      'WHERE episode < 90',
    )) as [[number, number]];
    expect([episodes, steps]).toEqual([90, 90 * 121]);
    const records = await rowsOf(
      run,
      'episodes',
      'CAST(episode AS INTEGER), CAST(fills AS INTEGER), finalEquity',
      'WHERE episode < 90 ORDER BY episode',
    );
    const last = await rowsOf(run, 'equity', 'CAST(episode AS INTEGER), equity', 'WHERE step = 120 AND episode < 90');
    const fills = await rowsOf(
      run,
      'fills',
      'CAST(episode AS INTEGER), CAST(count(*) AS INTEGER)',
      'WHERE episode < 90 GROUP BY 1',
    );
    const equityOf = new Map(last as [number, number][]);
    const fillsOf = new Map(fills as [number, number][]);
    for (const [episode, count, equity] of records as [number, number, number][]) {
      expect(equityOf.get(episode)).toBe(equity);
      expect(fillsOf.get(episode) ?? 0).toBe(count);
    }
    const points = await rowsOf(
      run,
      'fan',
      'point, CAST(sum(count) AS INTEGER), count(*) - count(DISTINCT bin)',
      'GROUP BY 1',
    );
    expect(points).toHaveLength(121);
    for (const [, count, repeated] of points as [unknown, number, bigint][]) {
      expect(count).toBe(150);
      // One batch counts a bin once.
      expect(Number(repeated)).toBe(0);
    }
    // One batch, one file: its rows are those of the batch, in their order.
    const order = await rowsOf(run, 'equity', 'CAST(episode * 1000 + step AS DOUBLE)', 'WHERE episode < 90');
    const keys = (order as [number][]).map(([key]) => key);
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
  });

  it('fails the episodes with outputs that are no numbers, and no other', async () => {
    const dir = folderWith();
    const digests = new Set<string>();
    for (const workers of [1, 2]) {
      const run = join(dir, String(workers));
      const { digest, episodes, failures } = await runEnsemble(policyConfig('nan'), { dir: run, workers });
      digests.add(digest);
      expect(episodes.failed).toBeGreaterThan(10);
      expect(episodes.completed).toBeGreaterThan(10);
      expect(await failureCodes(run)).toEqual({ ACTION_INVALID: episodes.failed });
      expect(failures[0]!.message).toBe('the logits must be numbers, got NaN');
      expect(failures.map(({ episode }) => episode)).toEqual(
        failures.map(({ episode }) => episode).sort((a, b) => a - b),
      );
      const replayed = await replayEpisode(run, failures[0]!.episode, () => {});
      expect(replayed).toMatchObject({ endReason: 'failed', failure: { code: 'ACTION_INVALID' }, differences: [] });
    }
    expect(digests.size).toBe(1);
  });

  it('runs episodes that end in ruin or stop early beside others that go on', async () => {
    const dir = folderWith();
    const changes = {
      markets: { A: { process: 'gbm', price: 100, volatility: 9 } },
      portfolio: { ruin: 0.7, sizing: { targetWeight: 1 }, risk: { maxLeverage: 1 } },
    };
    const digests = new Set<string>();
    for (const workers of [1, 3]) {
      const run = join(dir, String(workers));
      const { digest, episodes } = await runEnsemble(policyConfig('gru', changes), { dir: run, workers });
      expect(episodes.ruined).toBeGreaterThan(20);
      expect(episodes.completed).toBeGreaterThan(20);
      digests.add(digest);
      const [[shortest]] = (await rowsOf(run, 'episodes', 'CAST(min(steps) AS INTEGER)')) as [[number]];
      expect(shortest).toBeLessThan(100);
    }
    expect(digests.size).toBe(1);
  });

  it.each([
    ['ends its worker', 'process.exit(1)', 'WORKER_EXIT', true],
    ['throws later', 'setTimeout(() => { throw new Error("late"); }, 0)', 'LATE_ERROR', true],
    ['loops for ever', 'for (;;);', 'STALLED', false],
  ])(
    'loses the episode in which a component %s, and no other',
    async (_, body, code, reproducible) => {
      const text = `export default {
        name: 'wild', parameters: {},
        create() { return { onMarket({ step, price }) { if (step === 3 && Math.floor(price * 1e6) % 12 === 0) ${body}; } }; },
      };`;
      const dir = folderWith({ 'wild.mjs': text, 'tame.mjs': text.replace(body, 'price') });
      const changes = (name: string): Record<string, unknown> => ({
        episodes: 40,
        components: [{ use: join(dir, name) }],
        limits: { stallSeconds: 2 },
      });
      await runEnsemble(policyConfig('gru', changes('tame.mjs')), { dir: join(dir, 'tame'), workers: 2 });
      const summary = await runEnsemble(policyConfig('gru', changes('wild.mjs')), {
        dir: join(dir, 'wild'),
        workers: 2,
      });
      expect(summary).toMatchObject({ status: 'completed', reproducible });
      const { failed } = summary.episodes;
      expect(failed).toBeGreaterThan(0);
      expect(failed).toBeLessThan(8);
      expect(await failureCodes(join(dir, 'wild'))).toEqual({ [code]: failed });
      const select = ['episode, finalEquity', 'WHERE finalEquity IS NOT NULL ORDER BY episode'] as const;
      const tame = new Map((await rowsOf(join(dir, 'tame'), 'episodes', ...select)) as [bigint, number][]);
      const wild = (await rowsOf(join(dir, 'wild'), 'episodes', ...select)) as [bigint, number][];
      expect(wild).toHaveLength(40 - failed);
      for (const [episode, equity] of wild) expect(tame.get(episode)).toBe(equity);
    },
    120_000,
  );

  it('ends with the exit code of its process, in the middle of the model or not', async () => {
    const dir = folderWith({
      'exit.mjs': `import { startEnsemble } from ${JSON.stringify(import.meta.resolve('@ergodic/workers'))};
        const run = await startEnsemble(JSON.parse(process.argv[2]), { dir: 'run', workers: 2 });
        run.done.catch(() => {});
        // As soon as the workers are at it.
        const timer = setInterval(async () => {
          const busy = (await run.workers()).filter(({ steps, episode }) => episode >= 0);
          if (busy.length > 0) process.exit(7);
        }, 20);`,
    });
    const { spawnSync } = await import('node:child_process');
    const config = JSON.stringify(policyConfig('gru', { episodes: 100_000, steps: 5_000 }));
    for (let i = 0; i < 4; i++) {
      rmSync(join(dir, 'run'), { recursive: true, force: true });
      const { status, stderr } = spawnSync(process.execPath, ['exit.mjs', config], { cwd: dir, encoding: 'utf8' });
      expect(stderr).not.toMatch(/Napi/);
      expect(status).toBe(7);
    }
  }, 120_000);
});

describe.skipIf(!hasRuntime)('the run directory of a policy', () => {
  it('holds the file, its hash, and what results follow from; replay needs nothing else', async () => {
    const dir = folderWith();
    const own = join(dir, 'mine.onnx');
    writeFileSync(own, readFileSync(file('gru')));
    const run = join(dir, 'run');
    const changes = { episodes: 70, strategy: { use: 'policy', file: own } };
    await runEnsemble(policyConfig('gru', changes), { dir: run, workers: 2 });
    rmSync(own);
    const { inputs, policy } = readManifest(run);
    const [input] = inputs;
    expect(input).toMatchObject({ role: 'model', name: own, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(input!.bundle).toMatch(/^inputs\/model-mine-[0-9a-f]{12}\.onnx$/);
    expect(policy).toEqual({ rows: 64, onnxruntime: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect(await replayEpisode(run, 69, () => {})).toMatchObject({ endReason: 'completed', differences: [] });

    writeFileSync(join(run, input!.bundle!), readFileSync(file('discrete')));
    await expect(replayEpisode(run, 69, () => {})).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
    await expect(resumeEnsemble(run)).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });

  it('is not written where the policy does not fit', async () => {
    const dir = join(folderWith(), 'run');
    await expect(runEnsemble(policyConfig('rows-mixed'), { dir })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(existsSync(dir) ? readdirSync(dir) : []).toEqual([]);
  });
});
