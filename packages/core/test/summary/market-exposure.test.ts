import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MarketExposure } from '../../src/summary/market-exposure.ts';

const STEPS = 20;
const fill = fc.record({
  // The last may come behind the last mark.
  step: fc.integer({ min: 0, max: STEPS + 1 }),
  symbol: fc.integer({ min: 0, max: 1 }),
  quantity: fc.double({ min: -5, max: 5, noNaN: true }),
});

describe('MarketExposure', () => {
  test('is the mean position at the marks times the price change, symbol by symbol', () => {
    fc.assert(
      fc.property(fc.array(fill, { maxLength: 12 }), (drawn) => {
        const fills = drawn.sort((a, b) => a.step - b.step);
        const exposure = new MarketExposure(2);
        exposure.begin();
        for (const { symbol, quantity, step } of fills) exposure.fill(symbol, quantity, step);
        const mean = (symbol: number): number => {
          const known = fills.filter((one) => one.symbol === symbol);
          const marks = Array.from({ length: STEPS }, (_, k) =>
            known.filter(({ step }) => step <= k).reduce((sum, { quantity }) => sum + quantity, 0),
          );
          return marks.reduce((a, b) => a + b, 0) / STEPS;
        };
        const expected = mean(0) * (110 - 100) + mean(1) * (30 - 50);
        expect(exposure.pnl(STEPS, [100, 50], [110, 30])).toBeCloseTo(expected, 8);
      }),
    );
  });

  test('a constant position is all exposure; without steps or fills there is none', () => {
    const exposure = new MarketExposure(1);
    exposure.begin();
    expect(exposure.pnl(10, [100], [120])).toBe(0);
    exposure.fill(0, 3, 0);
    expect(exposure.pnl(10, [100], [120])).toBe(60);
    expect(exposure.pnl(0, [100], [100])).toBe(0);
    exposure.begin();
    expect(exposure.pnl(10, [100], [120])).toBe(0);
  });
});
