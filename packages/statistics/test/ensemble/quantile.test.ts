import { RandomStream, rootKey } from '@ergodic/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianOf, quantileOf } from '../../src/ensemble/quantile.ts';
import { sortedOf } from '../../src/ensemble/sorted.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

const independent = (values: ArrayLike<number>) => ({ values: Float64Array.from(values), antithetic: false });
const sample = independent(golden.returns);

describe('the value', () => {
  it("is numpy's, type 7", () => {
    for (const { p, value } of golden.quantiles) expect(quantileOf(sample, p).value, `${p}`).toBeCloseTo(value, 12);
    for (const { p, value } of golden.smallQuantiles) {
      expect(quantileOf(independent(golden.small), p).value, `${p}`).toBeCloseTo(value, 12);
    }
  });

  it('between infinite values is infinite, not missing', () => {
    expect(medianOf(independent([-Infinity, -Infinity, 1])).value).toBe(-Infinity);
    expect(medianOf(independent([1, 2, Infinity])).value).toBe(2);
  });
});

describe('the interval', () => {
  it("lies within scipy's of whole order statistics, which is the wider one, and not far within", () => {
    const sorted = sortedOf(sample.values);
    const rank = (value: number): number => sorted.filter((x) => x <= value).length;
    for (const { p, low: outerLow, high: outerHigh } of golden.quantiles) {
      if (Number.isNaN(outerLow)) continue;
      const { low, high } = quantileOf(sample, p);
      expect(low, `${p}`).toBeGreaterThanOrEqual(outerLow);
      expect(high, `${p}`).toBeLessThanOrEqual(outerHigh);
      expect(rank(low) - rank(outerLow), `${p}`).toBeLessThanOrEqual(1);
      expect(rank(outerHigh) - rank(high), `${p}`).toBeLessThanOrEqual(1);
    }
  });

  it('is open where no value of the sample is far enough out', () => {
    // P(all of 50 above the 5 % quantile) = 0.95^50 = 7.7 %: the least value bounds it too rarely.
    const fifty = independent(Array.from({ length: 50 }, (_, i) => i));
    expect(quantileOf(fifty, 0.05).low).toBe(-Infinity);
    expect(quantileOf(fifty, 0.95).high).toBe(Infinity);
    expect(quantileOf(fifty, 0.05).high).toBeLessThan(10);
    // 0.95^72 = 2.49 %, below 2.5 %.
    expect(quantileOf(independent(Array.from({ length: 72 }, (_, i) => i)), 0.05).low).toBeGreaterThanOrEqual(0);
  });

  it('follows a monotone change of the values between neighbours', () => {
    const whole = independent(Array.from({ length: 1001 }, (_, i) => i));
    const { low, high } = quantileOf(whole, 0.3);
    const tripled = quantileOf(independent(whole.values.map((x) => 3 * x - 7)), 0.3);
    expect(tripled.low).toBeCloseTo(3 * low - 7, 9);
    expect(tripled.high).toBeCloseTo(3 * high - 7, 9);
  });

  it('encloses the value, at any p and n', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 999 }),
        fc.boolean(),
        (values, thousandths, antithetic) => {
          const { value, low, high } = quantileOf(
            { values: Float64Array.from(values), antithetic },
            thousandths / 1000,
          );
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
        },
      ),
    );
  });
});

describe('antithetic pairs', () => {
  const random = new RandomStream(rootKey('pairs'));
  const normals = Array.from({ length: 500 }, () => random.normal());
  const mirrored = Float64Array.from(normals.flatMap((z) => [z, -z]));
  const doubled = Float64Array.from(normals.flatMap((z) => [z, z]));
  const width = (values: Float64Array, antithetic: boolean): number => {
    const { low, high } = medianOf({ values: values.slice(), antithetic });
    return high - low;
  };

  it('that mirror one another tell the median closely', () => {
    expect(width(mirrored, true)).toBeLessThan(0.3 * width(mirrored, false));
  });

  it('that are the same count once', () => {
    // Half as many say √2 less.
    expect(width(doubled, true) / width(doubled, false)).toBeGreaterThan(1.2);
  });
});

it('equal values are their quantile, surely', () => {
  expect(quantileOf(independent(new Array(100).fill(0.1)), 0.3)).toMatchObject({ value: 0.1, low: 0.1, high: 0.1 });
});

it('figures of one column share one sorted copy', () => {
  const values = Float64Array.of(3, Number.NaN, 1, 2);
  expect(sortedOf(values)).toBe(sortedOf(values));
  expect(Array.from(sortedOf(values))).toEqual([1, 2, 3]);
  expect(Array.from(values)).toEqual([3, Number.NaN, 1, 2]);
});

it('the median of mirrored pairs, which they fix, has an interval at any number of them', () => {
  const values = Float64Array.from({ length: 100_000 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (i >> 1)));
  const { value, low, high } = quantileOf({ values, antithetic: true }, 0.5);
  expect(value).toBe(0);
  expect([low, high].every(Number.isFinite)).toBe(true);
  expect(low).toBeLessThanOrEqual(0);
  expect(high).toBeGreaterThanOrEqual(0);
});
