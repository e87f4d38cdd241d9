import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, parseConfig } from '@ergodic/core';
import { afterAll } from 'vitest';

const folders: string[] = [];

/** A folder with these files; removed when the tests of the file are through. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'ergodic-nulltest-'));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

afterAll(() => {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const GBM = { process: 'gbm', price: 100, drift: 0.3, volatility: 0.6 };

/** A small config; each field can be replaced. */
export function configWith(changes: Readonly<Record<string, unknown>> = {}): Config {
  return parseConfig({
    seed: 'null',
    episodes: 40,
    steps: 60,
    markets: { A: GBM },
    strategy: { use: 'random' },
    ...changes,
  });
}

/** Daily candles whose closes are these, the open that of the day before; volume is the number of the day. */
export function candleFile(closes: readonly number[], { day = 0, volume = true } = {}): string {
  const rows = closes.map((close, i) => {
    const open = closes[Math.max(0, i - 1)]!;
    const time = new Date(Date.UTC(2024, 0, 1 + day + i)).toISOString();
    const prices = [open, 1.01 * Math.max(open, close), 0.99 * Math.min(open, close), close];
    return [time, ...prices, ...(volume ? [i + 1] : [])].join(',');
  });
  return `time,open,high,low,close${volume ? ',volume' : ''}\n${rows.join('\n')}\n`;
}

export function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
