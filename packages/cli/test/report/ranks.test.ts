import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderOf } from '../../src/report/data/order.ts';
import { rankCorrelationOf, ranksOf } from '../../src/report/data/ranks.ts';

const anyValues = fc
  .array(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 }), fc.constantFrom(0, -0, 1e300)))
  .map((values) => Float64Array.from(values));

describe('ranks', () => {
  it('come from the order that a sort which compares gives, equal values in their own', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const naive = [...values.keys()].sort((a, b) => Math.sign(values[a]! - values[b]! || 0) || a - b);
        // The difference of two infinities of one sign is no number, and that of equal values is zero.
        expect([...orderOf(values)]).toEqual(naive);
      }),
    );
  });

  it('of equal values are the mean of theirs, as scipy.stats.rankdata has them', () => {
    expect([...ranksOf(Float64Array.of(3, 1, 3, 3, -2, 0, -0))]).toEqual([6, 4, 6, 6, 1, 2.5, 2.5]);
  });

  it('give the correlation of scipy.stats.spearmanr', () => {
    const [x, y] = [Float64Array.of(1, 2, 3, 4, 5, 5), Float64Array.of(2, 1, 4, 3, 7, 7)];
    // scipy 1.17: spearmanr([1, 2, 3, 4, 5, 5], [2, 1, 4, 3, 7, 7]).statistic
    expect(rankCorrelationOf(ranksOf(x), ranksOf(y))).toBeCloseTo(0.8823529411764706, 14);
    expect(rankCorrelationOf(ranksOf(x), ranksOf(x))).toBe(1);
    expect(rankCorrelationOf(ranksOf(x), ranksOf(new Float64Array(6)))).toBeNaN();
  });
});
