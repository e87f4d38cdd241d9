import { orderOf } from './order.ts';

/** Ranks from 1; equal values have the mean of theirs. No value may be NaN. */
export function ranksOf(values: Float64Array): Float64Array {
  const order = orderOf(values);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    const value = values[order[from]!];
    let to = from + 1;
    while (to < order.length && values[order[to]!] === value) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** Spearman's correlation (1904) of two quantities, from their ranks; NaN where one of them does not vary. */
export function rankCorrelationOf(a: Float64Array, b: Float64Array): number {
  const middle = (a.length + 1) / 2;
  let products = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]! - middle;
    const y = b[i]! - middle;
    products += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return products / Math.sqrt(squaresA * squaresB);
}
