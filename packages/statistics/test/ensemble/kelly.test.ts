import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kellyFractionOf } from '../../src/ensemble/kelly.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

const kelly = (values: ArrayLike<number>) => kellyFractionOf({ values: Float64Array.from(values), antithetic: false });

describe('the value', () => {
  it("is Kelly's p − q/b of a bet that pays b to one", () => {
    const bets = Array.from({ length: 100 }, (_, i) => (i < 40 ? 2 : -1));
    const { value, low, high } = kelly(bets);
    expect(value).toBeCloseTo(0.4 - 0.6 / 2, 12);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(value);
  });

  it("is that of scipy's minimiser", () => {
    // A minimum is found to the root of the rounding errors.
    expect(kelly(golden.returns).value).toBeCloseTo(golden.kelly, 7);
  });

  it('has no better fraction on either side', () => {
    const returns = fc.array(fc.double({ min: -0.99, max: 3, noNaN: true }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(returns, (values) => {
        fc.pre(Math.min(...values) < -0.01 && Math.max(...values) > 0.01);
        const growth = (f: number): number => values.reduce((sum, x) => sum + Math.log(Math.max(1 + f * x, 0)), 0);
        const { value } = kelly(values);
        expect(growth(value)).toBeGreaterThanOrEqual(growth(value + 1e-4) - 1e-12);
        if (value > 1e-4) expect(growth(value)).toBeGreaterThanOrEqual(growth(value - 1e-4) - 1e-12);
      }),
    );
  });
});

describe('edges', () => {
  it('a strategy that loses on average is not played', () => {
    const { value, low, high } = kelly(Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 0.1 : -0.2)));
    expect([value, low, high]).toEqual([0, 0, 0]);
  });

  it('without a loss no fraction is too large: it is undefined', () => {
    for (const values of [[0.1, 0.2], [0, 0, 0], [0.3]]) {
      expect(kelly(values)).toMatchObject({ value: Number.NaN, low: Number.NaN, high: Number.NaN, n: values.length });
      expect(kelly(values).method).toContain('no episode lost');
    }
  });

  it('without a gain it is 0, and surely so once the mean is surely below 0', () => {
    expect(kelly([-0.1])).toMatchObject({ value: 0, low: 0, high: Number.NaN, method: 'no episode gained' });
    expect(kelly([-0.1, -0.2, -0.15, -0.12, 0, -0.1, -0.16, -0.18])).toMatchObject({ value: 0, low: 0, high: 0 });
  });

  it('no end is where a loss that was seen would have taken all', () => {
    const { high } = kelly([-0.5, 0.6, 0.7, 0.4, 0.9, 0.8]);
    expect(high).toBeLessThanOrEqual(2);
  });

  it('a sample of small losses does not prove that leverage is safe', () => {
    const { value, low } = kelly(Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 0.1 : -0.05)));
    expect(value).toBeCloseTo(5, 9);
    expect(low).toBe(1);
  });

  it('of nothing and of infinite returns it is undefined', () => {
    expect(kelly([])).toMatchObject({ value: Number.NaN, n: 0 });
    expect(kelly([Infinity, -0.5])).toMatchObject({ value: Number.NaN, n: 2 });
  });
});
