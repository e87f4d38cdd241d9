import type { AbmConfig } from '../config/schema.ts';
import type { RandomStream } from '../random/stream.ts';
import { writeGridTimes } from './grid.ts';
import type { MarketColumns, MarketDataHandler, TimeGrid } from './handler.ts';

/**
 * Arithmetic Brownian motion dS = drift·dt + volatility·dW, sampled exactly; the price may become negative.
 * E[S_T] = S₀ + drift·T (Bachelier 1900).
 */
export class AbmHandler implements MarketDataHandler {
  readonly kind = 'quote';
  readonly hasVolume = false;
  readonly rows: number;
  private readonly grid: TimeGrid;
  private readonly price: number;
  private readonly meanPerStep: number;
  private readonly sdPerStep: number;
  private random!: RandomStream;
  private row = 0;
  private last = 0;

  constructor(config: Pick<AbmConfig, 'price' | 'drift' | 'volatility'>, grid: TimeGrid) {
    this.rows = grid.steps + 1;
    this.grid = grid;
    this.price = config.price;
    this.meanPerStep = config.drift / grid.stepsPerYear;
    this.sdPerStep = config.volatility * Math.sqrt(1 / grid.stepsPerYear);
  }

  begin(random: RandomStream): void {
    this.random = random;
    this.row = 0;
    this.last = this.price;
  }

  fill(columns: MarketColumns, count: number): number {
    const n = Math.min(count, this.rows - this.row);
    if (n <= 0) return 0;
    const close = columns.close;
    const first = this.row === 0 ? 1 : 0;
    if (first === 1) close[0] = this.price;
    this.random.fillNormal(close, first, n);
    const mean = this.meanPerStep;
    const sd = this.sdPerStep;
    let price = this.last;
    for (let i = first; i < n; i++) {
      price += mean + sd * close[i]!;
      close[i] = price;
    }
    this.last = price;
    writeGridTimes(columns.timeMs, this.grid, this.row, n);
    this.row += n;
    return n;
  }
}
