import { EpisodeError } from '../config/errors.ts';
import { STEP_CAPACITY } from '../events/steps.ts';
import type { MarketColumns, MarketDataHandler } from '../market/handler.ts';
import type { RandomStream } from '../random/stream.ts';

const CAPACITY = STEP_CAPACITY;

/** Rows of one symbol that were filled and not yet merged. */
class Source {
  readonly handler: MarketDataHandler;
  readonly columns: MarketColumns;
  at = 0;
  length = 0;
  delivered = 0;

  constructor(handler: MarketDataHandler) {
    this.handler = handler;
    this.columns = createColumns(handler.kind === 'quote', handler.hasVolume);
  }

  get isExhausted(): boolean {
    return this.at === this.length && this.delivered >= this.handler.rows;
  }

  /** Makes sure that there is a row to look at, if the handler has one. */
  refill(): void {
    if (this.at < this.length || this.delivered >= this.handler.rows) return;
    this.at = 0;
    this.length = this.handler.fill(this.columns, CAPACITY);
    this.delivered += this.length;
  }
}

function createColumns(isQuote: boolean, hasVolume: boolean): MarketColumns {
  const close = new Float64Array(CAPACITY);
  const column = (): Float64Array => (isQuote ? close : new Float64Array(CAPACITY));
  const volume = new Float64Array(CAPACITY);
  if (!hasVolume) volume.fill(Number.NaN);
  return { timeMs: new Float64Array(CAPACITY), open: column(), high: column(), low: column(), close, volume };
}

/**
 * The MARKET lane of the event queue: the next rows of all symbols, merged by time (symbols at one time in config order),
 * produced many at a time and consumed one by one. It holds prices of the future, so it never reaches a strategy.
 *
 * A step is one distinct time. `final` says that the block's last step is the episode's last.
 */
export class MarketLane {
  columns: MarketColumns;
  readonly symbolIndex: Int32Array = new Int32Array(CAPACITY);
  /** 1 at the last row of a step. */
  readonly stepEnd: Uint8Array = new Uint8Array(CAPACITY);
  rows = 0;
  /** The next row to deliver. */
  cursor = 0;
  final = false;
  /** First row of the final step, when the block is final; else `rows`. */
  lastStepRow = 0;
  private readonly symbols: readonly string[];
  private readonly sources: readonly Source[];
  private readonly merged: MarketColumns;
  private maxSteps = 0;
  private steps = 0;
  private broken: EpisodeError | null = null;

  constructor(symbols: readonly string[], handlers: readonly MarketDataHandler[]) {
    this.symbols = symbols;
    this.sources = handlers.map((handler) => new Source(handler));
    const isQuote = handlers.every(({ kind }) => kind === 'quote');
    this.merged = handlers.length === 1 ? this.sources[0]!.columns : createColumns(isQuote, true);
    this.columns = this.merged;
  }

  /** Starts an episode of at most `maxSteps` steps after the first. */
  begin(maxSteps: number, streams: readonly RandomStream[]): void {
    this.rows = this.cursor = this.lastStepRow = 0;
    this.final = false;
    this.steps = -1;
    this.maxSteps = maxSteps;
    this.broken = null;
    for (let i = 0; i < this.sources.length; i++) {
      const source = this.sources[i]!;
      source.at = source.length = source.delivered = 0;
      source.handler.begin(streams[i]!);
    }
  }

  /**
   * Gets the next block once the last one is consumed; whether there is a row to deliver.
   *
   * @throws EpisodeError `MARKET_PRICE_NOT_FINITE` when the next row's price is no number.
   */
  refill(): boolean {
    if (this.cursor < this.rows) return true;
    if (this.broken !== null) throw this.broken;
    if (this.final) return false;
    this.cursor = 0;
    if (this.sources.length === 1) this.takeOne(this.sources[0]!);
    else this.merge();
    this.checkPrices();
    this.lastStepRow = this.rows;
    if (this.final && this.rows > 0) {
      this.lastStepRow = this.rows - 1;
      while (this.lastStepRow > 0 && this.stepEnd[this.lastStepRow - 1] === 0) this.lastStepRow--;
    }
    if (this.rows === 0 && this.broken !== null) throw this.broken;
    return this.rows > 0;
  }

  private takeOne(source: Source): void {
    source.refill();
    const left = this.maxSteps - this.steps;
    this.rows = Math.min(source.length - source.at, left);
    source.at = source.length;
    this.steps += this.rows;
    this.stepEnd.fill(1, 0, this.rows);
    this.final = this.steps >= this.maxSteps || source.isExhausted;
  }

  /** Interleaves the sources, whole steps at a time, until the block is full. */
  private merge(): void {
    const { sources, merged } = this;
    let rows = 0;
    while (rows + sources.length <= CAPACITY && this.steps < this.maxSteps) {
      let timeMs = Number.POSITIVE_INFINITY;
      for (const source of sources) {
        source.refill();
        if (source.at < source.length) timeMs = Math.min(timeMs, source.columns.timeMs[source.at]!);
        else if (!source.isExhausted) timeMs = Number.NEGATIVE_INFINITY;
      }
      // A source that may still deliver has nothing yet: wait for it, or its row would come too late.
      if (!Number.isFinite(timeMs)) break;
      for (let s = 0; s < sources.length; s++) {
        const { columns, at, length } = sources[s]!;
        if (at === length || columns.timeMs[at] !== timeMs) continue;
        sources[s]!.at++;
        this.symbolIndex[rows] = s;
        this.stepEnd[rows] = 0;
        merged.timeMs[rows] = timeMs;
        merged.close[rows] = columns.close[at]!;
        if (merged.open !== merged.close) {
          merged.open[rows] = columns.open[at]!;
          merged.high[rows] = columns.high[at]!;
          merged.low[rows] = columns.low[at]!;
        }
        merged.volume[rows] = columns.volume[at]!;
        rows++;
      }
      this.stepEnd[rows - 1] = 1;
      this.steps++;
    }
    this.rows = rows;
    this.final = this.steps >= this.maxSteps || sources.every((source) => source.isExhausted);
  }

  /** Ends the block before the first row whose price is no number; the episode fails when it gets there. */
  private checkPrices(): void {
    const { open, high, low, close } = this.columns;
    const { rows } = this;
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += close[i]! - close[i]!;
    if (open !== close) for (let i = 0; i < rows; i++) sum += open[i]! - open[i]! + (high[i]! - low[i]!) * 0;
    if (sum === 0) return;
    let row = 0;
    while (Number.isFinite(close[row]! + open[row]! + high[row]! + low[row]!)) row++;
    let step = this.steps + 1;
    for (let i = row; i < rows; i++) step -= this.stepEnd[i]!;
    const symbol = this.symbols[this.symbolIndex[row]!]!;
    this.broken = new EpisodeError(
      'MARKET_PRICE_NOT_FINITE',
      `the price of ${symbol} must be a finite number at every step, got ${close[row]} at step ${step}`,
    );
    this.final = false;
    this.rows = row;
  }
}
