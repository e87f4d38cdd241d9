import { existsSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RunDatabase } from '@ergodic/analysis';
import { quoteText, tableFiles } from '@ergodic/workers';
import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fingerprint, firstOf, newFolder, newRun, removeFolders, rowsOf } from './run.ts';

let dir: string;
/** A folder outside of the run, with files that nobody may read and where nothing may appear. */
let outside: string;
/** A Parquet file of the run, which the database may open. */
let stored: string;
let before: Record<string, string>;
let database: RunDatabase;

beforeAll(async () => {
  dir = await newRun();
  outside = newFolder();
  writeFileSync(path.join(outside, 'secret.csv'), 'a,b\n1,2\n');
  writeFileSync(path.join(outside, 'secret.txt'), 'secret');
  writeFileSync(path.join(outside, 'secret.json'), '{"a":1}');
  symlinkSync(path.join(outside, 'secret.csv'), path.join(dir, 'link.csv'));
  stored = tableFiles(dir, 'episodes')[0]!;
  before = { ...fingerprint(dir), ...fingerprint(outside) };
});

beforeEach(async () => {
  database = await RunDatabase.open(dir);
});

/** After every attack: nothing was written, and the database still answers. */
afterEach(async () => {
  expect({ ...fingerprint(dir), ...fingerprint(outside) }).toEqual(before);
  expect(await rowsOf(database, 'select count(*) from episodes')).toEqual([[40n]]);
  database.close();
});

afterAll(removeFolders);

/** `$OUT` is the folder outside, `$RUN` that of the run, `$STORED` a file of the run that may be opened. */
function inPlace(sql: string): string {
  return sql.replaceAll('$OUT', outside).replaceAll('$RUN', dir).replaceAll('$STORED', stored);
}

async function refused(sql: string): Promise<void> {
  await expect(rowsOf(database, inPlace(sql)), sql).rejects.toMatchObject({ code: /SQL_(REFUSED|INVALID)/ });
}

describe('a query that would write is refused', () => {
  test.each([
    "COPY episodes TO '$OUT/x.csv'",
    "COPY (SELECT 1) TO '$OUT/x.parquet' (FORMAT parquet)",
    "COPY (SELECT 1) TO '$STORED' (FORMAT parquet)",
    "COPY (SELECT 1) TO '$STORED' (FORMAT csv, USE_TMP_FILE false)",
    "COPY episodes FROM '$STORED'",
    'COPY FROM DATABASE memory TO other',
    "EXPORT DATABASE '$OUT/export'",
    "IMPORT DATABASE '$OUT/export'",
    "PRAGMA import_database('$OUT/export')",
    "PRAGMA copy_database('a', 'b')",
    'CREATE TABLE t AS SELECT * FROM episodes',
    'CREATE TEMP TABLE t (a INTEGER)',
    'CREATE OR REPLACE VIEW episodes AS SELECT 1',
    'CREATE MACRO f(x) AS x',
    'CREATE SECRET s (TYPE s3)',
    'CREATE PERSISTENT SECRET s (TYPE http)',
    'CREATE SEQUENCE s',
    "CREATE TYPE t AS ENUM ('a')",
    'CREATE SCHEMA s',
    'INSERT INTO episodes VALUES (1)',
    'UPDATE episodes SET steps = 0',
    'DELETE FROM episodes',
    'TRUNCATE episodes',
    'MERGE INTO episodes USING fills ON true WHEN MATCHED THEN DELETE',
    'DROP VIEW episodes',
    'ALTER VIEW episodes RENAME TO e',
    "COMMENT ON VIEW episodes IS 'x'",
    "ATTACH '$OUT/x.db' AS x",
    "ATTACH ':memory:' AS x",
    'DETACH memory',
    'USE memory',
    'CHECKPOINT',
    'FORCE CHECKPOINT',
    'VACUUM',
    'ANALYZE',
    'BEGIN TRANSACTION',
    'COMMIT',
    "PREPARE p AS COPY (SELECT 1) TO '$OUT/x.csv'",
    'EXECUTE p',
    'DEALLOCATE p',
    'CALL pragma_version()',
    "CALL enable_logging(storage := 'file', storage_path := '$OUT/log')",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '$STORED'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '$OUT/x.csv'",
    "EXPLAIN COPY (SELECT 1) TO '$OUT/x.csv'",
    "EXPLAIN (ANALYZE, FORMAT json) COPY (SELECT 1) TO '$STORED'",
    "EXPLAIN ANALYZE EXPLAIN ANALYZE COPY (SELECT 1) TO '$STORED'",
    'EXPLAIN ANALYZE CREATE TABLE t (a INTEGER)',
    "SELECT 1; COPY (SELECT 1) TO '$OUT/x.csv'",
    "SELECT 1;; COPY (SELECT 1) TO '$OUT/x.csv'",
    "COPY (SELECT 1) TO '$OUT/x.csv'; SELECT 1",
    "/* SELECT */ COPY (SELECT 1) TO '$OUT/x.csv'",
    "-- SELECT 1\nCOPY (SELECT 1) TO '$OUT/x.csv'",
    "(COPY (SELECT 1) TO '$OUT/x.csv')",
    'WITH x AS (INSERT INTO episodes VALUES (1) RETURNING *) FROM x',
    "WITH x AS (COPY (SELECT 1) TO '$OUT/x.csv') FROM x",
    'SELECT 1 INTO t',
    "FROM (COPY (SELECT 1) TO '$OUT/x.csv')",
    "FROM query('COPY (SELECT 1) TO ''$OUT/x.csv''')",
    'PIVOT episodes ON endReason USING count(*)',
  ])('%s', refused);

  test.each([
    // A comment that ends elsewhere for DuckDB, which nests them, than for a regular expression.
    "/* /* */ EXPLAIN SELECT 1 -- */ */ EXPLAIN ANALYZE COPY (SELECT 1) TO '$STORED'",
    "EXPLAIN (FORMAT /* ) SELECT 1 -- */ json, ANALYZE) COPY (SELECT 1) TO '$STORED'",
    "EXPLAIN (ANALYZE ') SELECT 1 -- ') COPY (SELECT 1) TO '$STORED'",
    "EXPLAIN ANALYZE /* SELECT 1 -- */ COPY (SELECT 1) TO '$STORED'",
    "EXPLAIN ANALYZE\u00a0COPY (SELECT 1) TO '$STORED'",
    "SELECT 1 \u0000; COPY (SELECT 1) TO '$STORED'",
    "SELECT $$ ; $$ ; COPY (SELECT 1) TO '$STORED'",
  ])('hidden: %j', refused);
});

