import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunDatabase } from '@ergodic/analysis';
import { runEnsemble } from '@ergodic/workers';

const folders: string[] = [];

/** A new folder; `removeFolders` removes it. */
export function newFolder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'ergodic-sql-test-'));
  folders.push(dir);
  return dir;
}

export function removeFolders(): void {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** Runs a small ensemble and returns its directory. */
export async function newRun(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const dir = path.join(newFolder(), 'run');
  const config = {
    seed: 'sql',
    episodes: 40,
    steps: 60,
    markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.1, volatility: 0.8 } },
    strategy: { use: 'sma-cross', fast: 3, slow: 8 },
    execution: { fees: { taker: 0.001 } },
    rewards: [{ use: 'log-return' }, { use: 'drawdown' }],
    record: { episodes: 4 },
    ...changes,
  };
  await runEnsemble(config, { dir, workers: 1 });
  return dir;
}

/** Name and SHA-256 of every file under a folder: what is the same has not been written to. */
export function fingerprint(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(path.join(dir, name)).isFile());
  const hashOf = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(path.join(dir, name)))
      .digest('hex');
  return Object.fromEntries(files.map((name) => [name, hashOf(name)]));
}

/** All rows of a query. */
export async function rowsOf(database: RunDatabase, sql: string): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for await (const chunk of (await database.query(sql)).chunks()) rows.push(...(chunk.getRows() as unknown[][]));
  return rows;
}

/** The first value of a query on a run. */
export async function firstOf(dir: string, sql: string): Promise<unknown> {
  const database = await RunDatabase.open(dir);
  try {
    return (await rowsOf(database, sql))[0]![0];
  } finally {
    database.close();
  }
}
