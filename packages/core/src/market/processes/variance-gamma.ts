import type { DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';
import { accumulate } from './jump-diffusion.ts';
import { LogProcess } from './log-process.ts';
import type { NormalSource, PriceProcess, ProcessStreams } from './process.ts';

/** Keeps dt/varianceRate finite: at this rate business time is the calendar's to the last bit. */
const LEAST_VARIANCE_RATE = 1e-200;

/**
 * Variance gamma process (Madan, Carr and Chang 1998, "The Variance Gamma Process and Option Pricing", European Finance
 * Review 2), sampled exactly: a Brownian motion with drift `skew` over business time, which grows by a gamma variate of
 * mean dt and variance varianceRate·dt a step. E[S_T] = S₀·exp(drift·T).
 *
 * Each step takes one of the shocks for the Brownian motion; the business time has the first extra stream.
 */
export class VarianceGammaProcess extends LogProcess {
  override readonly bridge: PriceProcess['bridge'] = 'none';
  readonly stepDeviation: number;
  private readonly volatility: number;
  private readonly skew: number;
  private readonly meanPerStep: number;
  private readonly gammaShape: number;
  private readonly gammaScale: number;
  private shocks!: NormalSource;
  private timeStream!: RandomStream;

  constructor(config: DynamicsOf<'variance-gamma'>, price: number, grid: TimeGrid) {
    super(price);
    const { drift, volatility, skew } = config;
    const dt = 1 / grid.stepsPerYear;
    const rate = Math.max(config.varianceRate, LEAST_VARIANCE_RATE);
    // log1p: 1 − ν(θ + σ²/2) would lose the digits of a small varianceRate ν.
    const compensation = Math.log1p(-rate * (skew + (volatility * volatility) / 2)) / rate;
    this.volatility = volatility;
    this.skew = skew;
    this.meanPerStep = (drift + compensation) * dt;
    this.gammaShape = dt / rate;
    this.gammaScale = rate;
    this.stepDeviation = Math.sqrt((volatility * volatility + skew * skew * rate) * dt);
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.timeStream = streams.extra(0);
  }

  protected walk(out: Float64Array, from: number, to: number, x: number): number {
    const { skew, volatility, meanPerStep, gammaShape, gammaScale, timeStream } = this;
    this.shocks.fillNormal(out, from, to);
    for (let i = from; i < to; i++) {
      const time = gammaScale * timeStream.gamma(gammaShape);
      out[i] = meanPerStep + skew * time + volatility * Math.sqrt(time) * out[i]!;
    }
    return accumulate(out, from, to, x);
  }
}
