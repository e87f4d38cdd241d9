import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import { LogProcess } from './log-process.ts';
import { isNearlyBrownian } from './ou.ts';
import type { NormalSource, PriceProcess, ProcessStreams } from './process.ts';

/**
 * Exponential of an Ornstein-Uhlenbeck process: ln S reverts with `meanReversionSpeed` κ to
 * ln(longRunMean) − volatility²/(4κ), so that E[S] tends to longRunMean. Sampled exactly. Model 1 of Schwartz 1997, "The
 * stochastic behavior of commodity prices: implications for valuation and hedging".
 */
export class ExpOuProcess extends LogProcess {
  override readonly bridge: PriceProcess['bridge'];
  readonly stepDeviation: number;
  private readonly initialPrice: number;
  private readonly logLongRunMean: number;
  private readonly pullPerStep: number;
  private readonly correctionPerStep: number;
  private readonly variancePerStep: number;
  private shocks!: NormalSource;
  /** ln(longRunMean) relative to where the log return counts from. */
  private level = 0;

  constructor(config: DynamicsOf<'exp-ou'>, price: number, grid: TimeGrid) {
    super(price);
    const { meanReversionSpeed, longRunMean, volatility } = config;
    const decay = meanReversionSpeed / grid.stepsPerYear;
    this.bridge = isNearlyBrownian(decay) ? 'log' : 'none';
    this.initialPrice = price;
    this.logLongRunMean = Math.log(longRunMean);
    // expm1 keeps a slow reversion from cancelling; the part volatility²/(4κ) of the mean is taken with the pull, because
    // alone it grows without limit as κ falls.
    this.pullPerStep = -Math.expm1(-decay);
    this.correctionPerStep = ((volatility * volatility) / 4) * (this.pullPerStep / meanReversionSpeed);
    this.variancePerStep = (volatility * volatility) / grid.stepsPerYear;
    this.stepDeviation = volatility * Math.sqrt(-Math.expm1(-2 * decay) / (2 * meanReversionSpeed));
  }

  override moveTo(price: number): void {
    super.moveTo(price);
    // A price of 0, which another process of a regime may leave behind, stays there.
    this.level = price === 0 ? 0 : this.logLongRunMean - Math.log(price);
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.level = this.logLongRunMean - Math.log(this.initialPrice);
  }

  protected walk(out: Float64Array, from: number, to: number, x: number, variances?: Float64Array): number {
    this.shocks.fillNormal(out, from, to);
    const { level, pullPerStep: pull, correctionPerStep: correction, stepDeviation: sd } = this;
    let last = x;
    for (let i = from; i < to; i++) {
      last += pull * (level - last) - correction + sd * out[i]!;
      out[i] = last;
    }
    if (variances !== undefined) variances.fill(this.variancePerStep, from, to);
    return last;
  }
}
