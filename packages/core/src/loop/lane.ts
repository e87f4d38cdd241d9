import { STEP_CAPACITY } from '../events/steps.ts';
import type { MarketColumns, MarketDataHandler } from '../market/handler.ts';
import type { RandomStream } from '../random/stream.ts';

const CAPACITY = STEP_CAPACITY;
/** Place of the row that was handled last, when its block is gone. */
export const LAST_ROW: number = CAPACITY;

/** What the rows of a market are, or may come to be. */
export type MarketShape = Pick<MarketDataHandler, 'kind' | 'hasVolume'>;

/** Rows of one symbol that were filled and not yet merged. */
class Source {
  handler: MarketDataHandler;
  readonly columns: MarketColumns;
  at = 0;
  length = 0;
  delivered = 0;
  /** Rows that the episode can use. */
  limit = 0;

  constructor(handler: MarketDataHandler, shape: MarketShape) {
    this.handler = handler;
    this.columns = createColumns(shape.kind === 'quote', shape.hasVolume && handler.hasVolume);
  }

  get isExhausted(): boolean {
    return this.at === this.length && this.delivered >= this.handler.rows;
  }

  /** Makes sure that there is a row to look at, if the handler has one. */
  refill(): void {
    if (this.at < this.length || this.delivered >= this.handler.rows) return;
    this.at = 0;
    this.length = this.handler.fill(this.columns, Math.min(CAPACITY, this.limit - this.delivered));
    this.delivered += this.length;
    const { open, high, low, close } = this.columns;
    // Columns that can hold candles hold quotes now.
    if (this.handler.kind === 'candle' || open === close) return;
    for (const column of [open, high, low]) column.set(close.subarray(0, this.length));
  }
}

function createColumns(isQuote: boolean, hasVolume: boolean): MarketColumns {
  const close = new Float64Array(CAPACITY + 1);
  const column = (): Float64Array => (isQuote ? close : new Float64Array(CAPACITY + 1));
  const volume = new Float64Array(CAPACITY + 1);
  if (!hasVolume) volume.fill(Number.NaN);
  return { timeMs: new Float64Array(CAPACITY + 1), open: column(), high: column(), low: column(), close, volume };
}

/**
 * The MARKET lane of the event queue: the next rows of all symbols, merged by time (symbols at one time in config order),
 * produced many at a time and consumed one by one. It holds prices of the future, so it never reaches a strategy.
 *
 * A step is one distinct time. `final` says that the block's last step is the episode's last.
 */
export class MarketLane {
  readonly columns: MarketColumns;
  readonly symbolIndex: Int32Array = new Int32Array(CAPACITY + 1);
  /** 1 at the last row of a step. */
  readonly stepEnd: Uint8Array = new Uint8Array(CAPACITY + 1);
  /** Number of each row's step, counted from the start of the block. */
  readonly rowStep: Int32Array = new Int32Array(CAPACITY + 1);
  /** Whether every step of the block has one row of each symbol. */
  isRegular = true;
  rows = 0;
  /** Of the block, counted over all episodes. */
  number = 0;
  /** The next row to deliver. */
  cursor = 0;
  final = false;
  /** First row of the final step, when the block is final; else `rows`. */
  lastStepRow = 0;
  /** Rows before this one have sound candles and a decision: they may be quiet. */
  quietRows = 0;
  private readonly sources: readonly Source[];
  private readonly merged: MarketColumns;
  private maxSteps = 0;
  private steps = 0;

  /** `shapes`: of the handlers and of all that will replace them. */
  constructor(handlers: readonly MarketDataHandler[], shapes: readonly MarketShape[] = handlers) {
    this.sources = handlers.map((handler, i) => new Source(handler, shapes[i]!));
    const isQuote = shapes.every(({ kind }) => kind === 'quote');
    this.merged = handlers.length === 1 ? this.sources[0]!.columns : createColumns(isQuote, true);
    this.columns = this.merged;
    if (handlers.length > 1) return;
    this.stepEnd.fill(1);
    for (let row = 0; row < CAPACITY; row++) this.rowStep[row] = row;
  }

  /** Puts another handler in the place of the i-th, between episodes. */
  replace(i: number, handler: MarketDataHandler): void {
    const source = this.sources[i]!;
    if (source.handler.hasVolume && !handler.hasVolume) source.columns.volume.fill(Number.NaN);
    source.handler = handler;
  }

  /** Starts an episode of at most `maxSteps` steps after the first. */
  begin(maxSteps: number, streams: readonly RandomStream[]): void {
    this.rows = this.cursor = this.lastStepRow = this.quietRows = 0;
    for (const column of CANDLE_COLUMNS) this.columns[column][LAST_ROW] = Number.NaN;
    this.final = false;
    this.steps = -1;
    this.maxSteps = maxSteps;
    for (let i = 0; i < this.sources.length; i++) {
      const source = this.sources[i]!;
      source.at = source.length = source.delivered = 0;
      source.limit = maxSteps + 1;
      source.handler.begin(streams[i]!);
    }
  }

