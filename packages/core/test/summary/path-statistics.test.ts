import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StepColumns } from '../../src/events/steps.ts';
import { PathStatistics } from '../../src/summary/path-statistics.ts';

function pathOf(prices: readonly (readonly number[])[], chunks: readonly number[] = []): PathStatistics {
  const columns = new StepColumns(prices.length);
  for (const [s, values] of prices.entries()) columns.price[s]!.set(values);
  const path = new PathStatistics(prices.length);
  path.begin();
  const steps = prices[0]!.length - 1;
  let at = 1;
  for (const size of [...chunks, steps]) {
    const to = Math.min(at + size - 1, steps);
    if (to >= at) path.add(columns, at, to);
    at = to + 1;
  }
  return path;
}

/** Sample standard deviation of the simple returns, times the root of the steps a year. */
function naive(prices: readonly number[], stepsPerYear: number): number {
  const returns = prices.slice(1).map((now, i) => now / prices[i]! - 1);
  const mean = returns.reduce((a, b) => a + b, 0) / returns.length;
  const squares = returns.reduce((a, b) => a + (b - mean) * (b - mean), 0);
  return Math.sqrt((squares / (returns.length - 1)) * stepsPerYear);
}

const series = fc.array(fc.double({ min: 50, max: 200, noNaN: true }), { minLength: 3, maxLength: 40 });

describe('PathStatistics', () => {
  test('the realised volatility is that of the direct formula, and its bits do not depend on the cuts', () => {
    fc.assert(
      fc.property(series, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 9 }), (prices, chunks) => {
        const other = prices.map((price) => 2 * price + 1);
        const path = pathOf([prices, other], chunks);
        // Sums of 40 squares below 10 lose 1e-14 of themselves; a root of what cancels to less keeps half of the digits.
        expect(Math.abs(path.volatility(0, 365) - naive(prices, 365))).toBeLessThan(1e-5);
        expect(Math.abs(path.volatility(1, 365) - naive(other, 365))).toBeLessThan(1e-5);
        expect(path).toEqual(pathOf([prices, other]));
        expect([...path.firstPrice]).toEqual([prices[0], other[0]]);
      }),
    );
  });

  test('a price that stays has volatility 0; fewer than two steps and a price of zero have none', () => {
    expect(pathOf([[100, 100, 100]]).volatility(0, 365)).toBe(0);
    expect(pathOf([[100, 110]]).volatility(0, 365)).toBeNaN();
    expect(pathOf([[100]]).volatility(0, 365)).toBeNaN();
    expect(pathOf([[0, 100, 110]]).volatility(0, 365)).toBeNaN();
  });

  test('a symbol that begins later is measured from its first price on', () => {
    const late = pathOf([[Number.NaN, Number.NaN, 100, 110, 99, 105]], [1, 2]);
    expect(late.firstPrice[0]).toBe(100);
    expect(late.volatility(0, 252)).toBeCloseTo(naive([100, 110, 99, 105], 252), 12);
  });
});
