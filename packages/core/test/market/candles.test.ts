import { describe, expect, it } from 'vitest';
import { buildCandles, CandleError } from '../../src/market/candles.ts';
import type { RawCandle } from '../../src/market/raw-candle.ts';

const GOOD = { open: '10', high: '12', low: '9', close: '11', volume: '5' };

/** Candles on lines 2, 3, …, one a day from 2020-01-01, with some columns replaced. */
function days(...changes: Partial<RawCandle>[]): RawCandle[] {
  return changes.map((change, i) => ({
    line: i + 2,
    time: `2020-01-${String(i + 1).padStart(2, '0')}`,
    ...GOOD,
    ...change,
  }));
}

function errorOf(rows: RawCandle[], intervalMs?: number): CandleError {
  try {
    buildCandles(rows, { file: 'btc.csv', ...(intervalMs === undefined ? {} : { intervalMs }) });
  } catch (error) {
    if (error instanceof CandleError) return error;
    throw error;
  }
  throw new Error('expected a CandleError');
}

describe('buildCandles', () => {
  it('gives shared columns, the open times and the interval', () => {
    const { series, notices } = buildCandles(days({}, {}, { close: '1.15e1' }), { file: 'btc.csv' });
    expect(series.intervalMs).toBe(86_400_000);
    expect(Array.from(series.timeMs)).toEqual([1, 2, 3].map((day) => Date.UTC(2020, 0, day)));
    expect(Array.from(series.close)).toEqual([11, 11, 11.5]);
    for (const name of ['timeMs', 'open', 'high', 'low', 'close', 'volume'] as const) {
      expect(series[name].buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(series[name].length).toBe(3);
    }
    expect(notices).toEqual([]);
  });

  it('refuses an empty file', () => {
    expect(errorOf([]).message).toBe('btc.csv:1: must hold at least one candle, got 0');
  });

  it('needs to be told the interval of a single candle', () => {
    expect(errorOf(days({})).message).toBe(
      'btc.csv:2: one candle does not tell the interval: give more candles or an interval, got 1',
    );
    expect(buildCandles(days({}), { file: 'btc.csv', intervalMs: 60_000 }).series.intervalMs).toBe(60_000);
  });

  it('takes the most frequent difference for the interval and tells of gaps', () => {
    const rows = days({}, {}, {}, { time: '2020-01-05' }, { time: '2020-01-06' }, { time: '2020-01-09' });
    const { series, notices } = buildCandles(rows, { file: 'btc.csv' });
    expect(series.intervalMs).toBe(86_400_000);
    expect(notices).toEqual([
      { line: 5, rule: '1 candle is missing after 2020-01-03 on line 4', missing: 1 },
      { line: 7, rule: '2 candles are missing after 2020-01-06 on line 6', missing: 2 },
    ]);
  });

  it('takes the shorter of two differences that are as frequent', () => {
    const { series } = buildCandles(days({}, { time: '2020-01-03' }, { time: '2020-01-04' }), { file: 'btc.csv' });
    expect(series.intervalMs).toBe(86_400_000);
  });

  it('has no volumes when no line has one', () => {
    const { series } = buildCandles(days({ volume: undefined }, { volume: undefined }), { file: 'btc.csv' });
    expect(series.volume.length).toBe(0);
  });

  it.each<[string, Partial<RawCandle>, string]>([
    ['an unparsable price', { open: 'ten' }, 'open must be a number, got "ten"'],
    ['a hexadecimal price', { low: '0x9' }, 'low must be a number, got "0x9"'],
    ['NaN', { close: 'NaN' }, 'close must be a number, got "NaN"'],
    ['a price that overflows', { high: '1e999' }, 'high must be positive and finite, got Infinity'],
    ['a price of zero', { low: '0' }, 'low must be positive and finite, got 0'],
    ['a negative price', { low: '-9' }, 'low must be positive and finite, got -9'],
    ['a missing price', { close: ' ' }, 'close is missing, got ""'],
    ['a missing time', { time: '' }, 'time is missing, got ""'],
    ['a missing volume', { volume: '' }, 'volume is missing, got ""'],
    ['a line without the volume of the others', { volume: undefined }, 'volume is missing, got ""'],
    ['a negative volume', { volume: '-1' }, 'volume must be zero or more and finite, got -1'],
    ['an infinite volume', { volume: '1e999' }, 'volume must be zero or more and finite, got Infinity'],
    [
      'an unparsable time',
      { time: '2020-02-30' },
      'time must be an ISO date or date-time, epoch seconds or epoch milliseconds, got "2020-02-30"',
    ],
    [
      'a high below the close',
      { high: '10.5' },
      'high must be the highest of the four prices, got {"open":10,"high":10.5,"low":9,"close":11}',
    ],
    [
      'a low above the open',
      { low: '10.5' },
      'low must be the lowest of the four prices, got {"open":10,"high":12,"low":10.5,"close":11}',
    ],
    ['a repeated time', { time: '2020-01-02', close: '10' }, 'time must not repeat that of line 3, got "2020-01-02"'],
    [
      'thousands separators',
      { high: '1,200.5' },
      'high must be a number with a point for the decimals and nothing between thousands, got "1,200.5"',
    ],
    [
      'a decimal comma',
      { high: '12,5' },
      'high must be a number with a point for the decimals and nothing between thousands, got "12,5"',
    ],
    [
      'a time that goes back',
      { time: '2020-01-01' },
      'time must be later than 2020-01-02 on line 3: sort the file, oldest first, got "2020-01-01"',
    ],
    [
      'a candle that overlaps the one before',
      { time: '2020-01-02T12:00:00Z' },
      'time must be at least the interval of 1d after 2020-01-02 on line 3, got "2020-01-02T12:00:00Z"',
    ],
  ])('names file and line of %s', (_, change, expected) => {
    const error = errorOf(days({}, {}, change, {}, {}));
    expect(error).toMatchObject({ name: 'CandleError', code: 'CANDLES_INVALID', file: 'btc.csv', count: 1 });
    expect(error.problems[0]!.line).toBe(4);
    expect(error.message).toBe(`btc.csv:4: ${expected}`);
  });

  it('reports everything that is wrong, in the order of the file', () => {
    const error = errorOf(days({ open: 'x' }, { low: '20', volume: '-2' }, {}, { high: '' }));
    expect(error.problems.map(({ line, rule }) => `${line} ${rule}`)).toEqual([
      '2 open must be a number',
      '3 high must be the highest of the four prices',
      '3 low must be the lowest of the four prices',
      '3 volume must be zero or more and finite',
      '5 high is missing',
    ]);
  });

  it('reports the first 20 problems and counts the others', () => {
    const rows = Array.from({ length: 25 }, (_, i) => ({ ...days({})[0]!, line: i + 2, time: 'x' }));
    const error = errorOf(rows);
    expect(error.problems.length).toBe(20);
    expect(error.count).toBe(25);
    expect(error.message.split('\n').slice(19)).toEqual([expect.stringContaining('btc.csv:21: '), 'and 5 more']);
  });

  it('turns a file around that begins with its newest candle', () => {
    const rows = days({ close: '10' }, { close: '11' }, { close: '12' }).map((row, i) => ({
      ...row,
      time: `2020-01-0${3 - i}`,
    }));
    const { series, notices } = buildCandles(rows, { file: 'btc.csv' });
    expect(Array.from(series.timeMs)).toEqual([1, 2, 3].map((day) => Date.UTC(2020, 0, day)));
    expect(Array.from(series.close)).toEqual([12, 11, 10]);
    expect(notices).toEqual([
      { line: 2, rule: 'the newest candle comes first, so the order is turned around', missing: 0 },
    ]);
  });

  it('tells only the line that is out of order where the newest candle comes first', () => {
    const rows = days(
      { time: '2020-01-09' },
      { time: '2020-01-08' },
      { time: '2020-01-09T12:00:00Z' },
      { time: '2020-01-01' },
    );
    expect(errorOf(rows).problems).toEqual([
      {
        line: 3,
        rule: 'time must be later than 2020-01-09T12:00:00Z on line 4: sort the file, oldest first',
        received: '2020-01-08',
      },
    ]);
  });

  it('leaves out lines that repeat a neighbour word for word', () => {
    const same = { time: '2020-01-02' };
    const { series, notices } = buildCandles(days({}, {}, same, same, { time: '2020-01-03' }), { file: 'btc.csv' });
    expect(series.close.length).toBe(3);
    expect(notices).toEqual([
      { line: 4, rule: '2 lines repeat a neighbour and are left out, the first is line 4', missing: 0 },
    ]);
  });

  it('takes lines with a time and no prices for candles that are missing', () => {
    const none = { open: 'NaN', high: 'NaN', low: 'NaN', close: 'NaN', volume: 'NaN' };
    const { series, notices } = buildCandles(days({}, {}, none, {}, {}), { file: 'btc.csv' });
    expect(series.close.length).toBe(4);
    expect(notices).toEqual([
      { line: 4, rule: 'line 4 has no prices and is left out', missing: 0 },
      { line: 5, rule: '1 candle is missing after 2020-01-02 on line 3', missing: 1 },
    ]);
    expect(errorOf(days(none, none)).count).toBe(10);
  });
});
