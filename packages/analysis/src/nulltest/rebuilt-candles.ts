/** Fractional part of the golden ratio: its multiples fill the unit interval more evenly than any other's (Niederreiter 1992, 3.1). */
const GOLDEN = 0.6180339887498949;

/** Extremes of the candles of some returns, relative to the open, which is the close before: low ≤ 0 ≤ high. */
export interface RelativeExtremes {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/**
 * Highs and lows that make a fair market of simple returns with mean zero: within each candle the price is a Brownian motion that is stopped so
 * that it ends with the law of the returns. Orders that fill on touch then gain and lose alike, whatever their level (optional stopping);
 * with the highs and lows of a real history they would not.
 *
 * The motion runs until it leaves an interval (−a, b), a and b drawn from the losses and gains with weight a + b (Hall 1968, "On the Skorokhod
 * representation theorem"; Breiman 1968, "Probability", 13.3). So a candle that ends at b > 0 has its high there, and its low is below −x with
 * probability b/(b + x) · C(x)/C(0), where C(x) is the mean of max(0, loss − x) over all returns. With the signs turned it is the same for
 * losses. Instead of drawing, each law is cut into equal parts: the balance is kept more exactly than chance would keep it.
 */
export function rebuildExtremes(returns: Float64Array): RelativeExtremes {
  const high = returns.map((value) => Math.max(0, value));
  const low = returns.map((value) => Math.min(0, value));
  const gains = rowsBySize(returns, 1);
  const losses = rowsBySize(returns, -1);
  if (gains.length === 0 || losses.length === 0) return { high, low };
  const below = new Reach(losses.map((row) => -returns[row]!));
  for (const [rank, row] of gains.entries()) low[row] = -below.at(partOf(rank), returns[row]!);
  const above = new Reach(gains.map((row) => returns[row]!));
  for (const [rank, row] of losses.entries()) high[row] = above.at(partOf(rank), -returns[row]!);
  return { high, low };
}

/** Rows of one sign, smallest first. */
function rowsBySize(returns: Float64Array, sign: number): number[] {
  const rows = [...returns.keys()].filter((row) => sign * returns[row]! > 0);
  return rows.sort((a, b) => sign * (returns[a]! - returns[b]!) || a - b);
}

function partOf(rank: number): number {
  const multiple = (rank + 0.5) * GOLDEN;
  return multiple - Math.floor(multiple);
}

/** How far a candle reached to the side that it did not end on. */
class Reach {
  /** Sizes of the returns of that side, smallest first, 0 before them. */
  private readonly sizes: Float64Array;
  /** Sum of max(0, size − x) at each of them as x. */
  private readonly excess: Float64Array;

  constructor(sizes: readonly number[]) {
    const n = sizes.length;
    this.sizes = Float64Array.of(0, ...sizes);
    this.excess = new Float64Array(n + 1);
    for (let i = n - 1; i >= 0; i--) {
      this.excess[i] = this.excess[i + 1]! + (n - i) * (this.sizes[i + 1]! - this.sizes[i]!);
    }
  }

  /** The x that a candle which ended `end` away on the other side exceeds with probability `part`, 0 < part < 1. */
  at(part: number, end: number): number {
    const { sizes, excess } = this;
    const share = (i: number): number => (end / (end + sizes[i]!)) * (excess[i]! / excess[0]!);
    let from = 0;
    let to = sizes.length - 1;
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (share(middle) > part) from = middle;
      else to = middle;
    }
    // Between two sizes the excess is a line in x, and end·(excess − n·(x − size)) = part·excess[0]·(end + x) is linear too.
    const n = sizes.length - 1 - from;
    const wanted = part * excess[0]!;
    const x = (end * (excess[from]! + n * sizes[from]!) - wanted * end) / (end * n + wanted);
    return Math.min(sizes[to]!, Math.max(sizes[from]!, x));
  }
}
