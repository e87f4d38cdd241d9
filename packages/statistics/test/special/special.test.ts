import { studentQuantile } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { regularizedBeta } from '../../src/special/beta.ts';
import { binomialCdf, binomialUpper } from '../../src/special/binomial.ts';
import { erfcx } from '../../src/special/error-function.ts';
import { logGamma } from '../../src/special/gamma.ts';
import { normalCdf, normalUpper } from '../../src/special/normal.ts';
import golden from '../golden/special.json' with { type: 'json' };

/** The difference, relative where the value is larger than 1. */
function errorOf(got: number, expected: number): number {
  return Math.abs(got - expected) / Math.max(1, Math.abs(expected));
}

describe('special functions agree with those of mpmath', () => {
  it('log gamma', () => {
    for (const [x, expected] of golden.logGamma) expect(errorOf(logGamma(x!), expected!), `${x}`).toBeLessThan(2e-14);
  });

  it('scaled complementary error function', () => {
    for (const [x, expected] of golden.erfcx) {
      expect(Math.abs(erfcx(x!) / expected! - 1), `${x}`).toBeLessThan(1e-12);
    }
  });

  it('normal distribution, in the tails too', () => {
    for (const [x, expected] of golden.normalCdf) {
      expect(Math.abs(normalCdf(x!) / expected! - 1), `${x}`).toBeLessThan(1e-12);
      expect(normalUpper(-x!)).toBe(normalCdf(x!));
    }
  });

  it('regularised incomplete beta function', () => {
    for (const [x, a, b, expected] of golden.regularizedBeta) {
      expect(Math.abs(regularizedBeta(x!, a!, b!) / expected! - 1), `${x}, ${a}, ${b}`).toBeLessThan(1e-11);
    }
  });

  it("Student's quantile, at degrees of freedom that are no integers too", () => {
    for (const [tail, freedom, expected] of golden.studentQuantile) {
      expect(Math.abs(studentQuantile(tail!, freedom!) / expected! - 1), `${tail}, ${freedom}`).toBeLessThan(2e-5);
    }
  });
});

describe('edges', () => {
  it('of the normal distribution are 0, 1 and missing', () => {
    expect([normalCdf(-Infinity), normalCdf(-40), normalCdf(Infinity)]).toEqual([0, 0, 1]);
    expect(normalCdf(Number.NaN)).toBeNaN();
  });

  it('of the beta function are 0 and 1, and outside of its range there is none', () => {
    expect([regularizedBeta(0, 2, 3), regularizedBeta(1, 2, 3)]).toEqual([0, 1]);
    for (const wrong of [regularizedBeta(-0.1, 1, 1), regularizedBeta(0.5, 0, 1)]) expect(wrong).toBeNaN();
  });

  it('of a binomial number are its least and largest value', () => {
    expect([
      binomialCdf(-1, 5, 0.3),
      binomialCdf(5, 5, 0.3),
      binomialUpper(0, 5, 0.3),
      binomialUpper(6, 5, 0.3),
    ]).toEqual([0, 1, 1, 0]);
  });
});

it('a binomial distribution is the sum of its terms', () => {
  const [n, p] = [12, 0.3];
  let term = (1 - p) ** n;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    sum += term;
    expect(binomialCdf(k, n, p)).toBeCloseTo(sum, 13);
    expect(binomialUpper(k + 1, n, p)).toBeCloseTo(1 - sum, 13);
    term *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
});

it('a binomial distribution of a million trials is known to eight digits', () => {
  // P(at most the mean) = ½ + (1 + p)/(3·√(2πnpq)) + O(1/n), from its Edgeworth expansion with the correction for whole numbers.
  const [n, p] = [1_000_000, 0.05];
  const deviation = Math.sqrt(n * p * (1 - p));
  const expected = 0.5 + (0.5 + (1 - 2 * p) / 6) / (Math.sqrt(2 * Math.PI) * deviation);
  expect(Math.abs(binomialCdf(n * p, n, p) - expected)).toBeLessThan(1e-7);
});
