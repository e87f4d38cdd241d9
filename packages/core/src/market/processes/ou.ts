import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import type { NormalSource, PriceProcess, ProcessStreams } from './process.ts';

/**
 * Whether a process that reverts by `decay` (speed times time) a step moves between two steps like a Brownian bridge of
 * variance volatility²·dt. The bridge of an Ornstein-Uhlenbeck process has tanh(u)/u times that variance half-way, u =
 * decay/2: at 0.1 it is 0.1 % less.
 */
export function isNearlyBrownian(decay: number): boolean {
  return decay <= 0.1;
}

/**
 * Ornstein-Uhlenbeck process dS = meanReversionSpeed·(longRunMean − S)·dt + volatility·dW, sampled exactly (Gillespie
 * 1996, "Exact numerical simulation of the Ornstein-Uhlenbeck process and its integral"); the price may become
 * negative.
 */
export class OuProcess implements PriceProcess {
  readonly bridge: PriceProcess['bridge'];
  readonly stepDeviation: number;
  private readonly price: number;
  private readonly longRunMean: number;
  private readonly decayPerStep: number;
  private readonly sdPerStep: number;
  /** Quadratic variation: more than the variance of a step's end, which the reversion narrows. */
  private readonly variancePerStep: number;
  private shocks!: NormalSource;
  /** Price minus the long-run mean. */
  private deviation = 0;

  constructor(config: DynamicsOf<'ou'>, price: number, grid: TimeGrid) {
    const { meanReversionSpeed, longRunMean, volatility } = config;
    this.price = price;
    this.longRunMean = longRunMean;
    const decay = meanReversionSpeed / grid.stepsPerYear;
    this.bridge = isNearlyBrownian(decay) ? 'price' : 'none';
    this.decayPerStep = Math.exp(-decay);
    // expm1: for a slow reversion 1 − e^(−2κdt) would cancel; its limit is the variance dt of a Brownian step.
    this.sdPerStep = volatility * Math.sqrt(-Math.expm1(-2 * decay) / (2 * meanReversionSpeed));
    this.variancePerStep = (volatility * volatility) / grid.stepsPerYear;
    this.stepDeviation = this.sdPerStep / Math.abs(price);
  }

  begin(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.deviation = this.price - this.longRunMean;
  }

  moveTo(price: number): void {
    this.deviation = price - this.longRunMean;
  }

  advance(prices: Float64Array, from: number, to: number, variances?: Float64Array): void {
    this.shocks.fillNormal(prices, from, to);
    const mean = this.longRunMean;
    const decay = this.decayPerStep;
    const sd = this.sdPerStep;
    let deviation = this.deviation;
    for (let i = from; i < to; i++) {
      deviation = decay * deviation + sd * prices[i]!;
      prices[i] = mean + deviation;
    }
    this.deviation = deviation;
    if (variances !== undefined) variances.fill(this.variancePerStep, from, to);
  }
}
