import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayEpisode, resumeEnsemble, runEnsemble, startTraining } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { failureCodes, folderWith } from '../support.ts';
import { agentText, policyOf, trained, trainingConfig, weightsOf } from './support.ts';

const training = (dir: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
  trainingConfig({
    training: { agent: { use: join(dir, 'own.mjs') }, iterations: 3, episodes: 6, evaluationEpisodes: 4 },
    limits: { stallSeconds: 1 },
    ...changes,
  });

describe('an agent of a file', () => {
  it('is trained, and its policy is run from the run directory alone', async () => {
    const dir = folderWith({ 'own.mjs': agentText() });
    const figures: unknown[] = [];
    const run = await startTraining(training(dir), {
      dir: join(dir, 'a'),
      workers: 2,
      onIteration: (report) => figures.push(report.figures),
    });
    const { training: result } = await run.done;
    expect(result).toMatchObject({ agent: 'own', policyVersion: 3 });
    expect(figures).toEqual([{ double: 0 }, { double: 2 }, { double: 4 }]);
    // Every episode adds 1: so does their mean.
    expect(policyOf(join(dir, 'a')).weights).toEqual([3]);
    rmSync(join(dir, 'own.mjs'));
    const strategy = { use: 'policy', file: join(dir, 'a', 'policy.json') };
    const { training: _, ...config } = training(dir, { strategy, episodes: 3 });
    const summary = await runEnsemble(config, { dir: join(dir, 'b'), workers: 1 });
    expect(summary.metrics.exposure!.mean).toBeGreaterThan(0.9);
    expect(
      readdirSync(join(dir, 'b', 'inputs'))
        .map((name) => name.split('-')[0])
        .sort(),
    ).toEqual(['agent', 'trained']);
    rmSync(join(dir, 'a'), { recursive: true });
    expect((await replayEpisode(join(dir, 'b'), 1, () => {})).differences).toEqual([]);
  }, 60_000);

  it('whose episode fails changes no weights by it', async () => {
    // Prices pick some of the episodes; none of their steps knows of another episode.
    const body = 'if (observation[1] === 0 && Math.floor(observation[0] * 1e6) % 300 === 3) throw new Error("mine");';
    const dir = folderWith({ 'own.mjs': agentText(body) });
    const [one, two] = [await trained(training(dir), join(dir, 'a')), await trained(training(dir), join(dir, 'b'), 2)];
    expect(two.digest).toBe(one.digest);
    expect(one.episodes.failed).toBeGreaterThan(0);
    expect(one.episodes.failed).toBeLessThan(18);
    expect(await failureCodes(join(dir, 'a'))).toEqual({ AGENT_ERROR: one.episodes.failed });
    expect(one.failures[0]!.message).toBe('mine');
    // Whoever did not fail added 1.
    expect(policyOf(join(dir, 'a')).weights).toEqual([3]);
  }, 60_000);

  it('of which every episode fails has no update', async () => {
    const dir = folderWith({ 'own.mjs': agentText('throw new Error("never");') });
    const { training: result, episodes } = await trained(training(dir), join(dir, 'a'), 2);
    expect(episodes.failed).toBe(18);
    expect(result.policyVersion).toBe(0);
    expect(result.first.totalReward).toMatchObject({ n: 0, mean: null });
    expect(result.evaluation).toMatchObject({ failed: 4 });
    expect(policyOf(join(dir, 'a')).weights).toEqual([0]);
  }, 60_000);

  it('that ends its worker costs that episode alone, and the weights stay those of any number of workers', async () => {
    const body = 'if (observation[1] === 0 && Math.floor(observation[0] * 1e6) % 400 === 3) process.exit(1);';
    const dir = folderWith({ 'own.mjs': agentText(body) });
    const [one, two] = [await trained(training(dir), join(dir, 'a')), await trained(training(dir), join(dir, 'b'), 2)];
    expect(two.digest).toBe(one.digest);
    expect(Object.keys(await failureCodes(join(dir, 'a')))).toEqual(['WORKER_EXIT']);
    expect(one.episodes.failed).toBeLessThan(18);
    expect(two.training).toEqual(one.training);
    expect(weightsOf(join(dir, 'b'), 3).equals(weightsOf(join(dir, 'a'), 3))).toBe(true);
    // Run again for its changes alone, an iteration leaves out what ended its worker.
    const manifest = JSON.parse(readFileSync(join(dir, 'b', 'run.json'), 'utf8')) as Record<string, unknown>;
    delete manifest.summary;
    writeFileSync(join(dir, 'b', 'run.json'), JSON.stringify({ ...manifest, status: 'running' }));
    for (const iteration of [1, 2, 3]) rmSync(join(dir, 'b', 'training', `00000${iteration}.f64`));
    const again = await (await resumeEnsemble(join(dir, 'b'), { workers: 2 })).done;
    expect(again.digest).toBe(one.digest);
    expect(weightsOf(join(dir, 'b'), 3).equals(weightsOf(join(dir, 'a'), 3))).toBe(true);
  }, 120_000);

  it('whose weights grow beyond all bounds fails its episodes and says why', async () => {
    const dir = folderWith({ 'own.mjs': agentText('weights[0] = 1e308 * 10;') });
    const { failures } = await trained(training(dir), join(dir, 'a'));
    expect(failures[0]).toMatchObject({
      code: 'WEIGHTS_NOT_FINITE',
      message: expect.stringMatching(/smaller step sizes/),
    });
  }, 60_000);

  it.each([
    ['exports nothing', 'export const a = 1;', /must export a definition/],
    [
      'throws when it is made',
      agentText().replace('let weights', 'throw new RangeError("no such"); let weights'),
      /no such/,
    ],
    ['has no size', agentText().replace('size: 1', 'size: -1'), /whole number of weights/],
    [
      'starts from what is no number',
      agentText().replace('begin(', 'initialize(weights) { weights[0] = NaN; }, begin('),
      /initial weights must be finite/,
    ],
  ])('that %s is refused before anything is written', async (_, text, message) => {
    const dir = folderWith({ 'own.mjs': text });
    await expect(startTraining(training(dir), { dir: join(dir, 'a') })).rejects.toThrow(message);
    expect(existsSync(join(dir, 'a'))).toBe(false);
  });

  it('starts from weights of its own, drawn from the seed', async () => {
    const text = agentText().replace('begin(', 'initialize(weights, random) { weights[0] = random.normal(); }, begin(');
    const dir = folderWith({ 'own.mjs': text });
    for (const [name, seed] of [
      ['a', 's'],
      ['b', 's'],
      ['c', 't'],
    ] as const) {
      await trained({ ...training(dir), seed }, join(dir, name));
    }
    const [a, b, c] = ['a', 'b', 'c'].map((name) => weightsOf(join(dir, name), 0).readDoubleLE(8));
    expect(b).toBe(a);
    expect(c).not.toBe(a);
    expect(a).not.toBe(0);
  }, 60_000);
});

describe('what cannot be trained is refused', () => {
  it.each([
    [
      'an agent for a few actions, where actions are numbers',
      { environment: { actions: { use: 'target-weights' } } },
      /training\.agent\.use: q-learning chooses/,
    ],
    ['an unknown agent', { training: { agent: { use: 'dqn' } } }, /training\.agent\.use: must name a built-in/],
    [
      'an unknown parameter',
      { training: { agent: { use: 'q-learning', gamma: 1 } } },
      /training\.agent\.gamma: is not a known key/,
    ],
    ['no iterations', { training: { iterations: 0 } }, /training\.iterations: must be at least 1/],
    ['too many episodes', { training: { iterations: 1_000_000, episodes: 100_000 } }, /iterations × episodes/],
    ['an episode without a decision', { steps: 0 }, /steps: must be more than environment\.warmup/],
    ['a draw of the strategy', { randomize: { 'strategy.fast': { uniform: [1, 2] } } }, /given from outside/],
  ])('%s', async (_, changes, message) => {
    const dir = folderWith();
    await expect(startTraining(trainingConfig(changes), { dir: join(dir, 'a') })).rejects.toThrow(message);
    expect(existsSync(join(dir, 'a'))).toBe(false);
  });
});

describe('a policy', () => {
  it('is refused where it does not fit, or is none', async () => {
    const dir = folderWith({ 'broken.json': '{', 'other.json': '{}' });
    await trained(trainingConfig(), join(dir, 'a'));
    const { training: _, ...plain } = trainingConfig({ episodes: 2 });
    const file = join(dir, 'a', 'policy.json');
    const run = (changes: Record<string, unknown>): Promise<unknown> =>
      runEnsemble({ ...plain, strategy: { use: 'policy', file }, ...changes }, { dir: join(dir, 'b') });
    const { environment: __, ...without } = plain;
    await expect(
      runEnsemble({ ...without, strategy: { use: 'policy', file } }, { dir: join(dir, 'b') }),
    ).rejects.toThrow(/needs environment/);
    await expect(run({ environment: { observations: [{ use: 'position' }] } })).rejects.toThrow(
      /number 0 of the observation/,
    );
    await expect(
      run({ environment: { ...(plain.environment as object), actions: { use: 'target-weights' } } }),
    ).rejects.toThrow(/actions must be Discrete\(3\)/);
    const named = (name: unknown): Promise<unknown> => run({ strategy: { use: 'policy', file: name } });
    await expect(named(join(dir, 'broken.json'))).rejects.toThrow(/must be a policy/);
    await expect(named(join(dir, 'other.json'))).rejects.toThrow(/must be a policy/);
    await expect(named(join(dir, 'none.json'))).rejects.toThrow(/must be a readable file/);
    await expect(run({ strategy: { use: 'policy', file, greedy: true } })).rejects.toThrow(
      /greedy: is not a known key/,
    );
    expect(existsSync(join(dir, 'b'))).toBe(false);
  }, 60_000);

  it('with code that changed since its training is refused', async () => {
    const dir = folderWith({ 'own.mjs': agentText() });
    await trained(training(dir), join(dir, 'a'));
    const [name] = readdirSync(join(dir, 'a', 'inputs'));
    const code = join(dir, 'a', 'inputs', name!);
    writeFileSync(code, `${readFileSync(code, 'utf8')}\n// changed`);
    const strategy = { use: 'policy', file: join(dir, 'a', 'policy.json') };
    const { training: _, ...plain } = training(dir, { strategy, episodes: 2 });
    await expect(runEnsemble(plain, { dir: join(dir, 'b') })).rejects.toThrow(/as it was in training/);
  }, 60_000);
});
