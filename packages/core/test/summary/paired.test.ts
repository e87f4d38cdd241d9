import { describe, expect, test } from 'vitest';
import { PairedMoments } from '../../src/summary/paired.ts';
import { studentQuantile } from '../../src/summary/student.ts';

function intervalOf(values: readonly number[]): [number, number] {
  const moments = new PairedMoments();
  for (const [episode, value] of values.entries()) moments.add(episode, value);
  return moments.ci95;
}

describe('the interval of a mean of pairs', () => {
  test("is Student's of the pair means where all pairs are whole", () => {
    const values = [1, 5, 2, 2, -3, 8, 4, 9];
    const means = [3, 2, 2.5, 6.5];
    const mean = 3.5;
    const square = means.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    const half = studentQuantile(0.05, 3) * Math.sqrt(square / 3 / 4);
    const [low, high] = intervalOf(values);
    expect(low).toBeCloseTo(mean - half, 12);
    expect(high).toBeCloseTo(mean + half, 12);
  });

  test('has its middle at the mean of the values, and the variance of a ratio, where some are missing', () => {
    const values = [1, 5, 2, Number.NaN, Number.NaN, Number.NaN, 4, 9, 7];
    const mean = 28 / 6;
    // Pairs by sum and count: (6, 2), (2, 1), (13, 2), (7, 1).
    const residuals = [6 - 2 * mean, 2 - mean, 13 - 2 * mean, 7 - mean];
    const square = residuals.reduce((sum, value) => sum + value * value, 0);
    const half = studentQuantile(0.05, 3) * (Math.sqrt(square / 3 / 4) / (6 / 4));
    const [low, high] = intervalOf(values);
    expect(low).toBeCloseTo(mean - half, 12);
    expect(high).toBeCloseTo(mean + half, 12);
  });

  test('has no width where all values are equal', () => {
    expect(intervalOf([3, 3, 3, 3, 3])).toEqual([3, 3]);
  });

  test('is not there below two pairs', () => {
    expect(intervalOf([])).toEqual([Number.NaN, Number.NaN]);
    expect(intervalOf([1, 2])).toEqual([Number.NaN, Number.NaN]);
    expect(intervalOf([Number.NaN, 1, Number.NaN, Number.NaN])).toEqual([Number.NaN, Number.NaN]);
  });

  test('keeps its digits far from zero', () => {
    const near = intervalOf([1, 5, 2, 2, -3, 8, Number.NaN, 9]);
    const far = intervalOf([1, 5, 2, 2, -3, 8, Number.NaN, 9].map((value) => value + 1e9));
    expect(far[1] - far[0]).toBeCloseTo(near[1] - near[0], 5);
  });
});
