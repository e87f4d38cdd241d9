import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, ProcessStreams } from './process.ts';
import { firstOf } from './schedule.ts';

/**
 * Geometric Brownian motion dS = drift·S·dt + volatility·S·dW, sampled exactly: the log return grows by
 * (drift − volatility²/2)·dt + volatility·√dt·Z a step (Glasserman 2003, "Monte Carlo Methods in Financial
 * Engineering", 3.2.1). E[S_T] = S₀·exp(drift·T).
 */
export class GbmProcess extends LogProcess {
  readonly stepDeviation: number;
  private readonly meanPerStep: number;
  private readonly sdPerStep: number;
  private shocks!: NormalSource;

  constructor(config: DynamicsOf<'gbm'>, price: number, grid: TimeGrid) {
    super(price);
    const drift = firstOf(config.drift);
    const volatility = firstOf(config.volatility);
    this.meanPerStep = (drift - (volatility * volatility) / 2) / grid.stepsPerYear;
    this.sdPerStep = volatility * Math.sqrt(1 / grid.stepsPerYear);
    this.stepDeviation = this.sdPerStep;
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
  }

  protected walk(out: Float64Array, from: number, to: number, x: number, variances?: Float64Array): number {
    // One column is in turn the normals and the log returns.
    this.shocks.fillNormal(out, from, to);
    if (variances !== undefined) variances.fill(this.sdPerStep * this.sdPerStep, from, to);
    return this.accumulate(out, from, to, x);
  }

  private accumulate(column: Float64Array, from: number, to: number, start: number): number {
    const mean = this.meanPerStep;
    const sd = this.sdPerStep;
    let x = start;
    for (let i = from; i < to; i++) {
      x += mean + sd * column[i]!;
      column[i] = x;
    }
    return x;
  }
}
