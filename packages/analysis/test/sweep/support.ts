import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfig, RandomStream } from '@ergodic/core';
import { afterAll } from 'vitest';
import type { Parameter, SweepPlan } from '../../src/index.ts';

const folders: string[] = [];

/** A folder with these files; removed when the tests of the file are through. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'ergodic-analysis-'));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

afterAll(() => {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

type Data = Readonly<Record<string, unknown>>;

/** A small ensemble; each field can be replaced. */
export function dataWith(changes: Data = {}): Data {
  return {
    seed: 'sweep',
    episodes: 40,
    steps: 120,
    markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0, volatility: 0.8 } },
    strategy: { use: 'sma-cross', fast: 3, slow: 8 },
    ...changes,
  };
}

/** A parameter of the strategy. */
export function listOf(name: string, ...values: readonly unknown[]): Parameter {
  return { path: ['strategy', name], values: { kind: 'list', values }, label: `--param strategy.${name}` };
}

/** A sweep of parameters of the strategy. */
export function planOf(data: Data, parameters: readonly Parameter[], changes: Partial<SweepPlan> = {}): SweepPlan {
  return {
    config: parseConfig(data),
    configOf: async (values) => parseConfig(dataOf(data, parameters, values)),
    parameters,
    search: 'grid',
    metric: 'totalReturn',
    benchmark: 'config',
    ...changes,
  };
}

/** The config of a candidate, as one would write it. */
export function dataOf(data: Data, parameters: readonly Parameter[], values: readonly unknown[]): Data {
  const strategy = Object.fromEntries(parameters.map(({ path }, k) => [String(path[1]), values[k]]));
  return { ...data, strategy: { ...(data.strategy as Data), ...strategy } };
}

/** Candles of a random walk, one a day. */
export function candlesText(days: number): string {
  const stream = new RandomStream([11, 22, 33, 44]);
  const rows = ['time,open,high,low,close,volume'];
  let close = 100;
  for (let day = 0; day < days; day++) {
    const open = close;
    close = open * Math.exp(0.03 * stream.normal());
    const time = new Date(Date.UTC(2020, 0, 1 + day)).toISOString();
    rows.push([time, open, 1.001 * Math.max(open, close), 0.999 * Math.min(open, close), close, 1].join(','));
  }
  return `${rows.join('\n')}\n`;
}
