import type { MarketColumns, MarketDataHandler } from '../../src/index.ts';

/** A finished candle as a feed tells it. `timeMs` is its close, epoch ms. */
export interface LiveCandle {
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * Candles of one symbol as they happen. The feed calls `push` for each and `close` when there will be no more; the loop's
 * `advance` returns `waiting` while the buffer is empty. At most `capacity` candles wait: one more is an error, never lost in
 * silence. A candle that was pushed belongs to the episode that runs or, before the first, will run; the next episode
 * goes on with what is in the buffer.
 */
export class LiveHandler implements MarketDataHandler {
  readonly kind = 'candle';
  readonly hasVolume = true;
  private readonly capacity: number;
  private readonly waiting: LiveCandle[] = [];
  private taken = 0;
  private lastMs = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  constructor(capacity = 1024) {
    this.capacity = capacity;
  }

  /** Infinity until the feed is closed: only then is the number of rows known. */
  get rows(): number {
    return this.isClosed ? this.taken + this.waiting.length : Number.POSITIVE_INFINITY;
  }

  /** Candles that can be pushed before the loop has to run. */
  get free(): number {
    return this.capacity - this.waiting.length;
  }

  push(candle: LiveCandle): void {
    if (this.isClosed) throw new Error('push: the feed is closed');
    if (this.free === 0) throw new RangeError(`push: at most ${this.capacity} candles may wait: run the loop`);
    if (!(candle.timeMs > this.lastMs)) {
      throw new RangeError(`push: candles must come in time order, got ${candle.timeMs} after ${this.lastMs}`);
    }
    this.lastMs = candle.timeMs;
    this.waiting.push(candle);
  }

  close(): void {
    this.isClosed = true;
  }

  begin(): void {
    this.taken = 0;
  }

  fill(columns: MarketColumns, count: number): number {
    const candles = this.waiting.splice(0, count);
    for (const [i, candle] of candles.entries()) {
      columns.timeMs[i] = candle.timeMs;
      columns.open[i] = candle.open;
      columns.high[i] = candle.high;
      columns.low[i] = candle.low;
      columns.close[i] = candle.close;
      columns.volume[i] = candle.volume;
    }
    this.taken += candles.length;
    return candles.length;
  }
}
