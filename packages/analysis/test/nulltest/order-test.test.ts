import { describe, expect, it } from 'vitest';
import { testOrder } from '../../src/nulltest/order-test.ts';

const SHUFFLED = Float64Array.of(-0.2, -0.1, 0, 0.1, 0.3);
const rank = (totalReturn: number, shuffled = SHUFFLED) => testOrder({ totalReturn, fills: 1 }, shuffled);

describe('testOrder', () => {
  it('is the rank of the true order among the others', () => {
    expect(rank(0.2)).toEqual({ totalReturn: 0.2, fills: 1, shuffles: 5, asGood: 1, median: 0, p: 2 / 6 });
    expect(rank(0.4)).toMatchObject({ asGood: 0, p: 1 / 6 });
    expect(rank(-1)).toMatchObject({ asGood: 5, p: 1 });
  });

  it('takes results that differ by rounding for equal: the order of factors does not matter to who buys and holds', () => {
    const same = 1.1 * 0.9 * 1.3 - 1;
    const shuffled = Float64Array.of(1.3 * 1.1 * 0.9 - 1, 0.9 * 1.3 * 1.1 - 1, same - 1e-15);
    expect(rank(same, shuffled)).toMatchObject({ asGood: 3, p: 1 });
  });

  it('counts failed histories as good ones, and has no rank for a failed result', () => {
    expect(rank(0.4, Float64Array.of(Number.NaN, 0, 0.2))).toMatchObject({ asGood: 1, p: 2 / 4, median: 0.1 });
    expect(rank(Number.NaN)).toMatchObject({ asGood: 5, p: 1 });
  });

  it('has no median without a result', () => {
    expect(rank(0, Float64Array.of(Number.NaN)).median).toBeNaN();
  });
});
