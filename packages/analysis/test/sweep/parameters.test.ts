import { RandomStream } from '@ergodic/core';
import { expect, test } from 'vitest';
import { countOf, drawValue, type Values, valueAt } from '../../src/sweep/parameters.ts';

test('steps reach the high end and are the decimals that they look like', () => {
  const values = { kind: 'steps', low: 0.1, high: 0.7, step: 0.1 } as const;
  expect(countOf(values)).toBe(7);
  expect(Array.from({ length: 7 }, (_, i) => valueAt(values, i))).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
});

test('steps that do not reach the high end stop before it', () => {
  const values = { kind: 'steps', low: 20, high: 45, step: 10 } as const;
  expect(Array.from({ length: countOf(values) }, (_, i) => valueAt(values, i))).toEqual([20, 30, 40]);
});

test('a range of one value has one', () => {
  expect(countOf({ kind: 'steps', low: 3, high: 3, step: 1 })).toBe(1);
});

test('an interval of whole numbers can be counted, another cannot', () => {
  expect(countOf({ kind: 'interval', low: 1, high: 1000, isLog: true, isInteger: true })).toBe(1000);
  expect(countOf({ kind: 'interval', low: 1, high: 2, isLog: false, isInteger: false })).toBe(Number.POSITIVE_INFINITY);
});

test('draws stay inside, and a log interval gives each order of magnitude its share', () => {
  const stream = new RandomStream([1, 2, 3, 4]);
  const values: Values = { kind: 'interval', low: 1e-4, high: 1e-1, isLog: true, isInteger: false };
  const draws = Array.from({ length: 9_000 }, () => drawValue(values, stream) as number);
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(1e-4);
  expect(Math.max(...draws)).toBeLessThanOrEqual(1e-1);
  const shares = [1e-3, 1e-2].map((limit) => draws.filter((x) => x < limit).length / draws.length);
  // Standard error √(⅓·⅔ ÷ 9,000) = 0.005; four of them: one false alarm in 16,000.
  expect(Math.abs(shares[0]! - 1 / 3)).toBeLessThan(0.02);
  expect(Math.abs(shares[1]! - 2 / 3)).toBeLessThan(0.02);
});

test('whole numbers of a log interval include both ends', () => {
  const stream = new RandomStream([5, 6, 7, 8]);
  const values: Values = { kind: 'interval', low: 1, high: 4, isLog: true, isInteger: true };
  const draws = new Set(Array.from({ length: 500 }, () => drawValue(values, stream)));
  expect([...draws].sort()).toEqual([1, 2, 3, 4]);
});
