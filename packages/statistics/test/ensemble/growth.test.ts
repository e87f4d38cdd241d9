import { describe, expect, it } from 'vitest';
import {
  ensembleAverageGrowthOf,
  ergodicityGapOf,
  type GrowthSample,
  timeAverageGrowthOf,
} from '../../src/ensemble/growth.ts';
import { meanOf } from '../../src/ensemble/mean.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

function sampleOf(returns: readonly number[], steps: readonly number[] = returns.map(() => 50)): GrowthSample {
  return { returns: Float64Array.from(returns), steps: Float64Array.from(steps), stepsPerYear: 100, antithetic: false };
}

describe('growth rates of episodes of half a year', () => {
  const sample = sampleOf(golden.returns);

  it("are numpy's mean of logarithms, logarithm of the mean, and the difference", () => {
    const [time, ensemble, gap] = [
      timeAverageGrowthOf(sample),
      ensembleAverageGrowthOf(sample),
      ergodicityGapOf(sample),
    ];
    expect(time.value).toBeCloseTo(2 * golden.growth.time, 12);
    expect(ensemble.value).toBeCloseTo(2 * golden.growth.ensemble, 12);
    expect(gap.value).toBeCloseTo(ensemble.value - time.value, 12);
    for (const { value, low, high } of [time, ensemble, gap]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  it('of the time average have the interval of mean log growth', () => {
    const logs = { values: sample.returns.map((x) => Math.log1p(x)), antithetic: false };
    const { low, high } = meanOf(logs);
    const rate = timeAverageGrowthOf(sample);
    expect(rate.low).toBeCloseTo(2 * low, 12);
    expect(rate.high).toBeCloseTo(2 * high, 12);
  });
});

it("is Peters' coin: the mean grows by 5 %, every account shrinks", () => {
  const coin = sampleOf(
    Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0.5 : -0.4)),
    new Array(100).fill(100),
  );
  expect(ensembleAverageGrowthOf(coin).value).toBeCloseTo(Math.log(1.05), 12);
  expect(timeAverageGrowthOf(coin).value).toBeCloseTo(Math.log(0.9) / 2, 12);
  expect(ergodicityGapOf(coin).value).toBeCloseTo(Math.log(1.05) - Math.log(0.9) / 2, 12);
});

it('a ruined episode counts as a ten-thousandth of its equity, also where it lost more than all', () => {
  const years = [100, 100];
  expect(timeAverageGrowthOf(sampleOf([-1, 0], years)).value).toBeCloseTo(Math.log(1e-4) / 2, 12);
  expect(timeAverageGrowthOf(sampleOf([-1.5, 0], years))).toEqual(timeAverageGrowthOf(sampleOf([-1, 0], years)));
});

it('episodes of different length count by their time', () => {
  // Doubles in a year, stays for three: as an account that does both one after the other.
  expect(timeAverageGrowthOf(sampleOf([1, 0], [100, 300])).value).toBeCloseTo(Math.log(2) / 4, 12);
});

it('failed episodes do not count', () => {
  const { value, n } = timeAverageGrowthOf(sampleOf([0.1, Number.NaN, 0.2], [100, Number.NaN, 100]));
  expect(value).toBeCloseTo((Math.log(1.1) + Math.log(1.2)) / 2, 12);
  expect(n).toBe(2);
});

it('without time there is no rate', () => {
  expect(timeAverageGrowthOf(sampleOf([0, 0], [0, 0]))).toMatchObject({ value: Number.NaN, low: Number.NaN, n: 2 });
  expect(ergodicityGapOf(sampleOf([]))).toMatchObject({ value: Number.NaN, n: 0 });
});
