import { describe, expect, it } from 'vitest';
import { erfcx, logBesselIScaled, logBesselKScaled, logGamma } from '../../src/numerics/special.ts';
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
