import { PairedMoments, RandomStream, rootKey, studentQuantile } from '@ergodic/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { meanKnown, momentsOf } from '../../src/ensemble/moments.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

it('are those of scipy', () => {
  const moments = momentsOf({ values: Float64Array.from(golden.returns), antithetic: false });
  expect(moments.n).toBe(1000);
  expect(moments.clusters).toBe(1000);
  for (const key of ['mean', 'standardError', 'skewness', 'kurtosis'] as const) {
    expect(moments[key], key).toBeCloseTo(golden.moments[key], 12);
  }
});

it('of antithetic episodes have the standard error that core has, with values missing', () => {
  const value = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(Number.NaN));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 30 }), (values) => {
      const moments = momentsOf({ values: Float64Array.from(values), antithetic: true });
      const paired = new PairedMoments();
      values.forEach((x, episode) => {
        paired.add(episode, x);
      });
      const [low, high] = paired.ci95;
      const half =
        moments.clusters < 2 ? Number.NaN : studentQuantile(0.05, moments.clusters - 1) * moments.standardError;
      if (Number.isNaN(low)) expect(half).toBeNaN();
      else expect(Math.abs(half - (high - low) / 2)).toBeLessThan(1e-9 * (1 + half));
    }),
  );
});

it('of mirrored values have no error, and their mean is the middle', () => {
  const random = new RandomStream(rootKey('mirrored'));
  const values = new Float64Array(100);
  for (let i = 0; i < 100; i += 2) {
    const z = random.normal();
    values.set([1 + z, 1 - z], i);
  }
  const { mean, standardError } = momentsOf({ values, antithetic: true });
  expect(mean).toBeCloseTo(1, 12);
  expect(standardError).toBeLessThan(1e-15);
});

it('of equal values are exact: the value, no error, no skewness', () => {
  for (const value of [0.1, -1e9 / 3, 0]) {
    const moments = momentsOf({ values: new Float64Array(7).fill(value), antithetic: false });
    expect(moments).toEqual({ n: 7, clusters: 7, mean: value, standardError: 0, skewness: 0, kurtosis: 1 });
  }
});

it('of nothing, and of infinite values, are missing', () => {
  const none = { values: Float64Array.of(Number.NaN), antithetic: false };
  expect(momentsOf(none)).toMatchObject({ n: 0, clusters: 0, mean: Number.NaN, standardError: Number.NaN });
  const infinite = Float64Array.of(Infinity, 1, 2);
  expect(meanKnown(infinite)).toEqual({ n: 3, mean: Infinity });
  expect(momentsOf({ values: infinite, antithetic: false }).standardError).toBeNaN();
});

it('do not drown in a large mean', () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
  expect(momentsOf({ values, antithetic: false })).toMatchObject({ mean: 1e9 + 0.5, kurtosis: 1 });
});
