import { expect, test } from 'vitest';
import { evaluate, term } from './columns.ts';

test('pnl is scale x the change of equity', () => {
  const steps = { equity: [1000, 1010, 990], orders: [0, 0, 0], prices: [] };
  expect(evaluate(term('pnl'), steps)).toEqual([10, -20]);
  expect(evaluate(term('pnl', { scale: 0.5 }), steps)).toEqual([5, -10]);
});
