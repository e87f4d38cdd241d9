import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RunningMoments } from '../../src/summary/running.ts';
import { studentQuantile } from '../../src/summary/student.ts';

function momentsOf(values: readonly number[]): RunningMoments {
  const moments = new RunningMoments();
  for (const value of values) moments.add(value);
  return moments;
}

const value = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: -1000, max: 1000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

describe('RunningMoments', () => {
  test('agree with two passes over the values that are there', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        const moments = momentsOf(values);
        const there = values.filter((x) => !Number.isNaN(x));
        const n = there.length;
        expect([moments.n, moments.min, moments.max]).toEqual([n, Math.min(...there), Math.max(...there)]);
        if (n === 0) return;
        const mean = there.reduce((sum, x) => sum + x, 0) / n;
        // 60 values below 1000, a few roundings at 2^-53 of that each.
        expect(Math.abs(moments.mean - mean)).toBeLessThan(1e-10);
        if (n < 2) return;
        const variance = there.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (n - 1);
        expect(Math.abs(moments.sd * moments.sd - variance)).toBeLessThan(1e-7);
        const half = (studentQuantile(0.05, n - 1) * Math.sqrt(variance)) / Math.sqrt(n);
        const [low, high] = moments.ci95;
        const slack = 1e-9 + 1e-9 * half + (Math.abs(moments.sd - Math.sqrt(variance)) * 2 * half) / (moments.sd || 1);
        expect(Math.abs(low - (mean - half))).toBeLessThan(slack);
        expect(Math.abs(high - (mean + half))).toBeLessThan(slack);
      }),
      { numRuns: 300 },
    );
  });

  test('keep the deviation of small differences around a large mean', () => {
    const moments = momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect([moments.mean, moments.sd * moments.sd]).toEqual([1e9 + 10, expect.closeTo(30, 9)]);
  });

  test('of 1, 2, 3, 4, 5: a mean of 3, give or take 2.7764 x 1.5811 / 2.2361', () => {
    const moments = momentsOf([1, 2, 3, 4, 5]);
    expect(moments.mean).toBe(3);
    expect(moments.sd).toBeCloseTo(Math.sqrt(2.5), 12);
    expect(moments.ci95).toEqual([expect.closeTo(3 - 1.96324, 4), expect.closeTo(3 + 1.96324, 4)]);
  });

  test('of fewer than two values have no deviation and no interval', () => {
    for (const values of [[], [5], [Number.NaN, 5]]) {
      const moments = momentsOf(values);
      expect([moments.sd, ...moments.ci95]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    }
  });

  test('of equal values have no width', () => {
    const moments = momentsOf([7, 7, 7]);
    expect([moments.sd, ...moments.ci95]).toEqual([0, 7, 7]);
  });
});
