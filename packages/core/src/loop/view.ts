import type { StepColumns } from '../events/steps.ts';
import type { MarketColumns } from '../market/handler.ts';
import type { MarketEvent } from '../strategy/strategy.ts';
import type { MarketLane } from './lane.ts';

/** Where the loop stands: the row of the MARKET being handled. Owned by the loop; strategies hold a view of it. */
export class Cursor {
  readonly lane: MarketLane;
  readonly columns: StepColumns;
  readonly symbols: readonly string[];
  row = 0;
  /** 1 while rows of the current step are still to be marked, else 0. */
  isOpen = 0;
  /** In a quiet stretch the columns are ahead; the row itself tells its step. */
  isQuiet = false;
  /** Slot of the first step of the lane's block. */
  slotOffset = 0;

  // The lane's arrays, one load away from a strategy's view.
  readonly symbolIndex: Int32Array;
  readonly market: MarketColumns;
  readonly close: Float64Array;

  constructor(lane: MarketLane, columns: StepColumns, symbols: readonly string[]) {
    this.lane = lane;
    this.symbolIndex = lane.symbolIndex;
    this.market = lane.columns;
    this.close = lane.columns.close;
    this.columns = columns;
    this.symbols = symbols;
  }

  /** Slot of the current step in the columns. */
  get slot(): number {
    return this.isQuiet ? this.lane.rowStep[this.row]! + this.slotOffset : this.columns.count + this.isOpen;
  }

  get step(): number {
    return this.columns.base + this.slot;
  }
}

/** The MARKET being handled, read on demand: a strategy pays for the fields it looks at. */
export class MarketView implements MarketEvent {
  readonly type = 'MARKET';
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  get timeMs(): number {
    return this.#cursor.market.timeMs[this.#cursor.row]!;
  }

  get step(): number {
    return this.#cursor.step;
  }

  get symbolIndex(): number {
    return this.#cursor.symbolIndex[this.#cursor.row]!;
  }

  get symbol(): string {
    return this.#cursor.symbols[this.symbolIndex]!;
  }

  get price(): number {
    return this.#cursor.close[this.#cursor.row]!;
  }

  get open(): number {
    return this.#cursor.market.open[this.#cursor.row]!;
  }

  get high(): number {
    return this.#cursor.market.high[this.#cursor.row]!;
  }

  get low(): number {
    return this.#cursor.market.low[this.#cursor.row]!;
  }

  get close(): number {
    return this.#cursor.close[this.#cursor.row]!;
  }

  get volume(): number {
    return this.#cursor.market.volume[this.#cursor.row]!;
  }
}
