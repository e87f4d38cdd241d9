/** Steps that a block of columns holds. */
export const STEP_CAPACITY = 512;

/**
 * What happened at consecutive steps, as columns. Slot 0 holds the step before the block, so that a pass over slots
 * 1 to `count` can look one step back. Rewards, statistics and recorders read it in passes; a strategy never sees it.
 */
export class StepColumns {
  /** Marked equity, quote currency. */
  readonly equity: Float64Array = new Float64Array(STEP_CAPACITY + 1);
  /** Gross exposure, quote currency. */
  readonly gross: Float64Array = new Float64Array(STEP_CAPACITY + 1);
  /** Latest price of each symbol, quote currency. */
  readonly price: readonly Float64Array[];
  /** Orders that were sent at the decision of a step. */
  readonly orders: Float64Array = new Float64Array(STEP_CAPACITY + 1);
  /** Time of each step, epoch ms. */
  readonly timeMs: Float64Array = new Float64Array(STEP_CAPACITY + 1);
  /** Number of the step in slot 0. */
  base = 0;
  /** The last filled slot; -1 before step 0 is closed. */
  count = -1;
  /** Equity at step 0, and the first price of each symbol (NaN before it). */
  initialEquity = 0;
  readonly initialPrice: Float64Array;

  constructor(symbols: number) {
    this.price = Array.from({ length: symbols }, () => new Float64Array(STEP_CAPACITY + 1));
    this.initialPrice = new Float64Array(symbols);
  }

  /** Starts an episode: slot 0 will be step 0. */
  begin(): void {
    this.base = 0;
    this.count = -1;
    this.orders.fill(0);
    this.initialPrice.fill(Number.NaN);
  }

  /** Starts the next block: the last slot becomes slot 0. */
  rotate(): void {
    const { count } = this;
    if (count <= 0) return;
    this.equity[0] = this.equity[count]!;
    this.gross[0] = this.gross[count]!;
    this.timeMs[0] = this.timeMs[count]!;
    const sent = this.orders[count]!;
    this.orders.fill(0, 0, count + 1);
    this.orders[0] = sent;
    for (const price of this.price) price[0] = price[count]!;
    this.base += count;
    this.count = 0;
  }
}
