import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { afterAll } from 'vitest';
import { type CompareOptions, compareRuns, type RunComparison, StoredRun } from '../../src/index.ts';

const home = mkdtempSync(path.join(tmpdir(), 'ergodic-compare-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const CONFIG = {
  seed: 'compare',
  episodes: 80,
  steps: 120,
  markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 } },
  strategy: { use: 'sma-cross', fast: 3, slow: 8 },
  portfolio: { cash: 10_000, sizing: { targetWeight: 0.95 } },
  execution: { fees: { taker: 0.001 }, slippage: { bps: 5 } },
  record: { episodes: 0 },
};

/** Runs a small ensemble and gives its directory. A `strategy` text becomes a file. */
export async function runWith(name: string, changes: Record<string, unknown> = {}, strategy?: string): Promise<string> {
  const dir = path.join(home, name);
  const config: Record<string, unknown> = { ...CONFIG, ...changes };
  if (strategy !== undefined) {
    const file = path.join(home, `${name}.mjs`);
    writeFileSync(file, strategy);
    config.strategy = { use: file };
  }
  await runEnsemble(config, { dir, workers: 1 });
  return dir;
}

/** A strategy that fails on some paths, and else buys once. */
export function moody(chance: number): string {
  return `export default { name: 'moody', parameters: {}, create: () => ({
    onMarket(market, context) {
      if (market.step === 5 && context.random.nextDouble() < ${chance}) throw new Error('moody');
      if (market.step === 6) context.order('buy', 0.1);
    },
  }) };`;
}

export async function compared(dirs: readonly string[], options?: CompareOptions): Promise<RunComparison> {
  const runs: StoredRun[] = [];
  try {
    for (const dir of dirs) runs.push(await StoredRun.open(dir));
    return await compareRuns(runs, options);
  } finally {
    for (const run of runs) run.close();
  }
}

/** Changes what a run says of itself. */
export function editManifest(dir: string, edit: (manifest: Record<string, never>) => unknown): void {
  const file = path.join(dir, 'run.json');
  writeFileSync(file, JSON.stringify(edit(JSON.parse(readFileSync(file, 'utf8')))));
}

/** Columns of a stored run by episode. */
export async function columnsOf(dir: string, names: readonly string[]): Promise<Float64Array[]> {
  const run = await StoredRun.open(dir);
  try {
    const table = await run.episodes(names);
    return names.map((name) => table.column(name));
  } finally {
    run.close();
  }
}
