import { spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentPlayer, chooseAgent, createAgent, parseTrainingConfig, Simulation } from '@ergodic/core';
import { type IterationReport, replayEpisode, resumeEnsemble, runEnsemble, startTraining } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { ergodic, folderWith, outcomeOf, rowsOf } from '../support.ts';
import { policyOf, trained, trainingConfig, weightsOf } from './support.ts';

const CLI = fileURLToPath(new URL('../../../cli/bin/ergodic.js', import.meta.url));
const AGENTS = ['q-learning', 'actor-critic'] as const;
const withAgent = (use: string): Record<string, unknown> => ({
  training: { agent: { use }, iterations: 4, episodes: 12, evaluationEpisodes: 10 },
});

describe('a training run', () => {
  it.each(AGENTS)(
    'of %s comes to the same weights and records with 1, 2 and 3 workers',
    async (use) => {
      const dir = folderWith();
      const config = trainingConfig(withAgent(use));
      const summaries = [];
      for (const workers of [1, 2, 3]) summaries.push(await trained(config, join(dir, String(workers)), workers));
      const [first, ...others] = summaries;
      expect(first!.training.policyVersion).toBe(4);
      expect(policyOf(join(dir, '1')).weights).not.toEqual(Array.from({ length: 18 }, () => 0));
      for (const [i, other] of others.entries()) {
        const place = join(dir, String(i + 2));
        expect(other.digest).toBe(first!.digest);
        expect(other.training).toEqual(first!.training);
        expect(policyOf(place)).toEqual(policyOf(join(dir, '1')));
        for (const iteration of [0, 1, 2, 3, 4]) {
          expect(weightsOf(place, iteration).equals(weightsOf(join(dir, '1'), iteration))).toBe(true);
        }
      }
    },
    60_000,
  );

  it('averages what the episodes of an iteration learned, each from the weights that it began with', async () => {
    const dir = folderWith();
    const reports: IterationReport[] = [];
    const config = trainingConfig();
    const run = await startTraining(config, {
      dir: join(dir, 'a'),
      workers: 2,
      onIteration: (one) => reports.push(one),
    });
    await run.done;
    expect(reports.map(({ iteration, policyVersion }) => [iteration, policyVersion])).toEqual(
      [0, 1, 2, 3].map((i) => [i, i]),
    );
    expect(reports.map(({ figures }) => figures.epsilon)).toEqual([
      1,
      expect.closeTo(0.6833),
      expect.closeTo(0.3667),
      expect.closeTo(0.05),
    ]);
    const simulation = new Simulation(parseTrainingConfig(config), { external: true });
    const { observer, actions } = simulation.agent!;
    const setup = { observationLabels: observer.labels, actionSpace: actions.space, iterations: 4 };
    const player = new AgentPlayer(simulation, createAgent(chooseAgent({ use: 'q-learning' }), setup));
    let weights = new Float64Array(player.agent.size);
    for (const iteration of [0, 1]) {
      const sum = new Float64Array(weights.length);
      for (let episode = 12 * iteration; episode < 12 * (iteration + 1); episode++) {
        const change = new Float64Array(weights.length);
        player.begin(episode, {}, { weights, iteration, isExploring: true, isLearning: true });
        while (player.advance() !== 'ended');
        player.writeChange(change, 0);
        for (let i = 0; i < sum.length; i++) sum[i]! += change[i]!;
      }
      weights = weights.map((weight, i) => weight + sum[i]! / 12);
      const stored = weightsOf(join(dir, 'a'), iteration + 1);
      expect([...weights]).toEqual(Array.from(weights, (_, i) => stored.readDoubleLE(8 * (i + 1))));
      expect(stored.readDoubleLE(0)).toBe(iteration + 1);
    }
  }, 60_000);

  it('says in every table and point which iteration and which policy an episode is of, and leaves both out of the metrics', async () => {
    const dir = folderWith();
    const summary = await trained(trainingConfig({ outputs: { file: {} } }), join(dir, 'a'), 2);
    const rows = await rowsOf(
      join(dir, 'a'),
      'episodes',
      'CAST(episode AS DOUBLE), CAST(trainingIteration AS DOUBLE), CAST(policyVersion AS DOUBLE), typeof(policyVersion)',
      'ORDER BY episode',
    );
    expect(rows).toEqual(
      Array.from({ length: 48 }, (_, episode) => [
        episode,
        Math.floor(episode / 12),
        Math.floor(episode / 12),
        'BIGINT',
      ]),
    );
    const points = readFileSync(join(dir, 'a', 'points.lp'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('episodes,'));
    expect(points).toHaveLength(48);
    for (const line of points) {
      const episode = Number(/ episode=(\d+)i/.exec(line)![1]);
      expect(line).toContain(
        `,trainingIteration=${Math.floor(episode / 12)}i,policyVersion=${Math.floor(episode / 12)}i `,
      );
    }
    expect(Object.keys(summary.metrics)).toContain('totalReward');
    expect(Object.keys(summary.metrics).filter((name) => /^training|^policy/.test(name))).toEqual([]);
    expect(summary.mismatches).toEqual([]);
    expect(summary.episodes).toMatchObject({ requested: 48, completed: 48 });
  }, 60_000);

  it('tells first and last iterations apart, and trained from random on fresh episodes that both play', async () => {
    const dir = folderWith();
    const config = trainingConfig();
    const { training } = await trained(config, join(dir, 'a'), 2);
    const mean = async (iteration: number): Promise<unknown[][]> =>
      rowsOf(join(dir, 'a'), 'episodes', 'avg(totalReward)', `WHERE trainingIteration = ${iteration}`);
    expect(training.first).toMatchObject({ iterations: [0, 0], totalReward: { n: 12 } });
    expect(training.first.totalReward.mean).toBeCloseTo((await mean(0))[0]![0] as number, 12);
    expect(training.last.totalReward.mean).toBeCloseTo((await mean(3))[0]![0] as number, 12);
    const { evaluation } = training;
    expect(evaluation).toMatchObject({ from: 48, to: 58, failed: 0 });
    const { trained: own, random, difference } = evaluation!;
    expect(difference.totalReward.mean).toBeCloseTo(own.totalReward.mean! - random.totalReward.mean!, 12);
    // The same episodes, run as an ensemble: by the policy, and by hand.
    const strategy = { use: 'policy', file: join(dir, 'a', 'policy.json') };
    await runEnsemble({ ...config, strategy, episodes: 58 }, { dir: join(dir, 'b'), workers: 2 });
    const [[policy]] = await rowsOf(join(dir, 'b'), 'episodes', 'avg(totalReward)', 'WHERE episode >= 48');
    expect(own.totalReward.mean).toBeCloseTo(policy as number, 12);
  }, 60_000);

  it('replays any of its episodes from the weights of its iteration', async () => {
    const dir = folderWith();
    await trained(trainingConfig(), join(dir, 'a'), 2);
    for (const episode of [0, 13, 47]) {
      const lines: string[] = [];
      const { differences, record } = await replayEpisode(join(dir, 'a'), episode, ({ type }) => lines.push(type));
      expect(differences).toEqual([]);
      expect(record).toMatchObject({
        trainingIteration: Math.floor(episode / 12),
        policyVersion: Math.floor(episode / 12),
      });
      expect(lines).toContain('FILL');
    }
  }, 60_000);

  it('whose agent does not learn has updates of nothing', async () => {
    const dir = folderWith();
    const { training } = await trained(trainingConfig(withAgent('random')), join(dir, 'a'), 2);
    expect(training.policyVersion).toBe(0);
    expect(policyOf(join(dir, 'a')).weights).toEqual([]);
  }, 60_000);

  it('trains on symbols side by side and on antithetic pairs', async () => {
    const dir = folderWith();
    const market = { process: 'gbm', price: 100, drift: 0, volatility: 0.5 };
    const training = { agent: { use: 'actor-critic' }, iterations: 2, episodes: 5, evaluationEpisodes: 4 };
    const config = trainingConfig({ markets: { A: market, B: market }, antithetic: true, training });
    const summary = await trained(config, join(dir, 'a'), 2);
    expect(summary.episodes.completed).toBe(10);
    expect(policyOf(join(dir, 'a')).actionSpace).toEqual({ type: 'multi-discrete', nvec: [3, 3] });
    // An odd number would make the first fresh episode the mirror of one that was trained on.
    const odd = { ...training, iterations: 1 };
    const { training: result } = await trained({ ...config, training: odd }, join(dir, 'b'), 2);
    expect(result.evaluation).toMatchObject({ from: 6, to: 10 });
  }, 60_000);
});

describe('an interrupted training run', () => {
  it('that was stopped goes on to the same result', async () => {
    const dir = folderWith();
    const config = trainingConfig({ outputs: { file: {} } });
    const whole = await trained(config, join(dir, 'whole'), 2);
    const stop = new AbortController();
    const onIteration = ({ iteration }: IterationReport): void => {
      if (iteration === 1) stop.abort();
    };
    const part = await startTraining(config, { dir: join(dir, 'part'), workers: 2, signal: stop.signal, onIteration });
    expect((await part.done).status).toBe('interrupted');
    const resumed = await (await resumeEnsemble(join(dir, 'part'), { workers: 1 })).done;
    expect(resumed.digest).toBe(whole.digest);
    expect(resumed.training).toEqual(whole.training);
    expect(policyOf(join(dir, 'part'))).toEqual(policyOf(join(dir, 'whole')));
    const again = await resumeEnsemble(join(dir, 'part'));
    expect(again.isFinished).toBe(true);
    expect((await again.done).training).toEqual(whole.training);
  }, 60_000);

  it('that lost the weights after stored episodes runs those again, and stores nothing twice', async () => {
    const dir = folderWith();
    const config = trainingConfig({ outputs: { file: {} } });
    const whole = await trained(config, join(dir, 'whole'), 2);
    const place = join(dir, 'part');
    cpSync(join(dir, 'whole'), place, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(place, 'run.json'), 'utf8')) as Record<string, unknown>;
    delete manifest.summary;
    writeFileSync(join(place, 'run.json'), JSON.stringify({ ...manifest, status: 'running' }));
    for (const name of ['000003.f64', '000004.f64']) rmSync(join(place, 'training', name));
    const resumed = await (await resumeEnsemble(place, { workers: 2 })).done;
    expect(resumed.digest).toBe(whole.digest);
    expect(resumed.training).toEqual(whole.training);
    for (const iteration of [3, 4]) {
      expect(weightsOf(place, iteration).equals(weightsOf(join(dir, 'whole'), iteration))).toBe(true);
    }
    expect(await rowsOf(place, 'episodes', 'CAST(count(*) AS DOUBLE)')).toEqual([[48]]);
    const points = readFileSync(join(place, 'points.lp'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('episodes,'));
    expect(points).toHaveLength(48);
  }, 60_000);

  it('that was killed goes on to the same result', async () => {
    const training = { agent: { use: 'actor-critic' }, iterations: 40, episodes: 12, evaluationEpisodes: 10 };
    const config = trainingConfig({ training });
    const dir = folderWith({ 'ergodic.json': JSON.stringify(config) });
    const whole = await trained(config, join(dir, 'whole'), 2);
    const child = spawn(process.execPath, [CLI, 'train', '--out', 'killed', '--workers', '2'], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (/iteration +[5-9]\/40/.test(text)) child.kill('SIGKILL');
    });
    expect((await outcomeOf(child)).signal).toBe('SIGKILL');
    const { stdout } = await ergodic(['resume', 'killed', '--json', '--workers', '1'], dir);
    const resumed = JSON.parse(stdout) as typeof whole;
    expect(resumed.digest).toBe(whole.digest);
    expect(resumed.training).toEqual(whole.training);
    expect(weightsOf(join(dir, 'killed'), 40).equals(weightsOf(join(dir, 'whole'), 40))).toBe(true);
  }, 120_000);
});

describe('a run that trains nobody', () => {
  it('knows nothing of the section training', async () => {
    const dir = folderWith();
    const strategy = { use: 'sma-cross', fast: 3, slow: 8 };
    const { training: _, ...plain } = trainingConfig({ strategy, episodes: 8 });
    const without = await runEnsemble(plain, { dir: join(dir, 'a') });
    const beside = await runEnsemble(trainingConfig({ strategy, episodes: 8 }), { dir: join(dir, 'b') });
    expect(beside.digest).toBe(without.digest);
    expect(beside.training).toBeUndefined();
    expect(readFileSync(join(dir, 'b', 'run.json'), 'utf8')).not.toMatch(/trainingIteration|"training":/);
    await expect(rowsOf(join(dir, 'b'), 'episodes', 'trainingIteration')).rejects.toThrow(/trainingIteration/);
  }, 60_000);
});
