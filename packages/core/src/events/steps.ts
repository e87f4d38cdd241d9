/** Steps that one refill of the MARKET lane can bring. */
export const STEP_CAPACITY = 512;
/** Slots: a refill, the step that was still open to change, and the one before it. */
export const STEP_SLOTS: number = STEP_CAPACITY + 2;

/**
 * What happened at consecutive steps, as columns. Slot 0 holds the step before the block, so that a pass over the slots
 * from 1 on can look one step back. Rewards, statistics and recorders read it in passes; a strategy never sees it.
 */
export class StepColumns {
  /** Marked equity, quote currency. */
  readonly equity: Float64Array = new Float64Array(STEP_SLOTS);
  /** Gross exposure, quote currency. */
  readonly gross: Float64Array = new Float64Array(STEP_SLOTS);
  /** Latest price of each symbol, quote currency. */
  readonly price: readonly Float64Array[];
  /** Orders that were sent at the decision of a step. */
  readonly orders: Float64Array = new Float64Array(STEP_SLOTS);
  /** Time of each step, epoch ms. */
  readonly timeMs: Float64Array = new Float64Array(STEP_SLOTS);
  /** Number of the step in slot 0. */
  base = 0;
  /** The last filled slot; -1 before step 0 is closed. */
  count = -1;
  /** Equity at step 0. */
  initialEquity = 0;

  constructor(symbols: number) {
    this.price = Array.from({ length: symbols }, () => new Float64Array(STEP_SLOTS));
  }

  /** Starts an episode: slot 0 will be step 0. */
  begin(): void {
    this.base = 0;
    this.count = -1;
    this.orders.fill(0);
  }

  /** Starts the next block: the last two slots become slots 0 and 1. The last step may still be marked again. */
  rotate(): void {
    const from = this.count - 1;
    if (from <= 0) return;
    for (const column of [this.equity, this.gross, this.timeMs, ...this.price]) column.copyWithin(0, from, from + 2);
    this.orders.copyWithin(0, from, from + 2);
    this.orders.fill(0, 2);
    this.base += from;
    this.count = 1;
  }
}
