import { jsonOf, RunDatabase, textOf } from '@ergodic/analysis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRun, removeFolders, rowsOf } from './run.ts';

let database: RunDatabase;

beforeAll(async () => {
  database = await RunDatabase.open(await newRun({ episodes: 1, steps: 10 }));
});

afterAll(() => {
  database.close();
  removeFolders();
});

test.each([
  // Expression, as text, as JSON.
  ['null', null, 'null'],
  ['true', 'true', 'true'],
  ['-7', '-7', '-7'],
  ['9007199254740993::bigint', '9007199254740993', '9007199254740993'],
  [
    '(-170141183460469231731687303715884105728)::hugeint',
    '-170141183460469231731687303715884105728',
    '-170141183460469231731687303715884105728',
  ],
  ['0.1::double', '0.1', '0.1'],
  ['1e300::double', '1e+300', '1e+300'],
  ["'nan'::double", 'nan', 'null'],
  ["'inf'::double", 'inf', 'null'],
  ["'-inf'::double", '-inf', 'null'],
  ['-0.50::decimal(10, 2)', '-0.50', '-0.50'],
  ['\'a "quote"\'', 'a "quote"', '"a \\"quote\\""'],
  ["''", '', '""'],
  ['make_timestamp_ms(1767225600123)', '2026-01-01 00:00:00.123', '"2026-01-01 00:00:00.123"'],
  ["'2026-01-01 00:00:00+02'::timestamptz", '2025-12-31 22:00:00+00', '"2025-12-31 22:00:00+00"'],
  ["date '2026-01-01'", '2026-01-01', '"2026-01-01"'],
  ["interval '1 day'", '1 day', '"1 day"'],
  ["[1, null, 'nan'::double]", '[1, NULL, NaN]', '[1,null,null]'],
  ["['a', 'b']::varchar[2]", "['a', 'b']", '["a","b"]'],
  ["{'x': 1, 'y': [true]}", "{'x': 1, 'y': [true]}", '{"x":1,"y":[true]}'],
  ["map {'k': 1.5::double}", "{'k': 1.5}", '{"k":1.5}'],
  ['map {1: null}', '{1: NULL}', '{"1":null}'],
  ["'a'::enum('a', 'b')", 'a', '"a"'],
  ["'\\x00\\xff'::blob", '\\x00\\xFF', '"\\\\x00\\\\xFF"'],
  ['union_value(n := 3)', '3', '3'],
] as const)('%s is written as %j and as JSON %j', async (expression, text, json) => {
  const [[value]] = (await rowsOf(database, `select ${expression}`)) as [[unknown]];
  expect(textOf(value)).toBe(text);
  expect(jsonOf(value)).toBe(json);
  expect(() => JSON.parse(jsonOf(value))).not.toThrow();
});
