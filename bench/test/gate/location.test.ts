import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { locationOf } from '../../src/gate/location.ts';

interface Case {
  readonly values: readonly number[];
  readonly tail: number;
  readonly estimate: number;
  readonly interval: readonly [number, number] | null;
}

const cases = JSON.parse(readFileSync(new URL('./golden/wilcoxon.json', import.meta.url), 'utf8')) as Case[];

describe('estimate and interval are those that scipy leaves', () => {
  test.each(cases.map((one) => [one.values.length, one.tail, one] as const))(
    '%i values, tail %d',
    (_, __, { values, tail, estimate, interval }) => {
      const found = locationOf(values, tail);
      expect(found.estimate).toBeCloseTo(estimate, 12);
      const [low, high] = interval ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      if (interval === null) expect([found.low, found.high]).toEqual([low, high]);
      expect(found.low === low || Math.abs(found.low - low) < 1e-12).toBe(true);
      expect(found.high === high || Math.abs(found.high - high) < 1e-12).toBe(true);
    },
  );
});

test('five values are the first that have an interval of 90 %: all of them', () => {
  expect(locationOf([4, 1, 3, 2], 0.05)).toEqual({
    estimate: 2.5,
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
  });
  expect(locationOf([4, 1, 3, 2, 5], 0.05)).toEqual({ estimate: 3, low: 1, high: 5 });
});

test('one value or none', () => {
  expect(locationOf([2], 0.05)).toEqual({ estimate: 2, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  expect(locationOf([], 0.05).estimate).toBeNaN();
});

test('a value far out moves neither much', () => {
  const near = locationOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.05);
  const far = locationOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 1e6], 0.05);
  expect(far.estimate - near.estimate).toBeLessThan(1);
  expect(far.high - near.high).toBeLessThan(2);
});
