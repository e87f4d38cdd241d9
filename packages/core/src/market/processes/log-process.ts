import { scaledExpInto } from '../exp.ts';
import type { PriceProcess, ProcessStreams } from './process.ts';

/** A process of the log return since the start; the price is exp of it times the initial price. */
export abstract class LogProcess implements PriceProcess {
  readonly bridge: PriceProcess['bridge'] = 'log';
  abstract readonly stepDeviation: number;
  private readonly price: number;
  /** What the log return is relative to. */
  private base: number;
  private logReturn = 0;

  constructor(price: number) {
    this.price = price;
    this.base = price;
  }

  begin(streams: ProcessStreams): void {
    this.base = this.price;
    this.logReturn = 0;
    this.start(streams);
  }

  moveTo(price: number): void {
    this.base = price;
    this.logReturn = 0;
  }

  advance(prices: Float64Array, from: number, to: number, variances?: Float64Array): void {
    this.logReturn = this.walk(prices, from, to, this.logReturn, variances);
    scaledExpInto(this.base, prices, prices, from, to);
  }

  /** Starts a path: takes the streams. */
  protected abstract start(streams: ProcessStreams): void;

  /**
   * Writes the log returns since the start after each of the next `to − from` steps, the first of which begins at `x`, and
   * returns the last one; `x` where there is none.
   */
  protected abstract walk(
    out: Float64Array,
    from: number,
    to: number,
    x: number,
    variances: Float64Array | undefined,
  ): number;
}
