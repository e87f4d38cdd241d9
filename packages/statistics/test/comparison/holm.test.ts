import { expect, it } from 'vitest';
import { holm } from '../../src/comparison/holm.ts';
import golden from '../golden/comparison.json' with { type: 'json' };

it('agrees with statsmodels', () => {
  const adjusted = holm(golden.holm.pValues);
  golden.holm.adjusted.forEach((p, i) => {
    expect(adjusted[i]!).toBeCloseTo(p, 12);
  });
});

it('an undefined p-value stays undefined and makes the others no larger', () => {
  expect([...holm([0.02, Number.NaN, 0.03])]).toEqual([0.04, Number.NaN, 0.04]);
});

it('of one p-value is that', () => {
  expect([...holm([0.3])]).toEqual([0.3]);
  expect([...holm([])]).toEqual([]);
});

it('refuses what is no probability', () => {
  expect(() => holm([0.1, 1.2])).toThrow('got 1.2 at index 1');
});
