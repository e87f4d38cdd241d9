import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calmarRatio, type ReturnSums, sharpeRatio, sortinoRatio } from '../../src/summary/ratios.ts';

function sumsOf(returns: readonly number[]): ReturnSums {
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  return {
    steps: returns.length,
    sum: total(returns),
    sumOfSquares: total(returns.map((r) => r * r)),
    downside: total(returns.map((r) => (r < 0 ? r * r : 0))),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
/** numpy.std(values, ddof=1) */
const std = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));

const YEAR = 8760;
const returns = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 2, maxLength: 40 });

describe('sharpeRatio', () => {
  test('is mean over sample deviation, times the root of the steps a year', () => {
    fc.assert(
      fc.property(returns, (values) => {
        fc.pre(std(values) > 1e-3);
        const direct = (mean(values) / std(values)) * Math.sqrt(YEAR);
        // The one-pass variance loses (mean square / variance) x n x 2^-53, here below 0.25e6 x 40 x 1.1e-16 = 1.1e-9.
        expect(Math.abs(sharpeRatio(sumsOf(values), YEAR) - direct)).toBeLessThan(1e-8 * Math.abs(direct) + 1e-8);
      }),
    );
  });

  test.each([
    ['no step', []],
    ['one step', [0.1]],
    ['only zeros', [0, 0, 0]],
    ['constant returns, which do not add up exactly', new Array(1000).fill(0.1)],
    ['constant small losses', new Array(37).fill(-1e-7)],
  ])('of %s is undefined', (_, values) => {
    expect(sharpeRatio(sumsOf(values), YEAR)).toBeNaN();
  });

  test('is never a sentinel, also where the returns overflow', () => {
    expect(sharpeRatio({ steps: 2, sum: 1e200, sumOfSquares: Infinity, downside: 0 }, YEAR)).toBeNaN();
    expect(sharpeRatio({ steps: 2, sum: Infinity, sumOfSquares: Infinity, downside: 0 }, YEAR)).toBeNaN();
    expect(sharpeRatio({ steps: 2, sum: Number.NaN, sumOfSquares: Number.NaN, downside: 0 }, YEAR)).toBeNaN();
  });
});

describe('sortinoRatio', () => {
  test('is mean over the root mean square of the losses over all steps', () => {
    fc.assert(
      fc.property(returns, (values) => {
        fc.pre(values.some((r) => r < -1e-3));
        const downside = Math.sqrt(mean(values.map((r) => Math.min(r, 0) ** 2)));
        expect(sortinoRatio(sumsOf(values), YEAR)).toBeCloseTo((mean(values) / downside) * Math.sqrt(YEAR), 8);
      }),
    );
  });

  test('of one losing step is -1 a step', () => {
    expect(sortinoRatio(sumsOf([-0.1]), 1)).toBeCloseTo(-1, 12);
  });

  test.each([
    ['no step', []],
    ['no negative return', [0.1, 0, 0.2]],
  ])('of %s is undefined', (_, values) => {
    expect(sortinoRatio(sumsOf(values), YEAR)).toBeNaN();
  });
});

describe('calmarRatio', () => {
  test('is compound annual growth over maximum drawdown', () => {
    expect(calmarRatio(1.21, 0.2, 2 * YEAR, YEAR)).toBeCloseTo(0.1 / 0.2, 12);
    expect(calmarRatio(0.81, 0.25, 2 * YEAR, YEAR)).toBeCloseTo(-0.1 / 0.25, 12);
  });

  test.each([0, -0.5])('of a growth factor of %d loses everything in a year', (growth) => {
    expect(calmarRatio(growth, 0.5, 10, YEAR)).toBe(-2);
  });

  test.each([
    ['no step', 1, 0.1, 0],
    ['no drawdown', 1.1, 0, 10],
    ['a growth that overflows in a year', 2, 0.1, 1],
    ['a growth that is no number', Number.NaN, Number.NaN, 10],
  ])('with %s is undefined', (_, growth, maxDrawdown, steps) => {
    expect(calmarRatio(growth, maxDrawdown, steps, YEAR)).toBeNaN();
  });
});
