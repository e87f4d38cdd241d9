import { describe, expect, it } from 'vitest';
import { parseTimeMs } from '../../src/market/time.ts';

const NINE_NOVEMBER = Date.UTC(2017, 10, 9);

describe('parseTimeMs', () => {
  it.each([
    ['2017-11-09', 0],
    ['2017-11-09T13:30:00Z', 48_600_000],
    ['2017-11-09 13:30:00', 48_600_000],
    ['2017-11-09T13:30', 48_600_000],
    ['2017-11-09t13:30:00.250z', 48_600_250],
    ['2017-11-09T13:30:00.2509999Z', 48_600_250],
    ['2017-11-09T13:30:00.5', 48_600_500],
    ['2017-11-09T15:30:00+02:00', 48_600_000],
    ['2017-11-09 15:30:00+0200', 48_600_000],
    ['2017-11-08T23:00:00-01:00', 0],
    ['1510185600', 0],
    ['1510185600.5', 500],
    ['1510185600000', 0],
  ])('reads %s as UTC', (text, afterMidnightMs) => {
    expect(parseTimeMs(text)).toBe(NINE_NOVEMBER + afterMidnightMs);
  });

  it.each([
    '',
    'yesterday',
    '2017-02-30',
    '2017-13-01',
    '2019-02-29T00:00:00Z',
    '2017-11-09T24:00:00Z',
    '2017-11-09T12:60:00Z',
    '2017-11-09T12:00:00+99:00',
    '09/11/2017',
    '2017-11-9',
    '-1',
    '0x10',
    '1510185600000000',
  ])('refuses %j', (text) => {
    expect(parseTimeMs(text)).toBeNaN();
  });

  it('takes 29 February of a leap year', () => {
    expect(parseTimeMs('2020-02-29')).toBe(Date.UTC(2020, 1, 29));
  });
});