describe('a query that would read something else is refused', () => {
  test.each([
    "FROM read_csv('$OUT/secret.csv')",
    "FROM read_csv_auto('$OUT/secret.csv')",
    "FROM main.read_csv('$OUT/secret.csv')",
    "FROM system.main.read_csv('$OUT/secret.csv')",
    "FROM READ_TEXT('$OUT/secret.txt')",
    'FROM "read_text"(\'$OUT/secret.txt\')',
    "FROM read_text('$RUN/run.json')",
    "FROM read_blob('$OUT/*')",
    "FROM read_json('$OUT/secret.json')",
    "FROM read_json_objects('$OUT/secret.json')",
    "FROM read_ndjson_auto('$OUT/secret.json')",
    "FROM read_parquet('$OUT/secret.csv')",
    "FROM read_parquet('$STORED')",
    "FROM parquet_scan(['$STORED', '$OUT/secret.csv'])",
    "FROM parquet_metadata('$OUT/secret.csv')",
    "FROM parquet_schema('$STORED')",
    "FROM parquet_kv_metadata('$STORED')",
    "FROM read_duckdb('$OUT/x.db')",
    "FROM sniff_csv('$OUT/secret.csv')",
    "FROM glob('/etc/*')",
    "FROM glob('$RUN/parts/*/*')",
    "FROM '/etc/passwd'",
    "FROM '$OUT/secret.csv'",
    'FROM "$OUT/secret.csv"',
    "FROM 'secret.csv'",
    "FROM '$RUN/link.csv'",
    "FROM '$STORED/../../../link.csv'",
    "FROM '$STORED'",
    "FROM 'file://$OUT/secret.csv'",
    "FROM 'http://127.0.0.1:9/x.csv'",
    "FROM 's3://bucket/x.parquet'",
    "TABLE '$OUT/secret.csv'",
    "DESCRIBE '$OUT/secret.csv'",
    "DESCRIBE SELECT * FROM read_csv('$OUT/secret.csv')",
    "SUMMARIZE '$OUT/secret.csv'",
    "EXPLAIN FROM '$OUT/secret.csv'",
    "EXPLAIN ANALYZE FROM read_text('$OUT/secret.txt')",
    "SELECT EXISTS (FROM read_text('$OUT/secret.txt'))",
    "SELECT (SELECT content FROM read_text('$OUT/secret.txt'))",
    "FROM episodes ORDER BY (SELECT 1 FROM glob('/*'))",
    "SELECT 1 LIMIT (SELECT count(*) FROM glob('/*'))",
    "WITH x AS (FROM read_text('$OUT/secret.txt')) FROM episodes",
    "FROM episodes, LATERAL (FROM read_text('$OUT/secret.txt'))",
    "FROM episodes UNION ALL BY NAME FROM '$OUT/secret.csv'",
    "PIVOT '$OUT/secret.csv' ON a IN (1) USING sum(b)",
    "FROM query('FROM ''$OUT/secret.csv''')",
    "FROM query_table('$OUT/secret.csv')",
    "FROM query_table(['$OUT/secret.csv'])",
    "FROM json_execute_serialized_sql(json_serialize_sql('FROM glob(''/*'')'))",
    "PRAGMA json_execute_serialized_sql('{}')",
    "FROM histogram_values('$OUT/secret.csv', a)",
    "FROM summary('$OUT/secret.csv')",
    'FROM duckdb_secrets()',
    'FROM duckdb_settings()',
    "FROM which_secret('s3://x', 's3')",
    "SELECT getenv('HOME')",
    "FROM sql_auto_complete('SELECT')",
    'FROM arrow_scan(0, 0, 0)',
    "FROM seq_scan('episodes')",
    "FROM pragma_storage_info('episodes')",
  ])('%s', refused);

  test('the refusal says where, what is allowed, and what it got', async () => {
    const query = (sql: string): Promise<unknown> => rowsOf(database, sql);
    await expect(query("select *\nfrom episodes, read_text('/etc/passwd')")).rejects.toMatchObject({
      code: 'SQL_REFUSED',
      message: expect.stringMatching(
        /^line 2, column 16: a query takes rows from the tables episodes, .* got read_text\(\)/,
      ),
    });
    await expect(query("explain analyze select 'é' from '/etc/passwd'")).rejects.toThrow(
      "line 1, column 33: a query reads the tables of the run and no files, got '/etc/passwd'; its tables are episodes",
    );
    await expect(query("copy episodes to 'x'")).rejects.toThrow('it begins with SELECT, FROM, WITH, VALUES');
    await expect(query('pivot episodes on endReason using count(*)')).rejects.toThrow('PIVOT must list the values');
  });
});

