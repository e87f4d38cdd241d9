import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concentration, distributionOf, extremePaths } from '../../../src/report/comparison/data/spread.ts';

/** Dyadic: no edge of a bin is missed by rounding. */
const value = fc.integer({ min: -100_000, max: 100_000 }).map((x) => x / 64);

describe('distributionOf', () => {
  it('counts every value once, in the bin that holds it', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
        const sorted = Float64Array.from(values).sort();
        const { bins, below, above, n } = distributionOf(sorted);
        expect(n).toBe(values.length);
        if (bins.length === 0) return;
        expect(below + above + bins.reduce((sum, { count }) => sum + count, 0)).toBe(n);
        for (const [i, { from, to, count }] of bins.entries()) {
          const isLast = i === bins.length - 1;
          expect(values.filter((x) => x >= from && (x < to || (isLast && x === to)))).toHaveLength(count);
        }
      }),
    );
  });
});

describe('extremePaths', () => {
  it('finds the paths that a sort would', () => {
    const known = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: -50, max: 50 }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(known, known), { maxLength: 60 }),
        fc.constantFrom(1 as const, -1 as const),
        (pairs, favour) => {
          const [a, b] = [Float64Array.from(pairs, ([x]) => x), Float64Array.from(pairs, ([, y]) => y)];
          const sizes = pairs.map(([x, y]) => favour * (y - x)).filter((size) => size > 0);
          const found = extremePaths({ a, b, antithetic: false, sorted: new Float64Array() }, favour, 5);
          expect(found.map((path) => favour * (path.b - path.a))).toEqual(sizes.sort((x, y) => y - x).slice(0, 5));
        },
      ),
    );
  });
});

describe('concentration', () => {
  it.each([
    // Half of 10 is 5: the largest alone.
    [[-1, -1, 1, 1, 6], 1 / 5],
    [[-6, -1, -1, 1, 1], 1 / 5],
    [[1, 1, 1, 1], 2 / 4],
    [[0, 0, 0, 5], 1 / 4],
  ])('of %j is %d', (values, share) => {
    expect(concentration(Float64Array.from(values))).toBe(share);
  });

  it('is undefined where nothing differs', () => {
    expect(concentration(new Float64Array(3))).toBeNaN();
    expect(concentration(new Float64Array())).toBeNaN();
  });
});
