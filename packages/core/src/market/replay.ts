import type { CandleSeries, MarketColumns, MarketDataHandler } from './handler.ts';

/**
 * The candles of a history in order, each delivered at its close; every episode sees the same. At most `maxRows` of
 * them.
 */
export class ReplayHandler implements MarketDataHandler {
  readonly kind = 'candle';
  readonly hasVolume: boolean;
  readonly rows: number;
  private readonly candles: CandleSeries;
  private row = 0;

  constructor(candles: CandleSeries, maxRows = Infinity) {
    this.hasVolume = candles.volume.length > 0;
    this.rows = Math.min(candles.close.length, maxRows);
    this.candles = candles;
  }

  begin(): void {
    this.row = 0;
  }

  fill(columns: MarketColumns, count: number): number {
    const row = this.row;
    const n = Math.min(count, this.rows - row);
    if (n <= 0) return 0;
    const { intervalMs, timeMs, open, high, low, close, volume } = this.candles;
    for (let i = 0; i < n; i++) {
      columns.timeMs[i] = timeMs[row + i]! + intervalMs;
      columns.open[i] = open[row + i]!;
      columns.high[i] = high[row + i]!;
      columns.low[i] = low[row + i]!;
      columns.close[i] = close[row + i]!;
      if (this.hasVolume) columns.volume[i] = volume[row + i]!;
    }
    this.row = row + n;
    return n;
  }
}