  /** After `begin`: the earliest first row of the symbols whose first row is not the same in every episode, if any. */
  get startMs(): number | undefined {
    const known = this.sources.map(({ handler }) => handler.startMs).filter((timeMs) => timeMs !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Gets the next block once the last one is consumed; whether there is a row to deliver. */
  refill(): boolean {
    if (this.cursor < this.rows) return true;
    if (this.final) return false;
    this.cursor = 0;
    this.number++;
    if (this.sources.length === 1) this.takeOne(this.sources[0]!);
    else this.merge();
    this.lastStepRow = this.rows;
    if (this.final && this.rows > 0) {
      this.lastStepRow = this.rows - 1;
      while (this.lastStepRow > 0 && this.stepEnd[this.lastStepRow - 1] === 0) this.lastStepRow--;
    }
    this.quietRows = Math.min(this.lastStepRow, this.soundRows());
    return this.rows > 0;
  }

  /** Keeps a row readable at LAST_ROW while the block is overwritten. */
  keepRow(row: number): void {
    if (row === LAST_ROW) return;
    for (const column of CANDLE_COLUMNS) this.columns[column][LAST_ROW] = this.columns[column][row]!;
    this.symbolIndex[LAST_ROW] = this.symbolIndex[row]!;
    this.stepEnd[LAST_ROW] = this.stepEnd[row]!;
  }

  /** Rows before the first candle with a price that is no number. Quotes are looked at when they are marked. */
  private soundRows(): number {
    const { open, high, low, close } = this.columns;
    if (open === close) return this.rows;
    for (let i = 0; i < this.rows; i++) {
      const zero = open[i]! - open[i]! + (high[i]! - high[i]!) + (low[i]! - low[i]!) + (close[i]! - close[i]!);
      if (zero !== 0) return i;
    }
    return this.rows;
  }

  private takeOne(source: Source): void {
    source.refill();
    const left = this.maxSteps - this.steps;
    this.rows = Math.min(source.length - source.at, left);
    source.at = source.length;
    this.steps += this.rows;
    this.final = this.steps >= this.maxSteps || source.isExhausted;
  }

  /** Interleaves the sources, whole steps at a time, until the block is full. */
  private merge(): void {
    const { sources } = this;
    let rows = 0;
    let blockSteps = 0;
    while (rows + sources.length <= CAPACITY && this.steps < this.maxSteps) {
      let timeMs = Number.POSITIVE_INFINITY;
      for (const source of sources) {
        source.refill();
        if (source.at < source.length) timeMs = Math.min(timeMs, source.columns.timeMs[source.at]!);
        else if (!source.isExhausted) timeMs = Number.NEGATIVE_INFINITY;
      }
      // A source that may still deliver has nothing yet: wait for it, or its row would come too late.
      if (!Number.isFinite(timeMs)) break;
      const room = Math.min(Math.floor((CAPACITY - rows) / sources.length), this.maxSteps - this.steps);
      const aligned = this.alignedRows(room);
      const taken = aligned > 0 ? aligned : 1;
      rows = aligned > 0 ? this.takeAligned(rows, blockSteps, aligned) : this.takeAt(timeMs, rows, blockSteps);
      this.steps += taken;
      blockSteps += taken;
    }
    this.rows = rows;
    this.isRegular = rows === blockSteps * sources.length;
    this.final = this.steps >= this.maxSteps || sources.every((source) => source.isExhausted);
  }

  /** How many of the next rows, at most `room`, have the same times in all sources. */
  private alignedRows(room: number): number {
    const [first] = this.sources;
    let aligned = Math.min(room, first!.length - first!.at);
    const firstTimes = first!.columns.timeMs;
    for (const source of this.sources) {
      const times = source.columns.timeMs;
      const ahead = source.at - first!.at;
      aligned = Math.min(aligned, source.length - source.at);
      for (let i = first!.at; i < first!.at + aligned; i++) {
        if (times[i + ahead] !== firstTimes[i]) aligned = i - first!.at;
      }
    }
    return aligned;
  }

  /** Takes whole steps from all sources, one column after the other; returns the number of rows in the block. */
  private takeAligned(rows: number, blockSteps: number, steps: number): number {
    const { sources, merged } = this;
    const symbols = sources.length;
    for (let s = 0; s < symbols; s++) {
      const source = sources[s]!;
      for (let i = 0; i < steps; i++) {
        const row = rows + i * symbols + s;
        this.symbolIndex[row] = s;
        this.stepEnd[row] = s === symbols - 1 ? 1 : 0;
        this.rowStep[row] = blockSteps + i;
      }
      const columns = merged.open === merged.close ? QUOTE_COLUMNS : CANDLE_COLUMNS;
      for (const column of columns)
        interleave(source.columns[column], source.at, merged[column], rows + s, symbols, steps);
      source.at += steps;
    }
    return rows + steps * symbols;
  }

  /** Takes the rows of one time, from the sources that have it; returns the number of rows in the block. */
  private takeAt(timeMs: number, rows: number, blockSteps: number): number {
    const { sources, merged } = this;
    let row = rows;
    for (let s = 0; s < sources.length; s++) {
      const { columns, at, length } = sources[s]!;
      if (at === length || columns.timeMs[at] !== timeMs) continue;
      sources[s]!.at++;
      this.symbolIndex[row] = s;
      this.stepEnd[row] = 0;
      this.rowStep[row] = blockSteps;
      for (const column of CANDLE_COLUMNS) merged[column][row] = columns[column][at]!;
      row++;
    }
    this.stepEnd[row - 1] = 1;
    return row;
  }
}

const QUOTE_COLUMNS = ['timeMs', 'close', 'volume'] as const;
const CANDLE_COLUMNS = ['timeMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Copies `count` values into every `stride`-th place. */
function interleave(
  from: Float64Array,
  at: number,
  to: Float64Array,
  start: number,
  stride: number,
  count: number,
): void {
  let place = start;
  for (let i = at; i < at + count; i++) {
    to[place] = from[i]!;
    place += stride;
  }
}
