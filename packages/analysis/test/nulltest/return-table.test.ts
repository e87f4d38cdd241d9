import { join } from 'node:path';
import { readCandleFile } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { shuffledRows, tableRows, withoutMean, writeTable } from '../../src/nulltest/return-table.ts';
import type { MarketRows } from '../../src/nulltest/rows.ts';
import { folderWith, meanOf } from './support.ts';

const HOUR_MS = 3_600_000;

function rowsOf(returns: readonly number[], volumes: readonly number[] | null = null): MarketRows {
  const columns = { returns: Float64Array.from(returns), changes: Float64Array.from(returns) };
  return { symbol: 'A', ...columns, volumes: volumes === null ? null : Float64Array.from(volumes) };
}

describe('tableRows', () => {
  it('is as many as balance highs and lows, or all', () => {
    expect(tableRows([[rowsOf([0.01, -0.01])]], HOUR_MS)).toBe(50_000);
    expect(tableRows([[rowsOf(Array(60_000).fill(0.01))]], HOUR_MS)).toBe(60_000);
  });

  it('is fewer where prices would fall below every double, or years above every date', () => {
    // −½·ln(1.5·0.5) = 0.1438 a row: 4,171 rows come to exp(−600).
    expect(tableRows([[rowsOf([0.01])], [rowsOf([0.5, -0.5])]], HOUR_MS)).toBe(4_171);
    expect(tableRows([[rowsOf([0.01])]], 365 * 24 * HOUR_MS)).toBe(5_000);
  });
});

describe('shuffledRows', () => {
  it('has each row equally often, or once more', () => {
    const counts = [0, 0, 0];
    for (const row of shuffledRows(1_000, 3, 'a')) counts[row]!++;
    expect(counts).toEqual([334, 333, 333]);
  });

  it('is the order of a seed', () => {
    const [a, again, b] = ['a', 'a', 'b'].map((seed) => [...shuffledRows(50, 50, seed)]);
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    expect(b!.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});

describe('withoutMean', () => {
  it('leaves a mean of zero and no return of −1 or less', () => {
    const returns = withoutMean(Float64Array.of(3, -0.999, 0.5, 0.2));
    expect(Math.abs(meanOf(returns))).toBeLessThan(1e-15);
    expect(Math.min(...returns)).toBeGreaterThan(-1);
  });
});

describe('writeTable', () => {
  const dir = folderWith();
  const order = Uint32Array.of(1, 0, 2, 0);
  const options = { price: 50, startMs: Date.UTC(2024, 0, 1), intervalMs: HOUR_MS, order };

  it('writes candles of the returns in their order, without their mean', () => {
    const file = join(dir, 'range.csv');
    writeTable(file, rowsOf([0.1, -0.05, 0.02], [7, 8, 9]), { ...options, hasRange: true });
    const { series, notices } = readCandleFile(file);
    expect(notices).toEqual([]);
    expect(series.intervalMs).toBe(HOUR_MS);
    expect([...series.volume]).toEqual([0, 8, 7, 9, 7]);
    const growth = 1 + (-0.05 + 0.1 + 0.02 + 0.1) / 4;
    for (const [i, value] of [-0.05, 0.1, 0.02, 0.1].entries()) {
      expect(series.close[i + 1]! / series.close[i]!).toBeCloseTo((1 + value) / growth, 14);
      expect(series.open[i + 1]).toBe(series.close[i]);
    }
    expect(series.high.some((high, i) => high > Math.max(series.open[i]!, series.close[i]!))).toBe(true);
  });

  it('writes flat candles for quotes', () => {
    const file = join(dir, 'flat.csv');
    writeTable(file, rowsOf([0.1, -0.05, 0.02]), { ...options, hasRange: false });
    const { open, high, low, close, volume } = readCandleFile(file).series;
    expect(volume).toHaveLength(0);
    for (const column of [open, high, low]) expect([...column]).toEqual([...close]);
  });

  it('keeps prices that are very small', () => {
    const file = join(dir, 'small.csv');
    const many = Uint32Array.from({ length: 2_500 }, (_, i) => i % 2);
    writeTable(file, rowsOf([0.6, -0.6]), { ...options, order: many, hasRange: true });
    const { close } = readCandleFile(file).series;
    expect(close.at(-1)).toBeLessThan(1e-200);
    expect(close.at(-1)! / close.at(-2)!).toBeCloseTo(0.4, 12);
  });
});