describe('settings and extensions cannot be changed', () => {
  test.each([
    'INSTALL httpfs',
    'LOAD httpfs',
    "LOAD '$OUT/x.duckdb_extension'",
    'UPDATE EXTENSIONS',
    'SET threads = 4',
    "SET memory_limit = '100GB'",
    'SET enable_external_access = true',
    "SET allowed_paths = ['/etc/passwd']",
    "SET GLOBAL temp_directory = '$OUT'",
    'SET VARIABLE x = 1',
    'RESET enable_external_access',
    'PRAGMA threads = 4',
    'PRAGMA version',
    "PRAGMA enable_profiling = 'json'",
    "PRAGMA profiling_output = '$OUT/profile.json'",
    "FROM enable_logging('QueryLog', storage := 'file', storage_path := '$OUT/log')",
    "FROM enable_profiling(save_location := '$OUT/profile.json')",
    'FROM enable_peg_parser()',
    'FROM truncate_duckdb_logs()',
    'FROM checkpoint()',
  ])('%s', refused);
});

test('attacks stay refused wherever a query can hold another', async () => {
  const holders = [
    'SELECT * FROM (?)',
    'WITH x AS (?) SELECT * FROM x',
    'WITH x AS MATERIALIZED (?) SELECT 1',
    'WITH RECURSIVE x AS (SELECT 1 UNION ALL (?)) SELECT 1',
    'SELECT EXISTS (?)',
    'SELECT 1 WHERE 1 IN (?)',
    'SELECT ARRAY(?)',
    'SELECT CASE WHEN false THEN (?) END',
    '(?) UNION ALL SELECT 1',
    'SELECT 1 EXCEPT (?)',
    'SELECT count(*) FROM episodes JOIN (?) ON true',
    'SELECT * FROM episodes, LATERAL (?)',
    'SELECT list_transform([1], lambda x : (?))',
    'SELECT sum(1) OVER (ORDER BY (?))',
    'SELECT 1 ORDER BY (?)',
    'SELECT 1 LIMIT (?)',
    'SELECT * FROM episodes QUALIFY (?)',
    'VALUES ((?))',
    'DESCRIBE ?',
    'SUMMARIZE ?',
    'EXPLAIN ?',
    'EXPLAIN ANALYZE ?',
  ];
  const attacks = ["SELECT 1 FROM read_text('$OUT/secret.txt')", "FROM '$OUT/secret.csv'", "FROM glob('/*')"];
  const property = asyncProperty(
    constantFrom(...attacks),
    array(constantFrom(...holders), { maxLength: 4 }),
    (attack, around) => refused(around.reduce((sql, holder) => holder.replace('?', () => sql), attack)),
  );
  await assert(property, { numRuns: 150, seed: 7 });
});

