/** Where the values lie: an estimate, and an interval for the centre of a symmetric distribution that they are drawn from. */
export interface Location {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The Hodges–Lehmann estimate (1963), the median of all means of two values (each with itself too), and the interval that
 * Wilcoxon's signed-rank test leaves (Tukey 1949; Hollander & Wolfe, Nonparametric Statistical Methods, 3rd ed., 3.3): exact for
 * any continuous symmetric distribution, and a value far out moves it little. Below 5 values the interval is everything.
 *
 * @param tail chance that the centre is below `low`, and that it is above `high`: at most this
 */
export function locationOf(values: readonly number[], tail: number): Location {
  if (values.length === 0)
    return { estimate: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const means: number[] = [];
  for (let i = 0; i < values.length; i++)
    for (let j = i; j < values.length; j++) means.push((values[i]! + values[j]!) / 2);
  means.sort((a, b) => a - b);
  const half = means.length >> 1;
  const estimate = means.length % 2 === 1 ? means[half]! : (means[half - 1]! + means[half]!) / 2;
  const rank = rankWithin(values.length, tail);
  if (rank === 0) return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { estimate, low: means[rank - 1]!, high: means[means.length - rank]! };
}

/** The largest k with P(W < k) ≤ tail, where W is the signed-rank statistic of n values around their centre. */
function rankWithin(n: number, tail: number): number {
  // ways[w]: how many of the 2^n choices of ranks add up to w.
  const ways = [1, ...new Array<number>((n * (n + 1)) / 2).fill(0)];
  for (let rank = 1; rank <= n; rank++) {
    for (let w = ways.length - 1; w >= rank; w--) ways[w]! += ways[w - rank]!;
  }
  const most = tail * 2 ** n;
  let rank = 0;
  for (let below = ways[0]!; below <= most; below += ways[++rank]!);
  return rank;
}
