import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TableName } from '@ergodic/workers';
import { expect, test } from 'vitest';
import type { SpoolContent } from '../../src/outputs/spool.ts';
import { readSpool } from '../../src/outputs/spool.ts';
import { readParts, tableFiles } from '../../src/store/parts.ts';
import { type CommandOutcome, configWith, outcomeOf, rowsOf } from '../support.ts';
import type { Skipped, TestInflux } from './servers.ts';

const CLI = fileURLToPath(new URL('../../../cli/bin/ergodic.js', import.meta.url));
export const TOKEN_NAME = 'ERGODIC_TEST_TOKEN';
export const MEASUREMENTS = ['episodes', 'equity', 'rewards', 'fills', 'rejects', 'streams'] as const;

/** Every step of every episode is sent: some 20,000 points. */
export function flood(outputs: unknown, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return configWith({ episodes: 40, steps: 250, record: { episodes: 40 }, outputs, ...changes });
}

/** `outputs` of a config that sends to a bucket; the token comes from the environment. */
export function influxOutput(url: string, influx: TestInflux, bucket: string, changes: object = {}) {
  return { influx: { url, org: influx.org, bucket, token: `\${${TOKEN_NAME}}`, ...changes } };
}

/** Tests that need a server; without one they are skipped with the reason. */
export function testsWith(influx: TestInflux | Skipped) {
  if ('skipped' in influx) console.warn(`SKIPPED against InfluxDB: ${influx.skipped}`);
  return (name: string, body: (influx: TestInflux) => Promise<void>): void =>
    test(name, async (context) => {
      if ('skipped' in influx) context.skip(influx.skipped);
      else await body(influx);
    });
}

export interface RunFile {
  readonly streamId: string;
  readonly config: { readonly record: { readonly episodes: number }; readonly episodes: number };
  readonly kept?: object;
  readonly status: string;
}

export function runFile(dir: string): RunFile {
  return JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')) as RunFile;
}

/** Points that a run should have in the server, by its own tables. */
export async function pointsOfTables(dir: string): Promise<Record<(typeof MEASUREMENTS)[number], number>> {
  const one = async (table: TableName, select: string, rest = ''): Promise<number> => {
    if (tableFiles(dir, table).length === 0) return 0;
    return Number((await rowsOf(dir, table, `CAST(${select} AS DOUBLE)`, rest))[0]![0]);
  };
  const { config, kept } = runFile(dir);
  const streamed = tableFiles(dir, 'equity').map((file) => `'${file.replaceAll("'", "''")}'`);
  const inside = `episode IN (SELECT episode FROM read_parquet([${streamed.join(', ')}], union_by_name = true))`;
  const rejects = streamed.length === 0 ? 0 : await one('episodes', 'coalesce(sum(rejects), 0)', `WHERE ${inside}`);
  return {
    episodes: await one('episodes', 'count(*)'),
    equity: await one('equity', 'count(*)'),
    rewards: await one('rewards', 'count(*)'),
    fills: await one('fills', 'count(*)'),
    rejects,
    streams: Math.min(config.record.episodes, config.episodes) + (kept === undefined ? 0 : 3),
  };
}

/** What the server has of a run. */
export async function pointsOfServer(
  influx: TestInflux,
  dir: string,
  bucket: string,
): Promise<Record<(typeof MEASUREMENTS)[number], number>> {
  const run = runFile(dir).streamId.replaceAll('\\', '/').replaceAll("'", "\\'");
  const counts = MEASUREMENTS.map(async (name) => [name, await influx.count(name, `"run" = '${run}'`, bucket)]);
  return Object.fromEntries(await Promise.all(counts));
}

/** Holds every point in the server against the tables of the run; gives how many there are. */
export async function expectWhole(influx: TestInflux, dir: string, bucket: string): Promise<number> {
  const expected = await pointsOfTables(dir);
  expect(await pointsOfServer(influx, dir, bucket)).toEqual(expected);
  return Object.values(expected).reduce((sum, count) => sum + count, 0);
}

/** The spool, also of a run under way: a file that is delivered between the listing and the reading is looked for anew. */
export function spoolOf(dir: string): SpoolContent {
  for (let attempt = 0; ; attempt++) {
    try {
      return readSpool(dir, 'influx', readParts(dir));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 20) throw error;
    }
  }
}

export function account(produced: number, acknowledged: number, spooled = 0, refused = 0) {
  return { produced, acknowledged, spooled, refused, missing: 0 };
}

/** Waits for something that a file or a server shows, not for a time. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`it took too long until ${what}`);
    await sleep(10);
  }
}

export interface Command {
  readonly done: Promise<CommandOutcome>;
  kill(): void;
}

/** The command line with a token in its environment. */
export function ergodicWith(token: string, args: readonly string[], cwd: string): Command {
  const env = { ...process.env, [TOKEN_NAME]: token };
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return { done: outcomeOf(child), kill: () => void child.kill('SIGKILL') };
}
