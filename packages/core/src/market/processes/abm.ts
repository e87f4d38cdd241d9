import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import type { NormalSource, PriceProcess, ProcessStreams } from './process.ts';
import { Schedule } from './schedule.ts';

/**
 * Arithmetic Brownian motion dS = drift·dt + volatility·dW, sampled exactly; the price may become negative.
 * E[S_T] = S₀ + drift·T (Bachelier 1900). Drift and volatility may change at given times, also inside a step.
 */
export class AbmProcess implements PriceProcess {
  readonly bridge = 'price';
  readonly stepDeviation: number;
  private readonly price: number;
  private readonly schedule: Schedule;
  private readonly stepsPerYear: number;
  private readonly rootOfStep: number;
  private shocks!: NormalSource;
  private last = 0;

  constructor(config: DynamicsOf<'abm'>, price: number, grid: TimeGrid) {
    this.price = price;
    this.schedule = new Schedule(config.drift, config.volatility, grid);
    this.stepsPerYear = grid.stepsPerYear;
    this.rootOfStep = Math.sqrt(1 / grid.stepsPerYear);
    this.stepDeviation = (this.schedule.typicalVolatility * this.rootOfStep) / Math.abs(price);
  }

  begin(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.schedule.restart();
    this.last = this.price;
  }

  moveTo(price: number): void {
    this.last = price;
  }

  advance(prices: Float64Array, from: number, to: number, variances?: Float64Array): void {
    this.shocks.fillNormal(prices, from, to);
    let price = this.last;
    for (let start = from; start < to; ) {
      const { drift, volatility } = this.schedule.span;
      const end = start + this.schedule.pass(to - start);
      const mean = drift / this.stepsPerYear;
      const sd = volatility * this.rootOfStep;
      for (let i = start; i < end; i++) {
        price += mean + sd * prices[i]!;
        prices[i] = price;
      }
      if (variances !== undefined) variances.fill(sd * sd, start, end);
      start = end;
    }
    this.last = price;
  }
}
