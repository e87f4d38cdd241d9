import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import type { NormalSource, PriceProcess, ProcessStreams } from './process.ts';
import { firstOf } from './schedule.ts';

/**
 * Arithmetic Brownian motion dS = drift·dt + volatility·dW, sampled exactly; the price may become negative.
 * E[S_T] = S₀ + drift·T (Bachelier 1900).
 */
export class AbmProcess implements PriceProcess {
  readonly bridge = 'price';
  readonly stepDeviation: number;
  private readonly price: number;
  private readonly meanPerStep: number;
  private readonly sdPerStep: number;
  private shocks!: NormalSource;
  private last = 0;

  constructor(config: DynamicsOf<'abm'>, price: number, grid: TimeGrid) {
    this.price = price;
    this.meanPerStep = firstOf(config.drift) / grid.stepsPerYear;
    this.sdPerStep = firstOf(config.volatility) * Math.sqrt(1 / grid.stepsPerYear);
    this.stepDeviation = this.sdPerStep / Math.abs(price);
  }

  begin(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.last = this.price;
  }

  moveTo(price: number): void {
    this.last = price;
  }

  advance(prices: Float64Array, from: number, to: number, variances?: Float64Array): void {
    this.shocks.fillNormal(prices, from, to);
    const mean = this.meanPerStep;
    const sd = this.sdPerStep;
    let price = this.last;
    for (let i = from; i < to; i++) {
      price += mean + sd * prices[i]!;
      prices[i] = price;
    }
    this.last = price;
    if (variances !== undefined) variances.fill(sd * sd, from, to);
  }
}
