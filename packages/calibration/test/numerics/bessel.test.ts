import { describe, expect, it } from 'vitest';
import { logBesselIScaled, logBesselKScaled } from '../../src/numerics/bessel.ts';
import golden from '../golden/bessel.json' with { type: 'json' };

/** The difference, relative where the value is larger than 1. */
function errorOf(got: number, expected: number): number {
  return Math.abs(got - expected) / Math.max(1, Math.abs(expected));
}

describe('Bessel functions agree with those of mpmath', () => {
  it('modified Bessel function of the first kind', () => {
    for (const [order, x, expected] of golden.logBesselIScaled) {
      expect(errorOf(logBesselIScaled(order!, x!), expected!), `${order}, ${x}`).toBeLessThan(2e-10);
    }
  });

  it('modified Bessel function of the second kind', () => {
    for (const [order, x, expected] of golden.logBesselKScaled) {
      expect(errorOf(logBesselKScaled(order!, x!), expected!), `${order}, ${x}`).toBeLessThan(2e-10);
    }
  });
});
