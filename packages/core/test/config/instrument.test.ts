import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundToLot, roundToTick } from '../../src/config/instrument.ts';

const size = fc.constantFrom(0.1, 0.01, 0.001, 0.3, 0.7, 1, 5, 1e-8);

describe('rounding', () => {
  test('0 means none', () => {
    expect([roundToLot(0.12345, 0), roundToTick(0.12345, 0, 1)]).toEqual([0.12345, 0.12345]);
  });

  test.each([
    [0.3, 0.1, 3],
    [0.7, 0.1, 7],
    [1.1, 0.1, 11],
    [-0.3, 0.1, -3],
    [0.29, 0.1, 2],
    [-0.29, 0.1, -2],
    [0.05, 0.1, 0],
    [0, 0.1, 0],
  ])('%d in lots of %d is %d lots', (quantity, lotSize, lots) => {
    expect(roundToLot(quantity, lotSize)).toBeCloseTo(lots * lotSize, 12);
    expect(Math.round(roundToLot(quantity, lotSize) / lotSize) + 0).toBe(lots);
  });

  test('whole lots and ticks stay as they are, in either direction', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), size, fc.constantFrom(-1, 1), (n, unit, direction) => {
        expect(roundToLot(n * unit, unit) + 0).toBe(n * unit + 0);
        expect(roundToTick(n * unit, unit, direction) + 0).toBe(n * unit + 0);
      }),
    );
  });

  test('a lot never grows the quantity, a tick never moves it by a whole tick or against its direction', () => {
    const value = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(value, fc.constantFrom(0.1, 0.01, 0.3, 5), fc.constantFrom(-1, 1), (x, unit, direction) => {
        // Multiples that are whole up to 1e-9 are whole: that much, and a rounding, is the tolerance.
        const slack = 2e-9 * unit;
        expect(Math.abs(roundToLot(x, unit))).toBeLessThanOrEqual(Math.abs(x) + slack);
        expect(Math.abs(x) - Math.abs(roundToLot(x, unit))).toBeLessThan(unit + slack);
        const moved = (roundToTick(x, unit, direction) - x) * direction;
        expect(moved).toBeGreaterThan(-slack);
        expect(moved).toBeLessThan(unit + slack);
      }),
    );
  });
});
