import { expect, it } from 'vitest';
import { meanOf } from '../../src/ensemble/mean.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

const sample = { values: Float64Array.from(golden.returns), antithetic: false };

it("agrees with arch's studentized bootstrap, which knows of the skewness too", () => {
  const { value, low, high, n } = meanOf(sample);
  const { mean, standardError, bootstrap } = golden.moments;
  expect(n).toBe(1000);
  expect(value).toBeCloseTo(mean, 12);
  // An end of 20,000 resamples is itself known to √(0.025·0.975/20,000)/φ(1.96) = 0.019 standard errors; four of those.
  expect(Math.abs(low - bootstrap[0]!)).toBeLessThan(0.076 * standardError);
  expect(Math.abs(high - bootstrap[1]!)).toBeLessThan(0.076 * standardError);
});

it('a smaller error probability gives a wider interval', () => {
  const [wide, narrow] = [meanOf(sample, 0.001), meanOf(sample, 0.2)];
  expect(wide.low).toBeLessThan(narrow.low);
  expect(wide.high).toBeGreaterThan(narrow.high);
});

it('missing values do not count', () => {
  const values = Float64Array.of(1, Number.NaN, 2, 4, Number.NaN);
  expect(meanOf({ values, antithetic: false })).toEqual(
    meanOf({ values: Float64Array.of(1, 2, 4), antithetic: false }),
  );
});
