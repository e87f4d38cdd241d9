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
  readonly columns: MarketColumns;
  readonly symbolIndex: Int32Array = new Int32Array(CAPACITY);
  /** 1 at the last row of a step. */
  readonly stepEnd: Uint8Array = new Uint8Array(CAPACITY);
  /** Number of each row's step, counted from the start of the block. */
  readonly rowStep: Int32Array = new Int32Array(CAPACITY);
  /** Whether every step of the block has one row of each symbol. */
  isRegular = true;
  rows = 0;
  /** The next row to deliver. */
  cursor = 0;
  final = false;
  /** First row of the final step, when the block is final; else `rows`. */
  lastStepRow = 0;
  private readonly sources: readonly Source[];
  private readonly merged: MarketColumns;
  private maxSteps = 0;
  private steps = 0;

  constructor(handlers: readonly MarketDataHandler[]) {
    this.sources = handlers.map((handler) => new Source(handler));
    const isQuote = handlers.every(({ kind }) => kind === 'quote');
    this.merged = handlers.length === 1 ? this.sources[0]!.columns : createColumns(isQuote, true);
    this.columns = this.merged;
    if (handlers.length > 1) return;
    this.stepEnd.fill(1);
    for (let row = 0; row < CAPACITY; row++) this.rowStep[row] = row;
  }

  /** Starts an episode of at most `maxSteps` steps after the first. */
  begin(maxSteps: number, streams: readonly RandomStream[]): void {
    this.rows = this.cursor = this.lastStepRow = 0;
    this.final = false;
    this.steps = -1;
    this.maxSteps = maxSteps;
    for (let i = 0; i < this.sources.length; i++) {
      const source = this.sources[i]!;
      source.at = source.length = source.delivered = 0;
      source.handler.begin(streams[i]!);
    }
  }

  /** Gets the next block once the last one is consumed; whether there is a row to deliver. */
  refill(): boolean {
    if (this.cursor < this.rows) return true;
    if (this.final) return false;
    this.cursor = 0;
    if (this.sources.length === 1) this.takeOne(this.sources[0]!);
    else this.merge();
    this.lastStepRow = this.rows;
    if (this.final && this.rows > 0) {
      this.lastStepRow = this.rows - 1;
      while (this.lastStepRow > 0 && this.stepEnd[this.lastStepRow - 1] === 0) this.lastStepRow--;
    }
    return this.rows > 0;
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
    const { sources, merged } = this;
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
      for (let s = 0; s < sources.length; s++) {
        const { columns, at, length } = sources[s]!;
        if (at === length || columns.timeMs[at] !== timeMs) continue;
        sources[s]!.at++;
        this.symbolIndex[rows] = s;
        this.stepEnd[rows] = 0;
        this.rowStep[rows] = blockSteps;
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
      blockSteps++;
    }
    this.rows = rows;
    this.isRegular = rows === blockSteps * sources.length;
    this.final = this.steps >= this.maxSteps || sources.every((source) => source.isExhausted);
  }
}
