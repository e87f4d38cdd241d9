import type { StepColumns } from '../events/steps.ts';
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

  constructor(lane: MarketLane, columns: StepColumns, symbols: readonly string[]) {
    this.lane = lane;
    this.columns = columns;
    this.symbols = symbols;
  }

  /** Slot of the current step in the columns. */
  get slot(): number {
    return this.columns.count + this.isOpen;
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
    return this.#cursor.lane.columns.timeMs[this.#cursor.row]!;
  }

  get step(): number {
    return this.#cursor.step;
  }

  get symbolIndex(): number {
    return this.#cursor.lane.symbolIndex[this.#cursor.row]!;
  }

  get symbol(): string {
    return this.#cursor.symbols[this.symbolIndex]!;
  }

  get price(): number {
    return this.#cursor.lane.columns.close[this.#cursor.row]!;
  }

  get open(): number {
    return this.#cursor.lane.columns.open[this.#cursor.row]!;
  }

  get high(): number {
    return this.#cursor.lane.columns.high[this.#cursor.row]!;
  }

  get low(): number {
    return this.#cursor.lane.columns.low[this.#cursor.row]!;
  }

  get close(): number {
    return this.#cursor.lane.columns.close[this.#cursor.row]!;
  }

  get volume(): number {
    return this.#cursor.lane.columns.volume[this.#cursor.row]!;
  }
}
