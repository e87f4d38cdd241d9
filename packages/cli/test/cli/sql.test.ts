import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database } from '@ergodic/workers';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CONFIG, ergodic, folderWith, MAIN, type Outcome, removeFolders, start } from './ergodic.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let home: string;

beforeAll(async () => {
  home = folderWith({ 'ergodic.yaml': CONFIG });
  const { code } = await ergodic(home, 'run', '--json', '--out', 'runs/first', '--workers', '1');
  expect(code).toBe(0);
});

afterAll(removeFolders);

const sql = (...args: readonly string[]): Promise<Outcome> => ergodic(home, 'sql', 'first', ...args);

describe('the table for a terminal', () => {
  test('has a header, numbers at the right, and a dash for null', async () => {
    const query =
      "select 'a' as name, 1.23456789123::double as x, 10::bigint as n union all select null, -2, null order by x";
    const { code, stdout, stderr } = await sql(query);
    expect(stdout).toBe('name          x   n\n–            -2   –\na     1.2345679  10\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('shows 40 rows and says of how many', async () => {
    const { stdout, stderr } = await sql('from range(12345)');
    expect(stdout.trim().split('\n')).toHaveLength(41);
    expect(stderr).toBe('showing 40 of 12,345 rows; LIMIT and OFFSET choose others, --format csv prints all\n');
    const endless = await sql('from range(1000000000000)');
    expect(endless.code).toBe(0);
    expect(endless.stderr).toContain('showing 40 of more than 1,000,000 rows');
  });

  test('is no wider than 100 columns, and says what it left out', async () => {
    const { stdout, stderr } = await sql('from episodes');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stderr).toMatch(/^showing \d+ of \d+ columns; name those that you want, or add --format csv$/m);
  });

  test('stands upright where a single row is wider', async () => {
    const { stdout, stderr } = await sql('from episodes order by episode limit 1');
    expect(stdout).toMatch(/^episode +0\nendReason +completed\nfailureCode +–\nsteps +100\n/);
    expect(stderr).toBe('');
  });

  test('moves no cursor', async () => {
    const { stdout } = await sql("select 'red' || chr(27) || '[31m' || chr(10) as \"a\tb\"");
    expect(stdout).toBe('a\\tb\nred\\u001b[31m\\n\n');
  });

  test('prints a plan as it is drawn', async () => {
    const { stdout } = await sql('explain select count(*) from episodes');
    expect(stdout).toMatch(/^┌─+┐\n/);
  });
});

describe('the other formats have every row and all digits', () => {
  const QUERY = `select * from (values
    (1::bigint, 0.1::double, 'a,"b"', make_timestamp_ms(1767225600123), [1, 2], null::integer),
    (9007199254740993, 'nan', '', null, null, 7),
    (-1, 'inf', E'two\\nlines | \\\\', null, [], 8)) as t(n, x, text, moment, list, empty)`;

  test('csv: null is nothing, an empty text is quoted', async () => {
    const { stdout } = await sql(QUERY, '--format', 'csv');
    expect(stdout).toBe(
      'n,x,text,moment,list,empty\n1,0.1,"a,""b""",2026-01-01 00:00:00.123,"[1, 2]",\n' +
        '9007199254740993,nan,"",,,7\n-1,inf,"two\nlines | \\",,[],8\n',
    );
    expect(parse(stdout)).toHaveLength(4);
  });

  test('ndjson: an object a row', async () => {
    const { stdout } = await sql(QUERY, '--format', 'ndjson');
    const [first, second, third] = stdout.trim().split('\n');
    expect(JSON.parse(first!)).toEqual({
      n: 1,
      x: 0.1,
      text: 'a,"b"',
      moment: '2026-01-01 00:00:00.123',
      list: [1, 2],
      empty: null,
    });
    expect(second).toBe('{"n":9007199254740993,"x":null,"text":"","moment":null,"list":null,"empty":7}');
    expect(JSON.parse(third!)).toMatchObject({ x: null, text: 'two\nlines | \\', list: [] });
  });

  test('--json: one document with columns and rows', async () => {
    const { stdout, stderr } = await sql(QUERY, '--json');
    const { columns, rows } = JSON.parse(stdout);
    expect(columns).toEqual([
      { name: 'n', type: 'BIGINT' },
      { name: 'x', type: 'DOUBLE' },
      { name: 'text', type: 'VARCHAR' },
      { name: 'moment', type: 'TIMESTAMP' },
      { name: 'list', type: 'INTEGER[]' },
      { name: 'empty', type: 'INTEGER' },
    ]);
    expect(rows).toHaveLength(3);
    expect(stderr).toBe('');
    expect((await sql(QUERY, '--format', 'json')).stdout).toBe(stdout);
    expect(JSON.parse((await sql('select 1 as x where false', '--json')).stdout)).toEqual({
      columns: [{ name: 'x', type: 'INTEGER' }],
      rows: [],
    });
  });

  test('--json prints nothing of a result that breaks off', async () => {
    const query = "select case when range = 50000 then error('late') end from range(100000)";
    const { code, stdout, stderr } = await sql(query, '--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('late');
  });

  test('markdown', async () => {
    const { stdout } = await sql(QUERY, '--format', 'markdown');
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      '| n | x | text | moment | list | empty |',
      '| ---: | ---: | --- | --- | --- | ---: |',
    ]);
    expect(stdout).toContain('| -1 | inf | two<br>lines \\| \\\\ |  | [] | 8 |\n');
  });

  test('as many rows as there are', async () => {
    const { stdout } = await sql('from range(100000)', '--format', 'csv');
    expect(stdout.trim().split('\n')).toHaveLength(100_001);
  });

  test('a reader that goes away ends it', () => {
    const command = `"${process.execPath}" "${MAIN}" sql first "from range(1000000000000)" --format csv | head -n 2`;
    expect(execFileSync('bash', ['-o', 'pipefail', '-c', command], { cwd: home, encoding: 'utf8' })).toBe('range\n0\n');
  });
});

