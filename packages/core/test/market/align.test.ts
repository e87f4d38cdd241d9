import { describe, expect, it } from 'vitest';
import type { MarketConfig } from '../../src/config/markets.ts';
import { alignCandles, checkJoint, marketStreamPath } from '../../src/market/align.ts';
import type { CandleSeries } from '../../src/market/handler.ts';

const DAY_MS = 86_400_000;

function joint(file: string, changes: object = {}): MarketConfig {
  return { process: 'bootstrap', file, blocks: 'stationary', blockLength: 5, joint: true, ...changes } as MarketConfig;
}

function replay(file: string, start: 'first' | 'random'): MarketConfig {
  return { process: 'replay', file, start };
}

/** Daily candles at the given days since 2020; close and volume tell day and symbol. */
function days(list: readonly number[], symbol = 0, volume = true): CandleSeries {
  const column = (offset: number) => Float64Array.from(list, (day) => 1000 * symbol + day + offset);
  return {
    intervalMs: DAY_MS,
    timeMs: Float64Array.from(list, (day) => Date.UTC(2020, 0, 1) + day * DAY_MS),
    open: column(0.1),
    high: column(0.3),
    low: column(0),
    close: column(0.2),
    volume: volume ? column(0.5) : new Float64Array(0),
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('alignCandles', () => {
  it('keeps the candles at times that all markets of a group have', () => {
    const markets = { A: joint('a.csv'), B: joint('b.csv'), C: joint('c.csv') };
    const candles = {
      A: days([...range(0, 20), ...range(23, 40)], 1),
      B: days([...range(5, 12), ...range(13, 50)], 2, false),
      C: days([...range(2, 38)], 3),
    };
    const shared = [...range(5, 12), ...range(13, 20), ...range(23, 38)];
    const aligned = alignCandles(markets, candles);
    expect(aligned).toEqual({ A: days(shared, 1), B: days(shared, 2, false), C: days(shared, 3) });
  });

  it('copies nothing where the shared candles lie together', () => {
    const candles = { A: days(range(0, 30), 1), B: days([...range(10, 12), ...range(15, 25)], 2) };
    const aligned = alignCandles({ A: joint('a.csv'), B: joint('b.csv') }, candles);
    expect(aligned.B!.close.buffer).toBe(candles.B.close.buffer);
    expect(aligned.A!.close.buffer).not.toBe(candles.A.close.buffer);
    expect(aligned).toEqual({ A: days([10, 11, ...range(15, 25)], 1), B: candles.B });
  });

  it('aligns replays that start at random apart from joint bootstraps, and nothing else', () => {
    const markets = {
      A: joint('a.csv'),
      B: joint('b.csv'),
      C: replay('c.csv', 'random'),
      D: replay('d.csv', 'random'),
      E: joint('e.csv', { joint: false }),
      F: replay('f.csv', 'first'),
    };
    const candles = {
      A: days(range(0, 10)),
      B: days(range(5, 15)),
      C: days(range(2, 8)),
      D: days(range(3, 9)),
      E: days(range(0, 3)),
      F: days(range(0, 4)),
    };
    const aligned = alignCandles(markets, candles);
    expect(aligned.A).toEqual(days(range(5, 10)));
    expect(aligned.C).toEqual(days(range(3, 8)));
    expect(aligned.E).toBe(candles.E);
    expect(aligned.F).toBe(candles.F);
  });

  it('leaves a market alone that has no partner, and files of several intervals for the grid to refuse', () => {
    const candles = { A: days(range(0, 10)), B: { ...days(range(0, 3)), intervalMs: 3_600_000 } };
    expect(alignCandles({ A: joint('a.csv'), B: joint('b.csv') }, candles)).toBe(candles);
    expect(alignCandles({ A: joint('a.csv'), B: joint('b.csv', { joint: false }) }, candles)).toBe(candles);
  });

  it('refuses files that share too few times, and says what each spans', () => {
    const markets = { A: joint('a.csv'), B: joint('b.csv') };
    const message =
      'markets.A.file: markets with joint: true need at least 2 times that all their files have (a.csv runs from 2020-01-01 to 2020-01-10, b.csv runs from 2020-01-10 to 2020-01-20), got 1; set joint: false where a file does not fit';
    expect(() => alignCandles(markets, { A: days(range(0, 10)), B: days(range(9, 20)) })).toThrow(message);
    expect(() => alignCandles(markets, { A: days(range(0, 10)), B: days([]) })).toThrow('b.csv is empty');
    const replays = { A: replay('a.csv', 'random'), B: replay('b.csv', 'random') };
    expect(() => alignCandles(replays, { A: days(range(0, 3)), B: days(range(3, 6)) })).toThrow(
      'markets.A.file: replays with start: random need at least a time that all their files have',
    );
    const hourly = (list: readonly number[]) => ({
      ...days(list),
      timeMs: days(list).timeMs.map((t) => t + 3_600_000),
    });
    expect(() => alignCandles(replays, { A: hourly(range(0, 3)), B: hourly(range(3, 6)) })).toThrow(
      'a.csv runs from 2020-01-01T01:00Z to 2020-01-03T01:00Z',
    );
  });
});

describe('checkJoint', () => {
  it('refuses joint markets whose blocks differ', () => {
    checkJoint({ A: joint('a.csv'), B: joint('b.csv'), C: joint('c.csv', { joint: false, blockLength: 9 }) });
    expect(() => checkJoint({ A: joint('a.csv'), B: joint('b.csv', { blockLength: 9 }) })).toThrow(
      'markets.B.blockLength: must be that of all markets with joint: true, which is 5 for A, got 9',
    );
    expect(() => checkJoint({ A: joint('a.csv'), B: joint('b.csv', { blocks: 'moving' }) })).toThrow(
      'markets.B.blocks: must be that of all markets with joint: true, which is stationary for A, got "moving"',
    );
  });
});

describe('marketStreamPath', () => {
  it('is one path for markets that draw together, which no symbol has, and else their own', () => {
    expect(marketStreamPath('A', joint('a.csv'))).toBe('joint/bootstrap');
    expect(marketStreamPath('A', replay('a.csv', 'random'))).toBe('joint/replay');
    expect(marketStreamPath('A', replay('a.csv', 'first'))).toBe('market/A');
    expect(marketStreamPath('joint/bootstrap', joint('a.csv', { joint: false }))).toBe('market/joint/bootstrap');
  });
});
