import { describe, expect, test } from 'vitest';
import { normalMass } from '../../src/config/normal-mass.ts';
import { gammaQ } from '../random/statistics.ts';

const INFINITY = Number.POSITIVE_INFINITY;
/** P(Z > x), x of 0 or more, from the incomplete gamma function. */
const tail = (x: number): number => 0.5 * gammaQ(0.5, 0.5 * x * x);

describe('the mass of a standard normal', () => {
  test('is all of it without bounds, half of it on one side, and none in a point', () => {
    expect(normalMass(-INFINITY, INFINITY)).toBe(1);
    expect(normalMass(0, INFINITY)).toBeCloseTo(0.5, 6);
    expect(normalMass(-INFINITY, 0)).toBeCloseTo(0.5, 6);
    expect(normalMass(1, 1)).toBe(0);
  });

  test('in a tail has six digits, on either side', () => {
    for (const x of [0.1, 0.5, 1, 2, 3, 4.75, 6, 8]) {
      expect(Math.abs(normalMass(x, INFINITY) / tail(x) - 1)).toBeLessThan(1e-6);
      expect(normalMass(-INFINITY, -x)).toBe(normalMass(x, INFINITY));
    }
  });

  test('between two bounds is the difference of two tails', () => {
    expect(normalMass(-1, 2)).toBeCloseTo(1 - tail(1) - tail(2), 6);
    expect(normalMass(4, 5) / (tail(4) - tail(5))).toBeCloseTo(1, 5);
    expect(normalMass(-5, -4)).toBe(normalMass(4, 5));
  });
});