describe('--out', () => {
  test('writes csv, ndjson and parquet by the name of the file', async () => {
    const query = 'select episode, totalReturn from episodes order by totalReturn desc';
    for (const [name, start] of [
      ['r.csv', 'episode,totalReturn\n'],
      ['r.ndjson', '{"episode":'],
      ['r.parquet', 'PAR1'],
    ] as const) {
      const { code, stdout, stderr } = await sql(query, '--out', name);
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `wrote ${name}\n` });
      expect(readFileSync(path.join(home, name), 'latin1').startsWith(start)).toBe(true);
    }
    const database = await Database.open();
    const rows = await database.rows(`FROM '${path.join(home, 'r.parquet')}'`);
    database.close();
    const lines = readFileSync(path.join(home, 'r.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows.map((row) => row.join(','))).toEqual(lines);
  });

  test('overwrites nothing, and leaves nothing of a query that fails', async () => {
    writeFileSync(path.join(home, 'there.csv'), 'mine');
    const refused = await sql('from episodes', '--out', 'there.csv');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('there.csv: exists and is not overwritten');
    expect(readFileSync(path.join(home, 'there.csv'), 'utf8')).toBe('mine');
    for (const name of ['late.csv', 'late.parquet']) {
      expect(
        (await sql("select case when range = 9999 then error('late') end from range(10000)", '--out', name)).code,
      ).toBe(2);
    }
    expect(readdirSync(home).filter((name) => /late|tmp/.test(name))).toEqual([]);
  });
});

test('a query comes from standard input for -', () => {
  const args = [MAIN, 'sql', 'first', '-', '--format', 'csv'];
  const stdout = execFileSync(process.execPath, args, {
    cwd: home,
    input: 'select count(*) as n\nfrom episodes;\n',
    encoding: 'utf8',
  });
  expect(stdout).toBe('n\n40\n');
});

test('without a query the tables and their columns are printed', async () => {
  const { code, stdout } = await sql();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^episodes {2}40 rows\n {2}episode +bigint\n {2}endReason +varchar\n/);
  for (const name of ['rewards', 'fills', 'equity', 'fan'])
    expect(stdout).toMatch(new RegExp(`^${name}  [\\d,]+ rows?$`, 'm'));
  const { tables } = JSON.parse((await sql('--json')).stdout);
  expect(tables[4]).toMatchObject({
    name: 'fan',
    columns: [{ name: 'point', type: 'BIGINT' }, { name: 'bin' }, { name: 'count' }],
  });
});

describe('exit code 2, and standard output stays empty', () => {
  test.each([
    [
      ['select totalReturns from episodes'],
      /Candidate bindings: "totalReturn".*\n\nLINE 1: .*\n +\^\nergodic sql runs\/first prints the tables/,
    ],
    [["copy episodes to 'x.csv'"], 'a query must read: it begins with'],
    [["from '/etc/passwd'"], "reads the tables of the run and no files, got '/etc/passwd'"],
    [["from read_text('run.json')"], 'got read_text(), which is none of them'],
    [['select 1', '--format', 'parquet'], 'add --out FILE'],
    [['select 1', '--json', '--format', 'csv'], 'leave out --format'],
    [['select 1', '--json', '--out', 'x.csv'], 'leave out --out'],
    [['select 1', '--out', 'x.txt'], '--out writes csv, ndjson, parquet, got txt'],
    [['select 1', '--out', 'x'], 'got no format'],
    [['select 1', '--out', 'x.csv', '--format', 'markdown'], 'got markdown'],
    [['explain select 1', '--out', 'x.parquet'], 'an EXPLAIN has no rows to write'],
    [['--format', 'csv'], 'needs a query'],
    [['select', '1'], 'too many arguments'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await sql(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(readdirSync(home).filter((name) => name.startsWith('x'))).toEqual([]);
  });

  test('there is no such run', async () => {
    const { code, stderr } = await ergodic(home, 'sql', 'firt', 'select 1');
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean first?');
  });
});

test('a run that is not completed is read as far as it is stored, with a notice', async () => {
  const dir = folderWith({ 'ergodic.yaml': CONFIG });
  await ergodic(dir, 'run', '--out', 'half', '--workers', '1');
  const manifest = path.join(dir, 'half/run.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"status": "completed"', '"status": "interrupted"'));
  const { code, stdout, stderr } = await ergodic(
    dir,
    'sql',
    'half',
    'select count(*) as n from episodes',
    '--format',
    'csv',
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'n\n40\n' });
  expect(stderr).toContain('half is not completed: this is what is stored so far');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a long query with %d and removes its files', async (signal, expected) => {
  const temporary = (): string[] => readdirSync(tmpdir()).filter((name) => /^ergodic-sql-\w{6}$/.test(name));
  const before = temporary();
  const { child, outcome } = start(home, 'sql', 'first', 'from range(1000000000000)', '--out', `${signal}.csv`);
  // The first rows are in the file: the query is under way.
  await vi.waitFor(() => expect(readdirSync(home).some((name) => name.startsWith(`${signal}.csv`))).toBe(true), {
    timeout: 20_000,
  });
  child.kill(signal);
  const { code, stderr } = await outcome;
  expect(code).toBe(expected);
  expect(stderr).toContain('interrupted');
  expect(readdirSync(home).filter((name) => name.startsWith(signal))).toEqual([]);
  expect(temporary().filter((name) => !before.includes(name))).toEqual([]);
});
