import { describe, expect, it } from 'vitest';
import { deviationOf } from '../../src/ensemble/deviation.ts';
import { expectedShortfallOf } from '../../src/ensemble/expected-shortfall.ts';
import { maximumOf, minimumOf } from '../../src/ensemble/extremes.ts';
import { interquartileMeanOf } from '../../src/ensemble/interquartile-mean.ts';
import { meanOf } from '../../src/ensemble/mean.ts';
import { medianOf, quantileOf } from '../../src/ensemble/quantile.ts';
import type { Estimate } from '../../src/estimate.ts';
import type { Sample } from '../../src/sample.ts';

const estimators: Record<string, (sample: Sample) => Estimate> = {
  mean: meanOf,
  deviation: deviationOf,
  median: medianOf,
  quantile: (sample) => quantileOf(sample, 0.05),
  shortfall: (sample) => expectedShortfallOf(sample, 0.05),
  interquartileMean: interquartileMeanOf,
  minimum: minimumOf,
  maximum: maximumOf,
};
/** Of one value: it is known, the deviation is not. */
const locations = Object.entries(estimators).filter(([name]) => name !== 'deviation');

describe.each([false, true])('antithetic: %s', (antithetic) => {
  const of = (...values: number[]): Sample => ({ values: Float64Array.from(values), antithetic });

  it.each(Object.entries(estimators))('%s of no episodes, or of missing ones, is unknown', (_, estimator) => {
    for (const sample of [of(), of(Number.NaN, Number.NaN, Number.NaN)]) {
      expect(estimator(sample)).toMatchObject({ value: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0 });
    }
  });

  it.each(locations)('%s of one episode is its value, and no interval bounds it', (_, estimator) => {
    const { value, low, high, n } = estimator(of(0.3));
    expect([value, n]).toEqual([0.3, 1]);
    expect(Number.isFinite(low) || Number.isFinite(high)).toBe(false);
  });

  it('a deviation of one episode is unknown', () => {
    expect(deviationOf(of(0.3))).toMatchObject({ value: Number.NaN, n: 1 });
  });

  it.each(locations)('%s of equal values is that value, exactly', (_, estimator) => {
    const { value, low, high } = estimator(of(...new Array(200).fill(0.1)));
    expect(value).toBe(0.1);
    for (const end of [low, high]) expect(Number.isNaN(end) || end === 0.1).toBe(true);
  });

  it('a deviation of equal values is 0, exactly', () => {
    expect(deviationOf(of(...new Array(200).fill(0.1)))).toMatchObject({ value: 0, low: 0, high: 0 });
  });

  it.each(Object.entries(estimators))(
    '%s of infinite values is infinite or unknown, and never a finite number',
    (_, estimator) => {
      const { value, low, high, n } = estimator(of(...new Array(100).fill(Infinity)));
      expect(n).toBe(100);
      for (const x of [value, low, high]) expect(Number.isFinite(x)).toBe(false);
    },
  );
});

it('extremes are labelled observed and have no interval', () => {
  const sample = { values: Float64Array.of(3, Number.NaN, -1, 2), antithetic: false };
  expect(minimumOf(sample)).toEqual({ value: -1, low: Number.NaN, high: Number.NaN, n: 3, method: 'observed' });
  expect(maximumOf(sample).value).toBe(3);
});
