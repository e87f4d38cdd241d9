import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, ProcessStreams } from './process.ts';
import { Schedule } from './schedule.ts';

/**
 * Geometric Brownian motion dS = drift·S·dt + volatility·S·dW, sampled exactly: the log return grows by
 * (drift − volatility²/2)·dt + volatility·√dt·Z a step (Glasserman 2003, "Monte Carlo Methods in Financial
 * Engineering", 3.2.1). E[S_T] = S₀·exp(drift·T).
 *
 * Drift and volatility may change at given times, also inside a step: exact too, with the means of drift and volatility²
 * over the step (same book, 3.2.1).
 */
export class GbmProcess extends LogProcess {
  readonly stepDeviation: number;
  private readonly schedule: Schedule;
  private readonly stepsPerYear: number;
  private readonly rootOfStep: number;
  private shocks!: NormalSource;

  constructor(config: DynamicsOf<'gbm'>, price: number, grid: TimeGrid) {
    super(price);
    this.schedule = new Schedule(config.drift, config.volatility, grid);
    this.stepsPerYear = grid.stepsPerYear;
    this.rootOfStep = Math.sqrt(1 / grid.stepsPerYear);
    this.stepDeviation = this.schedule.typicalVolatility * this.rootOfStep;
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.schedule.restart();
  }

  protected walk(out: Float64Array, from: number, to: number, x: number, variances?: Float64Array): number {
    // One column is in turn the normals and the log returns.
    this.shocks.fillNormal(out, from, to);
    let last = x;
    for (let i = from; i < to; ) {
      const { drift, volatility } = this.schedule.span;
      const end = i + this.schedule.pass(to - i);
      const mean = (drift - (volatility * volatility) / 2) / this.stepsPerYear;
      const sd = volatility * this.rootOfStep;
      if (variances !== undefined) variances.fill(sd * sd, i, end);
      last = accumulate(out, i, end, last, mean, sd);
      i = end;
    }
    return last;
  }
}

/** Turns normals into their running sums of mean + sd·z, which start at `start`; returns the last. */
function accumulate(column: Float64Array, from: number, to: number, start: number, mean: number, sd: number): number {
  let x = start;
  for (let i = from; i < to; i++) {
    x += mean + sd * column[i]!;
    column[i] = x;
  }
  return x;
}
