import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ergodic } from '../cli/ergodic.ts';

const CONFIG = `seed: train
steps: 120
markets:
  X: { process: exp-ou, price: 100, longRunMean: 100, meanReversionSpeed: 500, volatility: 1 }
environment:
  observations:
    - { use: moving-average, window: 20, normalize: running, clip: 5 }
    - { use: position }
training: { agent: { use: q-learning }, iterations: 4, episodes: 8, evaluationEpisodes: 6 }
strategy: { use: policy, file: learned/policy.json }
episodes: 5
`;

const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-train-'));
writeFileSync(path.join(folder, 'learn.yaml'), CONFIG);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('ergodic train', () => {
  it('shows each iteration, ends with a comparison, and leaves a policy that ergodic run plays', async () => {
    const train = await ergodic(folder, 'train', 'learn.yaml', '--out', 'learned', '--workers', '2');
    expect(train.code).toBe(0);
    const lines = train.stderr.split('\n').filter((line) => line.startsWith('iteration '));
    expect(lines.map((line) => line.split('  ')[0])).toEqual(['1/4', '2/4', '3/4', '4/4'].map((n) => `iteration ${n}`));
    expect(lines[0]).toMatch(/reward -?[\d.]+ {2}return -?[\d.]+ % {2}epsilon 1\.00 {2}stepSize 0\.0500/);
    expect(train.stdout).toMatch(/Learned {4}4 iterations of 8 episodes, 4 updates of the weights/);
    expect(train.stdout).toMatch(/On 6 fresh episodes, the same for both: 32 to 37/);
    expect(train.stdout).toMatch(/^(trained|random|difference) .* {2}6$/m);
    expect(train.stdout).toMatch(/By reward /);
    expect(train.stdout).toContain('strategy: { use: policy, file: learned/policy.json }');
    const run = await ergodic(folder, 'run', 'learn.yaml', '--out', 'played', '--json');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ episodes: { completed: 5 } });
    const again = await ergodic(folder, 'resume', 'learned');
    expect(again.code).toBe(0);
    expect(again.stdout).toBe(train.stdout);
  }, 60_000);

  it('prints one JSON document with what the training came to', async () => {
    const options = ['--out', 'json', '--json', '--iterations', '2', '--seed', 'other', '--workers', '1'];
    const { code, stdout } = await ergodic(folder, 'train', 'learn.yaml', ...options);
    expect(code).toBe(0);
    const summary = JSON.parse(stdout) as { training: Record<string, unknown> };
    expect(summary).toMatchObject({ seed: 'other', status: 'completed', episodes: { requested: 16, completed: 16 } });
    expect(summary.training).toMatchObject({
      agent: 'q-learning',
      policy: 'policy.json',
      iterations: 2,
      policyVersion: 2,
      evaluation: { from: 16, to: 22, failed: 0 },
    });
  }, 60_000);

  it('exports the columns of training', async () => {
    await ergodic(folder, 'train', 'learn.yaml', '--out', 'export', '--iterations', '2');
    const { stdout } = await ergodic(folder, 'export', 'export', '--table', 'episodes', '--format', 'csv');
    const [header, ...rows] = stdout.trim().split('\n');
    expect(header).toMatch(/,trainingIteration,policyVersion$/);
    expect(rows.map((row) => row.split(',').slice(-2).join())).toEqual(
      Array.from({ length: 16 }, (_, i) => (i < 8 ? '0,0' : '1,1')),
    );
  }, 60_000);

  it.each([
    [['--iterations', '0'], /--iterations 0: training\.iterations: must be at least 1/],
    [['--set', 'training.agent.use=dqn'], /training\.agent\.use: must name a built-in .* known: q-learning/],
    [['--set', 'training.agent.stepSize=5'], /training\.agent\.stepSize: must be at most 1/],
    [['--set', 'training.agnt=1'], /did you mean agent\?/],
    [
      ['--set', 'environment.actions.use=target-weights'],
      /learn\.yaml:9:\d+: training\.agent\.use: q-learning chooses/,
    ],
    [['--set', 'training.agent.use=./none.ts'], /training\.agent\.use: must name a file that exists/],
  ])(
    'refuses %s with exit code 2, and writes nothing',
    async (options, message) => {
      const { code, stdout, stderr } = await ergodic(folder, 'train', 'learn.yaml', '--out', 'refused', ...options);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(message);
      expect(existsSync(path.join(folder, 'refused'))).toBe(false);
    },
    60_000,
  );

  it('finds agent and policy from the folder of the config', async () => {
    const agent = `export default { name: 'own', parameters: {}, create: () => ({
      size: 1, begin() {}, act(o, random, action) { action[0] = 2; }, learn() {} }) };`;
    writeFileSync(path.join(folder, 'own.mjs'), agent);
    const text = CONFIG.replace('use: q-learning', 'use: ./own.mjs').replace('file: learned', 'file: own');
    writeFileSync(path.join(folder, 'own.yaml'), text);
    const parent = path.dirname(folder);
    const config = path.join(folder, 'own.yaml');
    const train = await ergodic(parent, 'train', config, '--out', path.join(folder, 'own'));
    expect(train.code).toBe(0);
    expect(JSON.parse(readFileSync(path.join(folder, 'own', 'policy.json'), 'utf8'))).toMatchObject({ weights: [0] });
    const run = await ergodic(parent, 'run', config, '--out', path.join(folder, 'own-run'));
    expect(run.code).toBe(0);
  }, 60_000);
});
