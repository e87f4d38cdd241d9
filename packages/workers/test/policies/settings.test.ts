import { join } from 'node:path';
import { ConfigError } from '@ergodic/core';
import { runEnsemble } from '@ergodic/workers';
import { afterEach, describe, expect, it } from 'vitest';
import { findRuntime, loadRuntime } from '../../src/policies/runtime.ts';
import { ergodic, folderWith } from '../support.ts';
import { GOLDEN, policyConfig, provideRuntime } from './runtime.ts';

const hasRuntime = provideRuntime();
const file = join(GOLDEN, 'discrete.onnx');

async function issuesOf(config: unknown): Promise<string[]> {
  try {
    await runEnsemble(config, { dir: join(folderWith(), 'run'), workers: 1 });
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe.skipIf(!hasRuntime)('a config with a policy', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no file', { strategy: { use: 'policy' } }, /^strategy\.file: must name .*, it is missing; for example file:/],
    ['a file that is a number', { strategy: { use: 'policy', file: 3 } }, /^strategy\.file: must name .*, got 3/],
    [
      'a file that is not there',
      { strategy: { use: 'policy', file: '/nowhere/my.onnx' } },
      /^strategy\.file: must be an ONNX file that can be read \(ENOENT.*, got "\/nowhere\/my\.onnx"/,
    ],
    [
      'an unknown key',
      { strategy: { use: 'policy', file, determinstic: true } },
      /^strategy\.determinstic: is not a known key, got true; did you mean deterministic\?/,
    ],
    [
      'a word for a truth value',
      { strategy: { use: 'policy', file, deterministic: 'yes' } },
      /^strategy\.deterministic: must be true or false, got "yes"/,
    ],
    ['no environment', { environment: undefined }, /^environment: is required where strategy\.use is policy/],
    [
      'a parameter that is drawn',
      { randomize: { 'strategy.deterministic': { choice: [true, false] } } },
      /^randomize\["strategy\.deterministic"\]: must not draw from the strategy where it is a policy/,
    ],
    [
      'as much warmup as steps',
      { environment: { warmup: 120 } },
      /^steps: must be more than environment\.warmup \(120\)/,
    ],
    [
      'other observations',
      { environment: { observations: [{ use: 'returns', count: 3 }] } },
      /^strategy\.file: .*discrete\.onnx: its observation must have as many numbers as .* environment, 3, got "float32 \[batch, 5\]"/,
    ],
    [
      'other actions',
      { environment: { ...(policyConfig('discrete').environment as object), actions: { use: 'target-weights' } } },
      /^strategy\.file: .*the output logits is for actions of .* Box\(0, 1, \(1,\)\); name it mean, or change the actions/,
    ],
    [
      'a file whose rows depend on each other',
      { strategy: { use: 'policy', file: join(GOLDEN, 'rows-mixed.onnx') } },
      /^strategy\.file: .*rows-mixed\.onnx: each row of a batch/,
    ],
    [
      'a file that is no ONNX',
      { strategy: { use: 'policy', file: join(GOLDEN, 'models.py') } },
      /^strategy\.file: .*models\.py: must be an ONNX file that onnxruntime-node can load/,
    ],
  ])('and %s is refused before any episode runs', async (_, changes, message) => {
    const issues = await issuesOf(policyConfig('discrete', changes));
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatch(message);
  });

  it('and a feature of the user is refused in the same words, out of a thread of its own', async () => {
    const text = `export default { name: 'own', parameters: {}, create: () => ({
      labels: ['own'], low: 0, high: 1, begin() {}, onMarket() {}, write(out, at) { out[at] = 0; } }) };`;
    const dir = folderWith({ 'own.mjs': text });
    const environment = { observations: [{ use: join(dir, 'own.mjs') }] };
    const [issue] = await issuesOf(policyConfig('discrete', { environment }));
    expect(issue).toMatch(/^strategy\.file: .*environment, 1, got "float32 \[batch, 5\]"/);
  });

  it('names its file relative to the config, on the command line', async () => {
    const config = policyConfig('discrete', { strategy: { use: 'policy', file: '../policy.onnx' }, episodes: 3 });
    const dir = folderWith({ 'a/b/ergodic.json': JSON.stringify(config) });
    const missing = await ergodic(['run', 'a/b/ergodic.json', '--out', 'run'], dir);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/strategy\.file.*must name a file that exists/s);
    const { copyFileSync } = await import('node:fs');
    copyFileSync(file, join(dir, 'a/policy.onnx'));
    const { code, stdout } = await ergodic(['run', 'a/b/ergodic.json', '--out', 'run', '--json'], dir);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ episodes: { completed: 3 } });
    const replayed = await ergodic(['replay', 'run', '--episode', '2', '--ndjson'], dir);
    expect(replayed.code).toBe(0);
  });
});

describe('onnxruntime-node', () => {
  const before = process.env.ERGODIC_MODULES;
  afterEach(() => {
    if (before === undefined) delete process.env.ERGODIC_MODULES;
    else process.env.ERGODIC_MODULES = before;
  });

  const packageWith = (text: string): string =>
    folderWith({
      'node_modules/onnxruntime-node/package.json':
        '{ "name": "onnxruntime-node", "version": "9.8.7", "main": "index.js" }',
      'node_modules/onnxruntime-node/index.js': text,
    });

  it('is taken from the folders of ERGODIC_MODULES before any other', () => {
    const folder = packageWith('exports.isMine = true;');
    process.env.ERGODIC_MODULES = ['/nowhere', folder].join(process.platform === 'win32' ? ';' : ':');
    const { path, version } = findRuntime(GOLDEN);
    expect(version).toBe('9.8.7');
    expect(loadRuntime(path)).toMatchObject({ isMine: true });
  });

  it('that is not there, or does not load, is an error with the command that installs it', () => {
    const command = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node';
    const broken = packageWith("throw new Error('no binary for this machine');");
    process.env.ERGODIC_MODULES = broken;
    const { path } = findRuntime(GOLDEN);
    const message = expect.stringMatching(new RegExp(`does not load \\(no binary for this machine\\).*${command}$`));
    expect(() => loadRuntime(path)).toThrow(expect.objectContaining({ code: 'ONNXRUNTIME_MISSING', message }));
    delete process.env.ERGODIC_MODULES;
    const folder = folderWith();
    let found: unknown;
    try {
      found = findRuntime(folder);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ONNXRUNTIME_MISSING' });
      expect((error as Error).message).toContain(folder);
      expect((error as Error).message).toContain(command);
      return;
    }
    // Somebody has installed it beside the project.
    expect(found).toMatchObject({ path: expect.stringContaining('onnxruntime-node') });
  });
});
