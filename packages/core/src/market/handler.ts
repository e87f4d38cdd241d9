import type { RandomStream } from '../random/stream.ts';

/**
 * Rows of one symbol, in time order. For quotes `open`, `high` and `low` are the same array as `close`.
 * Times are epoch milliseconds of the MARKET event (a candle's close); prices in quote currency; volume in base units.
 */
export interface MarketColumns {
  readonly timeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/**
 * A source of MARKET rows for one symbol: a stochastic process, a history, a live feed.
 *
 * `begin` starts an episode; `fill` then writes the next rows at index 0 and up, at most `count`, and returns how many.
 * The first row of an episode carries the initial price. A return of 0 means: exhausted (or, for a live feed, nothing
 * yet). Everything random comes from the stream given to `begin`, which nobody else may draw from during the episode;
 * in what chunks the rows are asked for does not change them. The price of an
 * extreme process may overflow to Infinity or underflow to 0: the loop checks.
 */
export interface MarketDataHandler {
  /** `quote`: one price a row. `candle`: open, high, low, close of the interval that ends at the row's time. */
  readonly kind: 'quote' | 'candle';
  /** Whether `fill` writes volumes; if not, it leaves that column alone. */
  readonly hasVolume: boolean;
  /** Parts of a step that a process is simulated at; default 1. */
  readonly substeps?: number;
  /** Rows of an episode, or Infinity where only the feed knows. */
  readonly rows: number;
  /** After `begin`: the time of the first row, where it is not the same in every episode. */
  readonly startMs?: number | undefined;
  begin(random: RandomStream): void;
  fill(columns: MarketColumns, count: number): number;
}

/** The time grid of simulated markets. */
export interface TimeGrid {
  readonly startMs: number;
  readonly intervalMs: number;
  /** Increments after the initial price; Infinity: a history runs to its end, a simulated market without end. */
  readonly steps: number;
  readonly stepsPerYear: number;
}

/**
 * Candles of one symbol. `timeMs` is the candle's open; all arrays have one length, but `volume` is empty where the
 * source has none.
 */
export interface CandleSeries {
  readonly intervalMs: number;
  readonly timeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}
