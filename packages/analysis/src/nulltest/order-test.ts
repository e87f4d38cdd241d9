/** Returns that differ by less are equal: products of the same factors in another order differ by rounding. */
const EQUAL = 1e-9;

/** The result on the true order of a history among those on the same candles in random order. */
export interface OrderTest {
  /** Total return on the true order; NaN where the episode failed. */
  readonly totalReturn: number;
  readonly fills: number;
  /** Shuffled histories. */
  readonly shuffles: number;
  /** Shuffled histories on which it did as well or better; failed ones count. */
  readonly asGood: number;
  /** Median total return on shuffled histories. */
  readonly median: number;
  /** Chance of a rank as high where the order means nothing: (1 + asGood)/(1 + shuffles). */
  readonly p: number;
}

/**
 * Permutation test (Fisher 1935; Phipson and Smyth 2010, "Permutation p-values should never be zero", for the count): where the returns of a
 * history are exchangeable, the result on the true order has any rank among those on random orders with the same chance.
 */
export function testOrder(
  own: { readonly totalReturn: number; readonly fills: number },
  shuffled: Float64Array,
): OrderTest {
  const threshold = own.totalReturn - EQUAL * Math.abs(1 + own.totalReturn);
  const asGood = Number.isNaN(own.totalReturn)
    ? shuffled.length
    : shuffled.filter((value) => !(value < threshold)).length;
  const known = shuffled.filter((value) => !Number.isNaN(value)).sort();
  return {
    ...own,
    shuffles: shuffled.length,
    asGood,
    median: known.length === 0 ? Number.NaN : medianOfSorted(known),
    p: (1 + asGood) / (1 + shuffled.length),
  };
}

function medianOfSorted(values: Float64Array): number {
  const upper = values.length >> 1;
  return values.length % 2 === 1 ? values[upper]! : (values[upper - 1]! + values[upper]!) / 2;
}
