import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StepColumns } from '../../src/events/steps.ts';
import { EquityStatistics } from '../../src/summary/statistics.ts';

function statisticsOf(
  equity: readonly number[],
  gross: readonly number[],
  chunks: readonly number[] = [],
): EquityStatistics {
  const columns = new StepColumns(1);
  columns.equity.set(equity);
  columns.gross.set(gross);
  const statistics = new EquityStatistics();
  // Dirt of an episode before.
  statistics.begin(1);
  statistics.add(columns, 1, 3);
  statistics.begin(equity[0]!);
  let at = 1;
  for (const size of [...chunks, equity.length]) {
    const to = Math.min(at + size - 1, equity.length - 1);
    if (to >= at) statistics.add(columns, at, to);
    at = to + 1;
  }
  return statistics;
}

/** Most consecutive times that something was so. */
function longestSpell(isSo: readonly boolean[]): number {
  return Math.max(
    ...isSo.map((_, i) => isSo.slice(i).findIndex((is) => !is)).map((n, i) => (n < 0 ? isSo.length - i : n)),
  );
}

const series = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1, maxLength: 50 });
const chunks = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 10 });

describe('EquityStatistics', () => {
  test('agrees with direct formulas over the whole path, however it is cut', () => {
    fc.assert(
      fc.property(series, chunks, (equity, chunks) => {
        const gross = equity.map((value, i) => (value * (i % 4)) / 3);
        const s = statisticsOf(equity, gross, chunks);
        const returns = equity.slice(1).map((now, i) => now / equity[i]! - 1);
        const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
        const drawdowns = equity.map((now, i) => 1 - now / Math.max(...equity.slice(0, i + 1)));
        expect(s.steps).toBe(returns.length);
        // 50 returns below 1000, squares below 1e6, each rounded at 2^-53 of itself.
        expect(Math.abs(s.sum - sum(returns))).toBeLessThan(1e-9);
        expect(Math.abs(s.sumOfSquares - sum(returns.map((r) => r * r)))).toBeLessThan(1e-6);
        expect(Math.abs(s.downside - sum(returns.map((r) => Math.min(r, 0) * Math.min(r, 0))))).toBeLessThan(1e-10);
        expect(s.maxDrawdown).toBe(Math.max(...drawdowns));
        expect(s.longestDrawdown).toBe(longestSpell(drawdowns.map((drawdown) => drawdown > 0)));
        expect(s.highestReturn).toBe(Math.max(...equity) / equity[0]! - 1);
        expect(s.lowestReturn).toBe(Math.min(...equity) / equity[0]! - 1);
        const exposures = gross.slice(1).map((value, i) => value / equity[i + 1]!);
        expect(s.exposure).toBeCloseTo(returns.length === 0 ? 0 : sum(exposures) / returns.length, 10);
        expect(s.meanEquity).toBeCloseTo(sum(equity) / equity.length, 8);
      }),
      { numRuns: 300 },
    );
  });

  test('the bits do not depend on the cuts', () => {
    fc.assert(
      fc.property(series, chunks, (equity, chunks) => {
        const gross = equity.map((value) => value / 2);
        expect(statisticsOf(equity, gross, chunks)).toEqual(statisticsOf(equity, gross));
      }),
    );
  });

  test('a drawdown lasts until the peak is reached again, or to the end; an equity that stays has none', () => {
    expect(statisticsOf([100, 90, 95, 100, 99, 99.5], []).longestDrawdown).toBe(2);
    expect(statisticsOf([100, 101, 99, 98, 97], []).longestDrawdown).toBe(3);
    expect(statisticsOf([100, 100, 100], []).longestDrawdown).toBe(0);
  });

  test('no step: no exposure, the initial equity as mean, no drawdown', () => {
    const s = statisticsOf([1000], [0]);
    expect([s.steps, s.exposure, s.meanEquity, s.maxDrawdown]).toEqual([0, 0, 1000, 0]);
    expect([s.longestDrawdown, s.highestReturn, s.lowestReturn]).toEqual([0, 0, 0]);
  });

  test('an equity that falls below zero has a drawdown above one, and no exposure of a negative equity', () => {
    const s = statisticsOf([1000, -500], [0, 800]);
    expect([s.maxDrawdown, s.exposure]).toEqual([1.5, 0]);
  });
});
