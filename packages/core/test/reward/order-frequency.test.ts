import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { episode, evaluate, term, WINDOW } from './columns.ts';

/** The formula of the design: at step t the orders of step s have age t - s. */
function naive(orders: readonly number[], window: number, limit: number, scale: number): number[] {
  return orders.slice(1).map((_, i) => {
    const t = i + 1;
    let sum = 0;
    for (let s = 0; s < t; s++) if (t - s < window) sum += orders[s]! * 2 * (1 - (t - s) / window);
    const x = Math.max(0, sum - limit);
    return -scale * (Math.exp(Math.min(x, 20)) - 1);
  });
}

const orders = (...sent: number[]): { equity: number[]; orders: number[]; prices: number[][] } => ({
  equity: sent.map(() => 1000),
  orders: sent,
  prices: [],
});

describe('order-frequency', () => {
  test('agrees with the formula', () => {
    const limit = fc.double({ min: 0, max: 4, noNaN: true });
    fc.assert(
      fc.property(episode, WINDOW, limit, fc.double({ min: 0, max: 2, noNaN: true }), (steps, window, limit, scale) => {
        const expected = naive(steps.orders, window, limit, scale);
        for (const [i, reward] of evaluate(term('order-frequency', { window, limit, scale }), steps).entries()) {
          // x below 72 from whole sums: rounding below 1e-13, times the slope exp(min(x, 20)) of the penalty.
          const tolerance = 1e-13 * (Math.abs(expected[i]!) + scale) + 1e-15;
          expect(Math.abs(reward - expected[i]!)).toBeLessThanOrEqual(tolerance * 10);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('weighs an order by 2 (1 - age / window): 1.5, 1, 0.5 and then nothing with window 4', () => {
    const rewards = evaluate(term('order-frequency', { window: 4, limit: 0, scale: 1 }), orders(1, 0, 0, 0, 0, 0));
    expect(rewards.map((r) => Math.log(1 - r))).toEqual([1.5, 1, 0.5, 0, 0].map((x) => expect.closeTo(x, 12)));
  });

  test('orders up to the limit cost nothing', () => {
    expect(evaluate(term('order-frequency', { window: 2, limit: 3, scale: 1 }), orders(3, 3, 3, 4, 0))).toEqual([
      0,
      0,
      0,
      expect.closeTo(1 - Math.E, 12),
    ]);
  });

  test('window 1 forgets every order before it counts', () => {
    expect(evaluate(term('order-frequency', { window: 1, limit: 0 }), orders(9, 9, 9, 9))).toEqual([0, 0, 0]);
  });

  test('the exponent is capped at 20', () => {
    const worst = -0.01 * (Math.exp(20) - 1);
    const rewards = evaluate(term('order-frequency', { window: 100, limit: 5 }), orders(14, 1000, 1_000_000, 0));
    expect(rewards).toEqual([worst, worst, worst]);
  });
});
