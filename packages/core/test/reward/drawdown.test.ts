import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawdownOf, episode, evaluate, term } from './columns.ts';

test('drawdown is -scale x the fraction lost since the highest equity of the episode', () => {
  fc.assert(
    fc.property(episode, fc.double({ min: 0, max: 10, noNaN: true }), (steps, scale) => {
      const rewards = evaluate(term('drawdown', { scale }), steps);
      const naive = rewards.map((_, i) => -scale * drawdownOf(steps.equity.slice(0, i + 2)) + 0);
      // The same two operations: equal, but for the sign of zero.
      expect(rewards.map((reward) => reward + 0)).toEqual(naive);
    }),
  );
});

test('a new highest equity costs nothing, not even -0', () => {
  const rewards = evaluate(term('drawdown'), { equity: [10, 11, 11, 12], orders: [0, 0, 0, 0], prices: [] });
  expect(rewards).toEqual([0, 0, 0]);
});
