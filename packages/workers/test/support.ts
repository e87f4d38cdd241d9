import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database, quoteText, type Summary, type TableName, tableFiles } from '@ergodic/workers';
import { afterAll } from 'vitest';

const CLI = fileURLToPath(new URL('../../cli/bin/ergodic.js', import.meta.url));
const folders: string[] = [];

/** A folder with these files; removed when the tests of the file are through. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'ergodic-workers-'));
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

/** A small ensemble; each field can be replaced. */
export function configWith(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    seed: 'workers',
    episodes: 60,
    steps: 200,
    markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.1, volatility: 0.8 } },
    strategy: { use: 'sma-cross', fast: 3, slow: 8 },
    execution: { fees: { taker: 0.001, maker: 0.0002 }, slippage: { bps: 5 } },
    record: { episodes: 4 },
    ...changes,
  };
}

/** The text of a strategy file; `body` runs in `onMarket`, `episode` counts the episodes of its thread. */
export function strategyText(body: string, top = '', perEpisode = ''): string {
  return `${top}
export default {
  name: 'own',
  parameters: {},
  create() {
    ${perEpisode}
    return { onMarket(market, context) { ${body} } };
  },
};
`;
}

/**
 * The condition that picks episodes by their first increment, and nothing else that a strategy could see: about
 * one in \`oneIn\`. Price paths are the same in every run with the seed.
 */
export function chosen(oneIn: number): string {
  return `market.step === 3 && Math.floor(market.price * 1e6) % ${oneIn} === 0`;
}

export async function rowsOf(dir: string, table: TableName, select = '*', rest = ''): Promise<unknown[][]> {
  const database = await Database.open();
  try {
    const files = tableFiles(dir, table).map(quoteText).join(', ');
    return await database.rows(`SELECT ${select} FROM read_parquet([${files}], union_by_name = true) ${rest}`);
  } finally {
    database.close();
  }
}

/** How many episodes failed with each code. */
export async function failureCodes(dir: string): Promise<Record<string, number>> {
  const rows = await rowsOf(
    dir,
    'episodes',
    'failureCode, CAST(count(*) AS DOUBLE)',
    "WHERE endReason = 'failed' GROUP BY 1 ORDER BY 1",
  );
  return Object.fromEntries(rows as [string, number][]);
}

export function summaryOf(dir: string): Summary | undefined {
  return (JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')) as { summary?: Summary }).summary;
}

export interface CommandOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line; with `killAfterMs` it gets a SIGKILL then. */
export function ergodic(args: readonly string[], cwd: string, killAfterMs?: number): Promise<CommandOutcome> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return outcomeOf(child).finally(() => clearTimeout(timer));
}

/** What a process wrote, and how it ended. */
export function outcomeOf(child: ChildProcess): Promise<CommandOutcome> {
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Mounts a small file system there, for the tests of this file; false, and said aloud, where that cannot be. */
export function mountDisk(at: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at], { stdio: 'ignore' });
  } catch {
    console.warn('SKIPPED: no file system could be mounted, so no disk can be full; run as root');
    return false;
  }
  afterAll(() => {
    execFileSync('umount', [at]);
  });
  return true;
}
