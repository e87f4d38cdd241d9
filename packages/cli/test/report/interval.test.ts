import { describe, expect, it } from 'vitest';
import { wilson } from '../../src/report/interval.ts';

describe('wilson', () => {
  it.each([
    // statsmodels 0.15, proportion_confint(k, n, method='wilson').
    [5, 10, 0.236593, 0.763407],
    [0, 10, 0, 0.277533],
    [3, 1_000, 0.0010208, 0.008783],
    [10, 10, 0.722467, 1],
  ])('of %i in %i is what statsmodels gives', (k, n, low, high) => {
    const [lower, upper] = wilson(k, n);
    expect(lower).toBeCloseTo(low, 5);
    expect(upper).toBeCloseTo(high, 5);
  });
});
