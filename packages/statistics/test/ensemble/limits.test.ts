import { studentQuantile } from '@ergodic/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hallLimits, skewedLimits, studentLimits } from '../../src/ensemble/limits.ts';

const plain = { n: 100, clusters: 100, mean: 0, standardError: 0.1, skewness: 0, kurtosis: 3 };

it("limits are where Hall's transformed t is the quantile", () => {
  const small = fc.double({ min: -0.3, max: 0.3, noNaN: true });
  fc.assert(
    fc.property(small, small, fc.double({ min: 0.1, max: 5, noNaN: true }), (slope, shift, quantile) => {
      const [low, high] = hallLimits(2, slope, shift, quantile);
      // t of a limit: the estimate is 0, the limit is the true value.
      const transformed = (limit: number): number => {
        const t = -limit / 2;
        return t + slope * t * t + shift + (slope * slope * t * t * t) / 3;
      };
      expect(transformed(low)).toBeCloseTo(quantile, 6);
      expect(transformed(high)).toBeCloseTo(-quantile, 6);
      expect(low).toBeLessThan(high);
    }),
  );
});

it("without skewness they are Student's", () => {
  const half = 0.1 * studentQuantile(0.05, 99);
  const [low, high] = skewedLimits(plain, 0.05);
  expect(low).toBeCloseTo(-half, 12);
  expect(high).toBeCloseTo(half, 12);
  expect(studentLimits(plain, 0.05)).toEqual([-half, half]);
});

it('of values skewed upwards reach further up', () => {
  const [low, high] = skewedLimits({ ...plain, skewness: 2, kurtosis: 9 }, 0.05);
  expect(high).toBeGreaterThan(-low);
});

it('are wider where the tails are heavy', () => {
  const width = (kurtosis: number): number => {
    const [low, high] = skewedLimits({ ...plain, kurtosis }, 0.05);
    return high - low;
  };
  expect(width(1)).toBeCloseTo(width(3), 2);
  expect(width(30)).toBeGreaterThan(1.05 * width(3));
});

it("of values on two sides of the mean, whose kurtosis is 1 but for rounding, are Student's", () => {
  for (const kurtosis of [1 - 2 ** -52, 1, 1 + 2 ** -52]) {
    const [low, high] = skewedLimits({ ...plain, kurtosis }, 0.05);
    expect([low, high]).toEqual(studentLimits(plain, 0.05));
  }
});

it('are missing below two clusters', () => {
  const one = { ...plain, clusters: 1, standardError: Number.NaN };
  expect(skewedLimits(one, 0.05)).toEqual([Number.NaN, Number.NaN]);
  expect(studentLimits(one, 0.05)).toEqual([Number.NaN, Number.NaN]);
});
