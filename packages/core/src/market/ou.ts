import type { OuConfig } from '../config/schema.ts';
import type { RandomStream } from '../random/stream.ts';
import { writeGridTimes } from './grid.ts';
import type { MarketColumns, MarketDataHandler, TimeGrid } from './handler.ts';

/**
 * Ornstein-Uhlenbeck process dS = meanReversionSpeed·(longRunMean − S)·dt + volatility·dW, sampled exactly (Gillespie
 * 1996, "Exact numerical simulation of the Ornstein-Uhlenbeck process and its integral"); the price may become
 * negative.
 */
export class OuHandler implements MarketDataHandler {
  readonly kind = 'quote';
  readonly hasVolume = false;
  readonly rows: number;
  private readonly grid: TimeGrid;
  private readonly price: number;
  private readonly longRunMean: number;
  private readonly decayPerStep: number;
  private readonly sdPerStep: number;
  private random!: RandomStream;
  private row = 0;
  /** Price minus the long-run mean. */
  private deviation = 0;

  constructor(config: Pick<OuConfig, 'price' | 'meanReversionSpeed' | 'longRunMean' | 'volatility'>, grid: TimeGrid) {
    const { price, meanReversionSpeed, longRunMean, volatility } = config;
    this.rows = grid.steps + 1;
    this.grid = grid;
    this.price = price;
    this.longRunMean = longRunMean;
    const decay = meanReversionSpeed / grid.stepsPerYear;
    this.decayPerStep = Math.exp(-decay);
    // expm1: for a slow reversion 1 − e^(−2κdt) would cancel; its limit is the variance dt of a Brownian step.
    this.sdPerStep = volatility * Math.sqrt(-Math.expm1(-2 * decay) / (2 * meanReversionSpeed));
  }

  begin(random: RandomStream): void {
    this.random = random;
    this.row = 0;
    this.deviation = this.price - this.longRunMean;
  }

  fill(columns: MarketColumns, count: number): number {
    const n = Math.min(count, this.rows - this.row);
    if (n <= 0) return 0;
    const close = columns.close;
    const first = this.row === 0 ? 1 : 0;
    if (first === 1) close[0] = this.price;
    this.random.fillNormal(close, first, n);
    const mean = this.longRunMean;
    const decay = this.decayPerStep;
    const sd = this.sdPerStep;
    let deviation = this.deviation;
    for (let i = first; i < n; i++) {
      deviation = decay * deviation + sd * close[i]!;
      close[i] = mean + deviation;
    }
    this.deviation = deviation;
    writeGridTimes(columns.timeMs, this.grid, this.row, n);
    this.row += n;
    return n;
  }
}
