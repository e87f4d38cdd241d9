import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunDatabase, TABLES } from '@ergodic/analysis';
import { Database, quoteName, quoteText, readManifest, tableColumns, tableFiles } from '@ergodic/workers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstOf, newFolder, newRun, removeFolders, rowsOf } from './run.ts';

let dir: string;
let database: RunDatabase;

beforeAll(async () => {
  dir = await newRun();
  database = await RunDatabase.open(dir);
});

afterAll(() => {
  database.close();
  removeFolders();
});

describe('the tables', () => {
  test('have the columns and types of the run, and all its rows', async () => {
    const { layout } = readManifest(dir);
    const tables = await database.describe();
    expect(tables.map(({ name }) => name)).toEqual([...TABLES]);
    for (const { name, rows, columns } of tables) {
      expect(columns.map((column) => column.name)).toEqual(tableColumns(layout, name).map((column) => column.name));
      expect(new Set(columns.map(({ type }) => type))).toEqual(
        new Set(
          name === 'fan'
            ? ['BIGINT']
            : name === 'episodes' || name === 'fills'
              ? ['BIGINT', 'VARCHAR', 'DOUBLE']
              : ['BIGINT', 'DOUBLE'],
        ),
      );
      const direct = await Database.open();
      const files = tableFiles(dir, name).map(quoteText).join(', ');
      const [[expected]] = (await direct.rows(`SELECT count(*) FROM read_parquet([${files}])`)) as [[bigint]];
      direct.close();
      expect(rows).toBe(Number(expected));
      expect(rows).toBeGreaterThan(0);
    }
  });

  test('that nothing was stored of are empty, with the same columns and types', async () => {
    const empty = await newRun({
      episodes: 2,
      record: { episodes: 0 },
      strategy: { use: 'sma-cross', fast: 3, slow: 500 },
    });
    const opened = await RunDatabase.open(empty);
    const filled = await database.describe();
    const tables = await opened.describe();
    opened.close();
    expect(tables.find(({ name }) => name === 'fills')!.rows).toBe(0);
    expect(tables.map(({ columns }) => columns)).toEqual(filled.map(({ columns }) => columns));
  });

  test('of a run from before fills had spread and impact have the columns that were stored', async () => {
    const old = await newRun({ episodes: 5 });
    const direct = await Database.open();
    for (const file of tableFiles(old, 'fills')) {
      await direct.rows(`CREATE OR REPLACE TABLE old AS SELECT * EXCLUDE (spread, impact) FROM ${quoteText(file)}`);
      await direct.rows(`COPY old TO ${quoteText(file)} (FORMAT parquet)`);
    }
    direct.close();
    const opened = await RunDatabase.open(old);
    const fills = (await opened.describe()).find(({ name }) => name === 'fills')!;
    opened.close();
    expect(fills.rows).toBeGreaterThan(0);
    expect(fills.columns.map(({ name }) => name).join(' ')).toBe(
      'episode step timeMs symbol orderId orderSide filledQty price commission slippage liquidity',
    );
  });

  test('hold what is committed and not what is being written', async () => {
    const running = await newRun({ episodes: 5 });
    mkdirSync(path.join(running, 'parts/000009.tmp'));
    writeFileSync(path.join(running, 'parts/000009.tmp/episodes.parquet'), 'half a file');
    expect(await firstOf(running, 'select count(*) from episodes')).toBe(5n);
  });
});