test('a soup of SQL writes nothing, whatever becomes of it', async () => {
  const words = (
    "SELECT FROM episodes fills ( ) , ; * 1 'x' WITH a AS EXPLAIN ANALYZE COPY TO CREATE TABLE INSERT INTO VALUES /* */ -- " +
    '\' " $$ DESCRIBE SET PRAGMA CALL FORMAT json UNION ALL ORDER BY LIMIT'
  ).split(' ');
  const property = asyncProperty(
    array(constantFrom(...words, '\n', `'${outside}/x.csv'`, quoteText(stored)), { minLength: 1, maxLength: 14 }),
    integer({ min: 0, max: 3 }),
    async (soup, space) => {
      await rowsOf(database, soup.join(' '.repeat(space) || '\n')).catch(() => {});
      expect(existsSync(path.join(outside, 'x.csv'))).toBe(false);
    },
  );
  await assert(property, { numRuns: 400, seed: 11 });
});

test('beneath the parser, DuckDB itself opens the tables of the run and nothing else', async () => {
  // What a query could do that the parser's check let through: the connection is taken from under it.
  const { connection } = (database as unknown as { database: { connection: { run(sql: string): Promise<unknown> } } })
    .database;
  for (const sql of [
    "FROM read_text('$OUT/secret.txt')",
    "FROM read_csv('$RUN/link.csv')",
    "FROM read_text('$RUN/run.json')",
    "FROM read_text('$STORED/../../../run.json')",
    "FROM glob('$OUT/*')",
    "COPY (SELECT 1) TO '$OUT/x.csv'",
    "ATTACH '$OUT/x.db'",
    "EXPORT DATABASE '$OUT/export'",
    'SET enable_external_access = true',
    'SET threads = 2',
    'INSTALL httpfs',
    'LOAD httpfs',
  ]) {
    await expect(connection.run(inPlace(sql)), sql).rejects.toThrow(/Permission Error|configuration has been locked/);
  }
});

test('a table that is a link to a file outside is refused', async () => {
  const linked = await newRun();
  const file = tableFiles(linked, 'episodes')[0]!;
  const elsewhere = path.join(newFolder(), 'episodes.parquet');
  renameSync(file, elsewhere);
  symlinkSync(elsewhere, file);
  await expect(RunDatabase.open(linked)).rejects.toMatchObject({
    code: 'RUN_DAMAGED',
    message: expect.stringContaining(`must lie in its directory, this is a link to ${elsewhere}`),
  });
});

test('a run that is itself reached through a link is open', async () => {
  const link = path.join(newFolder(), 'link');
  symlinkSync(dir, link);
  expect(await firstOf(link, 'select count(*) from episodes')).toBe(40n);
});

test('the file of writeParquet is the only one that is written, and a query cannot write it', async () => {
  const target = path.join(newFolder(), 'result.parquet');
  const writer = await RunDatabase.open(dir, target);
  try {
    await expect(rowsOf(writer, `COPY (SELECT 1) TO ${quoteText(target)}`)).rejects.toThrow('a query must read');
    const breakout = `SELECT 1) TO '${outside}/x.csv' (FORMAT csv); --`;
    await expect(writer.writeParquet(breakout)).rejects.toMatchObject({ code: 'SQL_INVALID' });
    await expect(writer.writeParquet(`COPY episodes TO '${outside}/x.csv'`)).rejects.toThrow('a query must read');
    expect(existsSync(target)).toBe(false);
    await writer.writeParquet('SELECT episode FROM episodes -- and a comment');
    expect(readdirSync(path.dirname(target))).toEqual(['result.parquet']);
  } finally {
    writer.close();
  }
});
