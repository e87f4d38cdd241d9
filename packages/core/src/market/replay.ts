import { ConfigError } from '../config/errors.ts';
import type { RandomStream } from '../random/stream.ts';
import type { CandleSeries, MarketColumns, MarketDataHandler } from './handler.ts';

/**
 * The candles of a history in order, each delivered at its close and at its own time; at most `maxRows` of them.
 *
 * From the first candle on, every episode sees the same. From a random one on, each sees `maxRows` candles; the start is
 * uniform on those that leave room for as many. It is one draw, so that handlers with equal streams and candles at the
 * same times start together. Throws ConfigError where there are fewer than `maxRows` then.
 */
export class ReplayHandler implements MarketDataHandler {
  readonly kind = 'candle';
  readonly hasVolume: boolean;
  readonly rows: number;
  private readonly candles: CandleSeries;
  private readonly isRandom: boolean;
  private first = 0;
  private row = 0;

  constructor(candles: CandleSeries, maxRows = Infinity, start: 'first' | 'random' = 'first') {
    this.hasVolume = candles.volume.length > 0;
    this.rows = Math.min(candles.close.length, maxRows);
    this.candles = candles;
    this.isRandom = start === 'random';
    if (this.isRandom) checkLength(candles.close.length, maxRows);
  }

  /** Of the candle that the episode starts with, where that is a random one. */
  get startMs(): number | undefined {
    return this.isRandom ? this.candles.timeMs[this.first]! + this.candles.intervalMs : undefined;
  }

  begin(random: RandomStream): void {
    this.first = this.isRandom ? random.integer(this.candles.close.length - this.rows + 1) : 0;
    this.row = 0;
  }

  fill(columns: MarketColumns, count: number): number {
    const n = Math.min(count, this.rows - this.row);
    if (n <= 0) return 0;
    const row = this.first + this.row;
    const { intervalMs, timeMs, open, high, low, close, volume } = this.candles;
    for (let i = 0; i < n; i++) {
      columns.timeMs[i] = timeMs[row + i]! + intervalMs;
      columns.open[i] = open[row + i]!;
      columns.high[i] = high[row + i]!;
      columns.low[i] = low[row + i]!;
      columns.close[i] = close[row + i]!;
      if (this.hasVolume) columns.volume[i] = volume[row + i]!;
    }
    this.row += n;
    return n;
  }
}

function checkLength(candles: number, rows: number): void {
  if (candles >= rows) return;
  throw new ConfigError([
    {
      path: ['file'],
      rule: `start: random needs steps + 1 = ${rows} candles, at times that all replays with start: random have`,
      received: candles,
      hint: `set steps: ${candles - 1} or fewer, or give longer files`,
    },
  ]);
}
