import type { DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, ProcessStreams } from './process.ts';

/**
 * GARCH(1,1) log returns (Bollerslev 1986, "Generalized autoregressive conditional heteroskedasticity"), with `gamma` the leverage
 * of Glosten, Jagannathan and Runkle 1993 ("On the relation between the expected value and the volatility of the nominal excess
 * return on stocks"):
 *
 *     r = drift·dt − h/2 + √h·ε
 *     h' = omega + (alpha + gamma·[ε < 0])·h·ε² + beta·h,   omega = volatility²·dt·(1 − alpha − beta − gamma/2)
 *
 * for steps of the grid: the same parameters at another interval are another process. A path starts at the long-run variance
 * volatility²·dt, so that E[ln(S_T/S₀)] = (drift − volatility²/2)·T.
 *
 * ε is standard normal, and E[S_T] = S₀·exp(drift·T) exactly; or, with `degreesOfFreedom` ν > 2, Student-t scaled to variance 1
 * (Bollerslev 1987, "A conditionally heteroskedastic time series model for speculative prices and rates of return"). Then E[S_T]
 * is infinite whatever the parameters: a power tail of the log return is too heavy for its exponential to have a mean.
 */
export class GarchProcess extends LogProcess {
  readonly stepDeviation: number;
  private readonly driftPerStep: number;
  private readonly longRunVariance: number;
  private readonly omega: number;
  private readonly alpha: number;
  private readonly gamma: number;
  private readonly beta: number;
  private readonly degreesOfFreedom: number | undefined;
  private shocks!: NormalSource;
  private mixing: RandomStream | undefined;
  /** Conditional variance of the next log return. */
  private variance = 0;

  constructor(config: DynamicsOf<'garch'> | DynamicsOf<'gjr-garch'>, price: number, grid: TimeGrid) {
    super(price);
    const { alpha, beta, volatility } = config;
    const gamma = config.process === 'gjr-garch' ? config.gamma : 0;
    this.driftPerStep = config.drift / grid.stepsPerYear;
    this.longRunVariance = (volatility * volatility) / grid.stepsPerYear;
    this.omega = this.longRunVariance * (1 - alpha - beta - gamma / 2);
    this.alpha = alpha;
    this.gamma = gamma;
    this.beta = beta;
    this.degreesOfFreedom = config.degreesOfFreedom;
    this.stepDeviation = Math.sqrt(this.longRunVariance);
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.mixing = this.degreesOfFreedom === undefined ? undefined : streams.extra(0);
    this.variance = this.longRunVariance;
  }

  protected walk(out: Float64Array, from: number, to: number, start: number, variances?: Float64Array): number {
    this.shocks.fillNormal(out, from, to);
    if (this.mixing !== undefined) this.makeStudent(this.mixing, this.degreesOfFreedom!, out, from, to, variances);
    else if (variances !== undefined) variances.fill(1, from, to);
    return this.accumulate(out, from, to, start, variances);
  }

  /** Student-t of variance 1: each normal times √w, w = (ν − 2)/χ²_ν. Writes w, where asked for, to `variances`. */
  private makeStudent(
    mixing: RandomStream,
    degreesOfFreedom: number,
    column: Float64Array,
    from: number,
    to: number,
    variances: Float64Array | undefined,
  ): void {
    const shape = degreesOfFreedom / 2;
    for (let i = from; i < to; i++) {
      const weight = (shape - 1) / mixing.gamma(shape);
      column[i] = column[i]! * Math.sqrt(weight);
      if (variances !== undefined) variances[i] = weight;
    }
  }

  /**
   * Turns shocks into log returns since the start. Given its weight a step is normal, and between its ends a Brownian bridge of
   * variance h·weight, which takes the weight's place in `variances`.
   */
  private accumulate(
    column: Float64Array,
    from: number,
    to: number,
    start: number,
    variances: Float64Array | undefined,
  ): number {
    const { driftPerStep, omega, alpha, beta } = this;
    const alphaBelow = alpha + this.gamma;
    let h = this.variance;
    let x = start;
    for (let i = from; i < to; i++) {
      const shock = column[i]!;
      const square = h * shock * shock;
      x += driftPerStep - h / 2 + Math.sqrt(h) * shock;
      column[i] = x;
      if (variances !== undefined) variances[i] = h * variances[i]!;
      h = omega + (shock < 0 ? alphaBelow : alpha) * square + beta * h;
    }
    this.variance = h;
    return x;
  }
}
