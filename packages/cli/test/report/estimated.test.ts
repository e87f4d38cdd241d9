import type { Estimate } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { intervalText, valueText } from '../../src/report/estimated.ts';
import { percent } from '../../src/report/format.ts';

const THIN = '\u202f';
const estimate = (value: number, low: number, high: number): Estimate => ({ value, low, high, n: 9, method: 'test' });

describe('an estimate', () => {
  it('has the digits that its interval is worth', () => {
    const wide = estimate(-0.3287, -0.41, -0.24);
    expect(valueText(wide, percent)).toBe(`−32.9${THIN}%`);
    expect(intervalText(wide, percent)).toBe(`−41.0 to −24.0${THIN}%`);
    expect(valueText(estimate(-0.32871, -0.3291, -0.3283), percent)).toBe(`−32.871${THIN}%`);
  });

  it('is open where no value bounds it', () => {
    expect(intervalText(estimate(0.1, Number.NEGATIVE_INFINITY, 0.2), percent)).toBe(`up to 20.0${THIN}%`);
    expect(intervalText(estimate(0.1, -0.2, Number.POSITIVE_INFINITY), percent)).toBe(`−20.0${THIN}% and more`);
  });

  it('has no interval without one, nor where values differ by rounding only', () => {
    expect(intervalText(estimate(0.1, Number.NaN, Number.NaN), percent)).toBeUndefined();
    expect(intervalText(estimate(0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY), percent)).toBeUndefined();
    const same = estimate(0.1, 0.1, 0.1 + 1e-16);
    expect(intervalText(same, percent)).toBeUndefined();
    expect(valueText(same, percent)).toBe(`10.0${THIN}%`);
  });
});