describe('queries that read', () => {
  test.each([
    ['select count(*) from episodes', [[40n]]],
    ['  SELECT 1 ;  ', [[1]]],
    ['(select 1)', [[1]]],
    ['from range(3)', [[0n], [1n], [2n]]],
    ['values (1), (2)', [[1], [2]]],
    ['with "my.table" as (values (7)) from "my.table"', [[7]]],
    ['with recursive n as (select 1 as i union all select i + 1 from n where i < 3) select sum(i)::int from n', [[6]]],
    ['select count(distinct endReason) from episodes', [[1n]]],
    ["select count(*) from (pivot fills on orderSide in ('buy', 'sell') using count(*) group by symbol)", [[1n]]],
    ['select count(*) > 0 from rewards asof join equity using (episode, step)', [[true]]],
    ['select count(*) > 0 from fills join episodes using (episode)', [[true]]],
    ['select unnest([1, 2])', [[1], [2]]],
    ['select list_transform([1], lambda x : x + 1), make_timestamp_ms(0)::text', undefined],
    [
      'select max(totalReturn) = (select totalReturn from episodes order by totalReturn desc limit 1) from episodes',
      [[true]],
    ],
    ["select count(*) from information_schema.tables where table_name = 'fan'", [[1n]]],
    ['select count(*) from (describe episodes)', undefined],
    ['summarize fan', undefined],
    ['show tables', [['episodes'], ['equity'], ['fan'], ['fills'], ['rewards']]],
  ] as const)('%s', async (sql, expected) => {
    const rows = await rowsOf(database, sql);
    expect(rows.length).toBeGreaterThan(0);
    if (expected !== undefined) expect(rows).toEqual(expected);
  });

  test.each([
    'explain from episodes',
    'EXPLAIN ANALYZE select sum(steps) from episodes',
    'explain (format json) values (1)',
  ])('%s is a plan', async (sql) => {
    const result = await database.query(sql);
    expect(result.isPlan).toBe(true);
    for await (const chunk of result.chunks())
      expect(String(chunk.getRows()[0]!.at(-1))).toMatch(/EPISODES|PARQUET|VALUES|COLUMN_DATA|EXPRESSION/i);
  });

  test('rows come in the order that the query says', async () => {
    const rows = await rowsOf(database, 'select totalReturn from episodes order by totalReturn desc');
    const values = rows.map(([value]) => value as number);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values).toHaveLength(40);
  });

  test('columns of the same name are told apart', async () => {
    const { columns } = await database.query('select 1 as x, 2 as x');
    expect(columns.map(({ name }) => name)).toEqual(['x', 'x:1']);
  });

  test('times are UTC wherever the machine is', async () => {
    expect(await rowsOf(database, "select current_setting('TimeZone')")).toEqual([['UTC']]);
  });

  test('a sort larger than the memory goes to a temporary folder that is removed', async () => {
    const spilled = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('ergodic-sql-') && !name.startsWith('ergodic-sql-test-'));
    const before = spilled();
    // 6 million texts of 50 bytes: more than 256 MB.
    const text = "hash(range)::varchar || repeat('a', 30)";
    const sorted = `select max(t) from (select ${text} as t from range(6000000) order by t offset 5999999)`;
    expect(await firstOf(dir, sorted)).toMatch(/^9\d+a{30}$/);
    expect(spilled()).toEqual(before);
  });
});

describe('queries that cannot be run', () => {
  test.each([
    ['', 'there must be one query, got none'],
    [' -- nothing', 'there must be one query, got none'],
    ['select 1; select 2', 'there must be one query, got 2'],
    ['selec 1', /^Parser Error: syntax error at or near "selec"\n\nLINE 1: selec 1\n {8}\^$/],
    [
      'select\n  totalReturns from episodes',
      /Referenced column "totalReturns" not found.*\n.*"totalReturn".*\n\nLINE 2: {3}totalReturns/,
    ],
    ['from episode', /Table with name episode does not exist!\nDid you mean "episodes/],
    ['select $1', 'a query has no parameters'],
    ['select endReason::int from episodes', 'Conversion Error'],
    ["select string_agg(range::varchar, '') from range(100000000)", 'the query needs more than the 256 MB it may have'],
  ])('%j says so', async (sql, message) => {
    const outcome = expect(rowsOf(database, sql)).rejects;
    await outcome.toMatchObject({ name: 'SqlError', code: 'SQL_INVALID' });
    await expect(rowsOf(database, sql)).rejects.toThrow(message);
  });

  test('a query that is interrupted ends', async () => {
    const other = await RunDatabase.open(dir);
    const endless = rowsOf(other, 'select sum(a.range * b.range) from range(10000000) a, range(10000000) b');
    const outcome = expect(endless).rejects.toMatchObject({ code: 'SQL_INTERRUPTED' });
    // It is on its way, on a thread of DuckDB's, once the event loop has turned.
    await new Promise((resolve) => setImmediate(resolve));
    other.interrupt();
    await outcome;
    await expect(rowsOf(other, 'select 1')).rejects.toMatchObject({ code: 'SQL_INTERRUPTED' });
    other.close();
  });
});

test('writeParquet keeps order, types and names that differ in case only', async () => {
  const target = path.join(newFolder(), 'result.parquet');
  const writer = await RunDatabase.open(dir, target);
  await writer.writeParquet(
    "select 2 - range as n, [1.5, null] as list, 'nan'::double as nan, null as nothing from range(3) -- end",
  );
  writer.close();
  const reader = await Database.open();
  const rows = await reader.rows(
    `SELECT ${['n', 'list', 'nan', 'nothing'].map(quoteName).join(', ')} FROM ${quoteText(target)}`,
  );
  reader.close();
  expect(rows.map(([n]) => n)).toEqual([2n, 1n, 0n]);
  expect(rows[0]!.slice(1).map(String)).toEqual(['[1.5, NULL]', 'NaN', 'null']);
});

test.each(['describe episodes', 'summarize fan', 'show tables', 'from fills;', 'table fan'])(
  'writeParquet takes %s',
  async (sql) => {
    const target = path.join(newFolder(), 'result.parquet');
    const writer = await RunDatabase.open(dir, target);
    await writer.writeParquet(sql);
    writer.close();
    expect(existsSync(target)).toBe(true);
  },
);
