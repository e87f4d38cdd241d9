import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveSize } from '../../src/ensemble/pairs.ts';
import { shareOf, shareOfCount } from '../../src/ensemble/share.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

describe('a share of a count', () => {
  it("has statsmodels' Wilson interval", () => {
    for (const { k, n, interval } of golden.wilson) {
      const { low, high, value } = shareOfCount(k, n);
      expect(value).toBe(k / n);
      // Seven digits of the normal quantile.
      expect(low, `${k} of ${n}`).toBeCloseTo(interval[0]!, 6);
      expect(high, `${k} of ${n}`).toBeCloseTo(interval[1]!, 6);
    }
  });

  it('of nothing and of all ends exactly at 0 and at 1', () => {
    expect(shareOfCount(0, 40).low).toBe(0);
    expect(shareOfCount(40, 40).high).toBe(1);
    expect(shareOfCount(0, 40).high).toBeGreaterThan(0.05);
  });

  it('of no trials is unknown', () => {
    expect(shareOfCount(0, 0)).toMatchObject({ value: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0 });
  });
});

describe('the effective size of antithetic episodes', () => {
  const hits = (pairs: readonly (readonly [number, number])[], times: number) => ({
    values: Float64Array.from(new Array(times).fill(pairs.flat()).flat()),
    antithetic: true,
  });

  it('is the number of episodes where those of a pair have nothing to do with one another', () => {
    const size = effectiveSize(
      hits(
        [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ],
        250,
      ),
      1,
    );
    // 3.84 of 1,000 hits are counted as seen twice.
    expect(size).toBeGreaterThan(1980);
    expect(size).toBeLessThanOrEqual(2000);
  });

  it('is that of pairs where both come to the same', () => {
    expect(
      effectiveSize(
        hits(
          [
            [0, 0],
            [1, 1],
          ],
          250,
        ),
        1,
      ),
    ).toBeCloseTo(500, 9);
  });

  it('is larger where they exclude one another, and never without end', () => {
    const size = effectiveSize(
      hits(
        [
          [0, 1],
          [1, 0],
        ],
        250,
      ),
      1,
    );
    expect(size).toBeGreaterThan(10_000);
    expect(size).toBeLessThan(100_000);
  });

  it('is that of pairs where nothing was seen', () => {
    expect(effectiveSize(hits([[0, 0]], 250), 1)).toBe(250);
    expect(effectiveSize(hits([[1, 1]], 250), 1)).toBe(250);
  });

  it('is positive whatever comes', () => {
    const value = fc.constantFrom(0, 1, Number.NaN);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        const known = values.filter((x) => !Number.isNaN(x)).length;
        const size = effectiveSize({ values: Float64Array.from(values), antithetic: true }, 1);
        if (known === 0) expect(size).toBe(0);
        else expect(size).toBeGreaterThanOrEqual(known / 2 - 1e-9);
      }),
    );
  });
});

it('values that are missing are no trials', () => {
  expect(shareOf({ values: Float64Array.of(1, Number.NaN, 0, 1), antithetic: false })).toEqual(shareOfCount(2, 3));
});
