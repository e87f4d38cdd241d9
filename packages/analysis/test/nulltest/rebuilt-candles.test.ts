import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rebuildExtremes } from '../../src/nulltest/rebuilt-candles.ts';
import { withoutMean } from '../../src/nulltest/return-table.ts';
import { meanOf } from './support.ts';

/** Twenty thousand returns with mean zero, the same few over and over. */
function tableOf(returns: readonly number[]): Float64Array {
  return withoutMean(Float64Array.from({ length: 20_000 }, (_, i) => returns[i % returns.length]!));
}

/** Mean gain of orders that fill on touch: bought at −level within the candle, sold at its end; and sold at +level. */
function touchGains(returns: Float64Array, level: number): [bought: number, sold: number] {
  const { high, low } = rebuildExtremes(returns);
  return [
    meanOf(returns.map((value, i) => (low[i]! <= -level ? value + level : 0))),
    meanOf(returns.map((value, i) => (high[i]! >= level ? level - value : 0))),
  ];
}

describe('rebuildExtremes', () => {
  it('has nothing to rebuild where nothing moves', () => {
    expect(rebuildExtremes(new Float64Array(3))).toEqual({ high: new Float64Array(3), low: new Float64Array(3) });
    expect(rebuildExtremes(new Float64Array(0))).toEqual({ high: new Float64Array(0), low: new Float64Array(0) });
  });

  it('leaves returns of one sign their ends', () => {
    const returns = Float64Array.of(0.1, 0.2, 0);
    expect(rebuildExtremes(returns)).toEqual({ high: returns, low: new Float64Array(3) });
  });

  it('keeps every candle around its ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.9, max: 2, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (values) => {
          const returns = Float64Array.from(values);
          const { high, low } = rebuildExtremes(returns);
          returns.forEach((value, i) => {
            expect(high[i]!).toBeGreaterThanOrEqual(Math.max(0, value));
            expect(low[i]!).toBeLessThanOrEqual(Math.min(0, value));
            expect(Math.min(low[i]!, 0)).toBeGreaterThanOrEqual(Math.min(...values, 0));
            expect(Math.max(high[i]!, 0)).toBeLessThanOrEqual(Math.max(...values, 0));
          });
        },
      ),
    );
  });

  it('has the law of a Brownian motion that leaves an interval, where there are two returns', () => {
    // From 0 to 0.02 before −0.01: P(lowest < −x) = 0.02/(0.02 + x)·(0.01 − x)/0.01 (Karatzas and Shreve 1991, 2.8.13, twice).
    const returns = Float64Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? 0.02 : -0.01));
    const { low } = rebuildExtremes(returns);
    const lows = low.filter((_, i) => returns[i]! > 0);
    for (const x of [0.001, 0.003, 0.005, 0.008]) {
      const share = lows.filter((value) => value < -x).length / lows.length;
      // Equal parts: 10,000 golden multiples miss a share by at most a few in 10,000.
      expect(Math.abs(share - ((0.02 / (0.02 + x)) * (0.01 - x)) / 0.01)).toBeLessThan(5e-4);
    }
  });

  it.each([
    ['two', [0.02, -0.01, -0.01]],
    ['skewed', [0.3, -0.02, -0.05, 0.01, -0.1, -0.1, -0.04]],
    ['many', Array.from({ length: 997 }, (_, i) => Math.tan(((i + 0.5) / 997 - 0.5) * 2.8) / 100)],
  ])('is fair to orders at any level: %s returns', (_, values) => {
    const returns = tableOf(values);
    const deviation = Math.sqrt(meanOf(returns.map((value) => value * value)));
    for (let k = 1; k <= 60; k++) {
      for (const gain of touchGains(returns, (k / 20) * deviation)) {
        // Chance alone would leave ½·deviation/√20,000 = 0.0035 of it.
        expect(Math.abs(gain)).toBeLessThan(0.0015 * deviation);
      }
    }
  });
});
