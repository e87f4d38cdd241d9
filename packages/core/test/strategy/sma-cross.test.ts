import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinStrategies } from '../../src/strategy/index.ts';
import type { MarketEvent, StrategyContext } from '../../src/strategy/strategy.ts';

/** Signals of sma-cross on a path: step and target. */
function signals(prices: readonly number[], fast: number, slow: number): string[] {
  const strategy = builtinStrategies['sma-cross']!.create(
    { fast, slow },
    { symbols: ['A'], intervalMs: 1, stepsPerYear: 1 },
  );
  const sent: string[] = [];
  for (const [step, price] of prices.entries()) {
    const context = { signal: (target: string) => sent.push(`${step} ${target}`) } as unknown as StrategyContext;
    strategy.onMarket!({ price, symbolIndex: 0, step } as MarketEvent, context);
  }
  return sent;
}

function naive(prices: readonly number[], fast: number, slow: number): string[] {
  const sent: string[] = [];
  let isLong = false;
  for (let i = slow - 1; i < prices.length; i++) {
    const sum = (n: number): number => prices.slice(i + 1 - n, i + 1).reduce((a, b) => a + b, 0);
    // Compared as whole numbers: exact.
    const difference = sum(fast) * slow - sum(slow) * fast;
    if (difference === 0 || difference > 0 === isLong) continue;
    isLong = !isLong;
    sent.push(`${i} ${isLong ? 'LONG' : 'FLAT'}`);
  }
  return sent;
}

const windows = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }))
  .map(([fast, more]) => [fast, fast + more] as const);

describe('sma-cross', () => {
  test('is long while fast > slow, first compared when the slow window is full; equality keeps the state', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 120 }), windows, (prices, [fast, slow]) => {
        expect(signals(prices, fast, slow)).toEqual(naive(prices, fast, slow));
      }),
      { numRuns: 300 },
    );
  });

  test('prices that stay give no signal, also where their sums are not exact', () => {
    for (const price of [0.1, 1 / 3, 1e-9, 31_415.9265])
      expect(signals(new Array(500).fill(price), 10, 50)).toEqual([]);
    expect(signals([...new Array(60).fill(7), ...new Array(500).fill(0.1)], 10, 50)).toEqual([]);
  });

  test('compares first at the slow-th price', () => {
    expect(signals([1, 2, 3, 4, 5, 6], 2, 4)).toEqual(['3 LONG']);
  });
});
