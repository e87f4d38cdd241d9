import type { GbmConfig } from '../config/schema.ts';
import type { RandomStream } from '../random/stream.ts';
import { scaledExpInto } from './exp.ts';
import { writeGridTimes } from './grid.ts';
import type { MarketColumns, MarketDataHandler, TimeGrid } from './handler.ts';

/**
 * Geometric Brownian motion dS = drift·S·dt + volatility·S·dW, sampled exactly: the log return grows by
 * (drift − volatility²/2)·dt + volatility·√dt·Z a step (Glasserman 2003, "Monte Carlo Methods in Financial
 * Engineering", 3.2.1). E[S_T] = S₀·exp(drift·T).
 */
export class GbmHandler implements MarketDataHandler {
  readonly kind = 'quote';
  readonly hasVolume = false;
  readonly rows: number;
  private readonly grid: TimeGrid;
  private readonly price: number;
  private readonly meanPerStep: number;
  private readonly sdPerStep: number;
  private random!: RandomStream;
  private row = 0;
  private logReturn = 0;

  constructor(config: Pick<GbmConfig, 'price' | 'drift' | 'volatility'>, grid: TimeGrid) {
    const { price, drift, volatility } = config;
    this.rows = grid.steps + 1;
    this.grid = grid;
    this.price = price;
    this.meanPerStep = (drift - (volatility * volatility) / 2) / grid.stepsPerYear;
    this.sdPerStep = volatility * Math.sqrt(1 / grid.stepsPerYear);
  }

  begin(random: RandomStream): void {
    this.random = random;
    this.row = 0;
    this.logReturn = 0;
  }

  fill(columns: MarketColumns, count: number): number {
    const n = Math.min(count, this.rows - this.row);
    if (n <= 0) return 0;
    const close = columns.close;
    const first = this.row === 0 ? 1 : 0;
    if (first === 1) close[0] = 0;
    // One column is in turn the normals, the log returns and the prices.
    this.random.fillNormal(close, first, n);
    this.accumulate(close, first, n);
    scaledExpInto(this.price, close, close, 0, n);
    writeGridTimes(columns.timeMs, this.grid, this.row, n);
    this.row += n;
    return n;
  }

  /** Normals → log returns since the start. */
  private accumulate(column: Float64Array, from: number, to: number): void {
    const mean = this.meanPerStep;
    const sd = this.sdPerStep;
    let x = this.logReturn;
    for (let i = from; i < to; i++) {
      x += mean + sd * column[i]!;
      column[i] = x;
    }
    this.logReturn = x;
  }
}
