import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, parseConfig } from '@ergodic/core';
import { findRuntime, loadRuntime, type Runtime } from '../../src/policies/runtime.ts';

const VERSION = '1.30.0';

/** Where the ONNX files of the tests are. */
export const GOLDEN: string = fileURLToPath(new URL('golden/', import.meta.url));

/**
 * Lets the tests of this file find onnxruntime-node, which the project does not install: the one that is there, else one that is
 * installed once into the system's folder for temporary files. False, and said aloud, where neither can be.
 */
export function provideRuntime(): boolean {
  try {
    findRuntime(GOLDEN);
    return true;
  } catch {
    // It has to be installed.
  }
  const folder = join(tmpdir(), `ergodic-onnxruntime-${VERSION}`);
  try {
    if (!existsSync(folder)) install(folder);
    process.env.ERGODIC_MODULES = folder;
    findRuntime(GOLDEN);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    console.warn(`SKIPPED: onnxruntime-node could not be installed, so no policy can run (${reason})`);
    return false;
  }
}

/** Test files run side by side: each installs into a folder of its own, and the first one's stays. */
function install(folder: string): void {
  const own = `${folder}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', own, `onnxruntime-node@${VERSION}`];
  const options = {
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    timeout: 50_000,
    stdio: 'pipe',
  } as const;
  execFileSync('npm', args, { ...options, shell: process.platform === 'win32' });
  try {
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

export function runtime(): Runtime {
  return loadRuntime(findRuntime(GOLDEN).path);
}

/** What the models of the tests see: five numbers, or six of two markets. */
const SEEN = {
  one: {
    markets: ['A'],
    observations: [{ use: 'returns', count: 4, normalize: 'running', clip: 5 }, { use: 'position' }],
  },
  two: {
    markets: ['A', 'B'],
    observations: [{ use: 'returns', count: 2, normalize: 'running', clip: 5 }, { use: 'position' }],
  },
} as const;

/** The input of a small ensemble that an ONNX file of the tests plays; each field can be replaced. */
export function policyConfig(
  model: string,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> & { readonly episodes: number } {
  const { markets, observations } = model === 'multi-discrete' || model === 'box' ? SEEN.two : SEEN.one;
  const actions = model === 'box' ? { use: 'target-weights', tolerance: 0.05 } : { use: 'discrete' };
  return {
    seed: 'policies',
    episodes: 150,
    steps: 120,
    markets: Object.fromEntries(
      markets.map((name, i) => [name, { process: 'gbm', price: 100, volatility: 0.6 + 0.3 * i }]),
    ),
    strategy: { use: 'policy', file: join(GOLDEN, `${model}.onnx`) },
    environment: { actions, observations },
    execution: { fees: { taker: 0.0005 } },
    portfolio: { sizing: { targetWeight: 0.4 }, risk: { maxLeverage: 1 } },
    record: { episodes: 6 },
    ...changes,
  } as never;
}

export function parsedPolicyConfig(...given: Parameters<typeof policyConfig>): Config {
  return parseConfig(policyConfig(...given));
}
