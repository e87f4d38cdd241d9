import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { episode, evaluate, term } from './columns.ts';

const noPrices = { orders: [0, 0, 0, 0], prices: [] };

describe('log-return', () => {
  test('is log(equity / equity of the step before), both at least 1e-4 of the initial', () => {
    fc.assert(
      fc.property(episode, (steps) => {
        const floor = 1e-4 * steps.equity[0]!;
        const naive = steps.equity
          .slice(1)
          .map((now, i) => Math.log(Math.max(now, floor)) - Math.log(Math.max(steps.equity[i]!, floor)));
        // Logarithms below 10 in size, a few roundings at 2^-53 of that.
        for (const [i, reward] of evaluate(term('log-return'), steps).entries())
          expect(reward).toBeCloseTo(naive[i]!, 12);
      }),
    );
  });

  test('sums to the logarithm of the growth', () => {
    const equity = [1000, 1100, 900, 950];
    const sum = evaluate(term('log-return'), { ...noPrices, equity }).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(Math.log(0.95), 12);
  });

  test.each([0, -500, 0.1])('of a ruining step to %d is that to 1e-4 of the initial', (last) => {
    expect(evaluate(term('log-return'), { ...noPrices, equity: [1000, 500, last] })[1]).toBeCloseTo(
      Math.log(0.1 / 500),
      12,
    );
  });

  test('of an equity that stays is exactly 0', () => {
    expect(evaluate(term('log-return'), { ...noPrices, equity: [0.1, 0.1, 0.1] })).toEqual([0, 0]);
  });
});
