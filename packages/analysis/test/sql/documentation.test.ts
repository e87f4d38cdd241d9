import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunDatabase, TABLES } from '@ergodic/analysis';
import { readManifest } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder, newRun, removeFolders, rowsOf } from './run.ts';

const page = readFileSync(fileURLToPath(new URL('../../../../docs/tables.md', import.meta.url)), 'utf8');

/** A folder with a run at `runs/first`, as the page has it. */
let home: string;
let database: RunDatabase;

beforeAll(async () => {
  home = newFolder();
  const dir = await newRun({
    rewards: [{ use: 'log-return' }],
    randomize: { 'markets.BTC/USDT.volatility': { uniform: [0.3, 1.2] } },
  });
  mkdirSync(path.join(home, 'runs'));
  renameSync(dir, path.join(home, 'runs/first'));
  database = await RunDatabase.open(path.join(home, 'runs/first'));
});

afterAll(() => {
  database.close();
  removeFolders();
});

/** What is in the blocks of a language. */
function blocks(fence: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text!);
}

/** Column and type of each row under the heading of a table. */
function documented(table: string): string[][] {
  const section = page.split(`\n### ${table}: `)[1]!.split(/\n##/)[0]!;
  return [...section.matchAll(/^\| `([^`]+)` +\| (\w+) +\|/gm)].map(([, name, type]) => [name!, type!]);
}

test.each(TABLES)('the columns and types of %s are those that are stored', async (table) => {
  const { columns } = (await database.describe()).find(({ name }) => name === table)!;
  const general = columns.map(({ name, type }) => [
    name
      .replace(/_BTC\/USDT$/, '_<symbol>')
      .replace(/^reward_log-return$/, 'reward_<term>')
      .replace(/^draw_.*/, 'draw_<path>'),
    type === 'VARCHAR' ? 'TEXT' : type,
  ]);
  expect(documented(table)).toEqual(general);
});

describe('the queries of the page', () => {
  test.each(blocks('sql query'))('%s', async (sql) => {
    expect((await rowsOf(database, sql)).length).toBeGreaterThan(0);
  });

  test('the median of the fan is that of the final equity', async () => {
    const median = await rowsOf(database, blocks('sql query').find((sql) => sql.includes('fan'))!);
    const { layout } = readManifest(path.join(home, 'runs/first'));
    expect(median).toHaveLength(layout.fanSteps.length);
    const final = await rowsOf(database, 'select quantile_disc(finalEquity, 0.5) from episodes');
    // A bin is 0.25 % wide to each side.
    expect((median.at(-1)![1] as number) / (final[0]![0] as number)).toBeCloseTo(1, 2.3);
  });
});

/** Why a program's modules cannot be had here, or undefined. */
function missing(program: string, args: readonly string[]): string | undefined {
  const { error, status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return error === undefined && status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n').at(-1));
}

const python = missing('python3', ['-c', 'import duckdb, pandas, polars, pyarrow']);
if (python !== undefined) console.warn(`skipped, the Python of docs/tables.md is not run: ${python}`);
const r = missing('Rscript', ['-e', 'library(arrow); library(duckdb)']);
if (r !== undefined) console.warn(`skipped, the R of docs/tables.md is not run: ${r}`);

test.skipIf(python !== undefined)('the Python of the page reads all episodes', () => {
  for (const block of blocks('python')) {
    const check = /^episodes = /m.test(block)
      ? "\nrows = episodes.collect() if hasattr(episodes, 'collect') else episodes\nassert list(rows['episode']) == list(range(40))\n"
      : '';
    const { status, stderr } = spawnSync('python3', ['-c', block + check], { cwd: home, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }
});

test.skipIf(r !== undefined)('the R of the page reads all episodes', () => {
  for (const block of blocks('r').filter((text) => text.includes('library('))) {
    const check = block.includes('episodes <-')
      ? '\nstopifnot(identical(as.numeric(episodes$episode), as.numeric(0:39)))\n'
      : '';
    expect(spawnSync('Rscript', ['-e', block + check], { cwd: home, encoding: 'utf8' }).status).toBe(0);
  }
});
