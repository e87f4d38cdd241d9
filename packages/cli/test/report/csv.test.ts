import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvOf } from '../../src/report/files/csv.ts';

it('quotes what RFC 4180 wants quoted, ends lines with CR LF, and leaves empty what is not defined', () => {
  const table = {
    columns: ['a', 'b,c'],
    rows: [
      ['x "y"\r\nz', 1.5e-9],
      [null, Number.NaN],
      ['', -0.1],
    ],
  };
  const text = csvOf(table);
  expect(text).toBe('a,"b,c"\r\n"x ""y""\r\nz",1.5e-9\r\n,\r\n,-0.1\r\n');
  expect(parse(text, { record_delimiter: '\r\n' })).toEqual([
    ['a', 'b,c'],
    ['x "y"\r\nz', '1.5e-9'],
    ['', ''],
    ['', '-0.1'],
  ]);
});
