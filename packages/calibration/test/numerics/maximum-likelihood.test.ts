import { RandomStream } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { maximumLikelihood } from '../../src/numerics/maximum-likelihood.ts';
import { above, between, positive, real, scaled } from '../../src/numerics/transforms.ts';

const random = new RandomStream([1, 2, 3, 4]);
const sample = Float64Array.from({ length: 400 }, () => 3 + 0.02 * random.normal());
const n = sample.length;
const mean = sample.reduce((sum, x) => sum + x / n, 0);
const deviation = Math.sqrt(sample.reduce((sum, x) => sum + (x - mean) ** 2 / n, 0));

function negativeLogLikelihood([mu, sigma]: readonly number[]): number {
  return sample.reduce(
    (sum, x) => sum + Math.log(sigma!) + ((x - mu!) / sigma!) ** 2 / 2,
    (n / 2) * Math.log(2 * Math.PI),
  );
}

describe('maximumLikelihood', () => {
  it('gives mean and deviation of normals with their known errors', () => {
    const fit = maximumLikelihood({
      names: ['mean', 'deviation'],
      transforms: [real, positive],
      starts: [[0, 1]],
      negativeLogLikelihood,
    });
    expect(fit.converged).toBe(true);
    expect(fit.values[0]).toBeCloseTo(mean, 8);
    expect(fit.values[1]).toBeCloseTo(deviation, 8);
    expect(fit.logLikelihood).toBeCloseTo(-negativeLogLikelihood([mean, deviation]), 6);
    // σ/√n and σ/√(2n), independent of each other.
    expect(fit.standardErrors[0]! / (deviation / Math.sqrt(n))).toBeCloseTo(1, 3);
    expect(fit.standardErrors[1]! / (deviation / Math.sqrt(2 * n))).toBeCloseTo(1, 2);
    expect(Math.abs(fit.covariance![0]![1]!)).toBeLessThan(1e-3 * fit.standardErrors[0]! * fit.standardErrors[1]!);
  });

  it('takes the best of several starts', () => {
    // Two wells; the one at 4 is deeper.
    const f = ([x]: readonly number[]): number => Math.min((x! + 4) ** 2, (x! - 4) ** 2 - 1);
    const fit = maximumLikelihood({ names: ['x'], transforms: [real], starts: [[-5], [5]], negativeLogLikelihood: f });
    expect(fit.values[0]).toBeCloseTo(4, 5);
    expect(fit.standardErrors[0]).toBeCloseTo(Math.SQRT1_2, 4);
  });

  it('gives no error to a parameter that runs to its bound, and keeps those of the others', () => {
    const f = ([a, b]: readonly number[]): number => 50 * a! + 200 * (b! - 2) ** 2;
    const fit = maximumLikelihood({
      names: ['a', 'b'],
      transforms: [positive, real],
      starts: [[0.1, 1]],
      negativeLogLikelihood: f,
    });
    expect(fit.values[0]).toBeLessThan(1e-3);
    expect(fit.standardErrors).toEqual([null, expect.closeTo(0.05, 5)]);
    expect(fit.covariance![0]).toEqual([0, 0]);
    expect(fit.remarks).toEqual(['a is at the edge of its range: it has no error']);
  });

  it('gives no errors at all where parameters cannot be told apart', () => {
    const f = ([a, b]: readonly number[]): number => (a! + b! - 1) ** 2;
    const fit = maximumLikelihood({
      names: ['a', 'b'],
      transforms: [real, real],
      starts: [[0, 0]],
      negativeLogLikelihood: f,
    });
    expect(fit.covariance).toBeNull();
    expect(fit.standardErrors).toEqual([null, null]);
  });

  it('refuses starts without a likelihood', () => {
    const problem = { names: ['a'], transforms: [positive], starts: [[-1]], negativeLogLikelihood: () => 0 };
    expect(() => maximumLikelihood(problem)).toThrow('no value at any of the starts');
  });
});

describe('transforms', () => {
  it.each([
    ['real', real, [-2, 0, 5]],
    ['scaled', scaled(1e4), [-2e4, 0, 3]],
    ['positive', positive, [1e-6, 1, 1e6]],
    ['above', above(2), [2.001, 3, 50]],
    ['between', between(-1, 1), [-0.99, 0, 0.7]],
  ] as const)('%s goes there and back, and knows its derivative', (_, transform, values) => {
    for (const value of values) {
      const free = transform.toFree(value);
      expect(transform.toValue(free)).toBeCloseTo(value, 9);
      const h = 1e-5;
      const slope = (transform.toValue(free + h) - transform.toValue(free - h)) / (2 * h);
      expect(transform.derivative(free) / slope).toBeCloseTo(1, 6);
    }
  });
});
