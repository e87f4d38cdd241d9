import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawdownOf, episode, evaluate, term, WINDOW } from './columns.ts';

describe('relative', () => {
  test('is the excess log return minus drawdownScale x the excess drawdown over the window', () => {
    fc.assert(
      fc.property(episode, WINDOW, fc.constantFrom('A', 'B', ''), (steps, window, symbol) => {
        const drawdownScale = 0.5;
        const floored = (series: readonly number[]): number[] => series.map((x) => Math.max(x, 1e-4 * series[0]!));
        const equity = floored(steps.equity);
        const asset = floored(steps.prices[symbol === 'B' ? 1 : 0]!);
        const rewards = evaluate(term('relative', { symbol, window, drawdownScale }), steps);
        for (const [i, reward] of rewards.entries()) {
          const t = i + 1;
          const excess = Math.log(equity[t]! / equity[t - 1]!) - Math.log(asset[t]! / asset[t - 1]!);
          const last = (series: number[]): number => drawdownOf(series.slice(Math.max(0, t + 1 - window), t + 1));
          // Logarithms below 20, a few roundings at 2^-53 of that.
          expect(reward).toBeCloseTo(excess - drawdownScale * Math.max(0, last(equity) - last(asset)), 12);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('holding the asset with everything is worth nothing', () => {
    const prices = [100, 90, 120, 60];
    const steps = { equity: prices.map((p) => p * 10), orders: [0, 0, 0, 0], prices: [prices] };
    for (const reward of evaluate(term('relative'), steps)) expect(reward).toBeCloseTo(0, 12);
  });

  test('an asset counts as flat until it has its first price, whatever that is', () => {
    for (const first of [100, 0.1]) {
      const prices = [Number.NaN, Number.NaN, first, first / 2, first / 2];
      const steps = { equity: [1000, 1000, 1000, 1000, 500], orders: [0, 0, 0, 0, 0], prices: [prices] };
      for (const chunks of [[], [1, 1, 1, 1], [2, 2], [3, 1]]) {
        const rewards = evaluate(term('relative', { drawdownScale: 1 }), steps, chunks);
        expect(rewards).toEqual([0, 0, expect.closeTo(Math.log(2), 12), expect.closeTo(-Math.log(2), 12)]);
      }
    }
  });

  test('a symbol that is no market does not fit, and the message lists those that are', async () => {
    const { relative } = await import('../../src/reward/relative.ts');
    const setup = { symbols: ['A', 'B'], initialCash: 1 };
    const parameters = { symbol: 'C', window: 5, drawdownScale: 0 };
    expect(relative.fits!(parameters, setup)).toBe('symbol must be one of A, B, got C');
    expect(relative.fits!({ ...parameters, symbol: 'B' }, setup)).toBeUndefined();
  });
});
