import { ConfigError } from '../../config/errors.ts';
import type { DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';
import { HawkesArrivals } from './hawkes-arrivals.ts';
import { accumulate, affine } from './jump-diffusion.ts';
import { LogProcess } from './log-process.ts';
import { NormalJumps } from './normal-jumps.ts';
import type { NormalSource, PriceProcess, ProcessStreams } from './process.ts';

/** Each jump is simulated; this many take some 10 ms. */
const MAX_PER_STEP = 100_000;

/**
 * Geometric Brownian motion plus normal log jumps whose intensity λ each jump raises (see HawkesArrivals), sampled
 * exactly. The intensity starts at its long-run mean. E[S_T] = S₀·exp(drift·T): the jumps are compensated by
 * (E[e^J] − 1)·∫λ dt of the path itself.
 *
 * Each step takes one of the shocks; times and sizes of the jumps have the first extra stream. Throws ConfigError, its
 * path relative to the market's config, where more than 100,000 jumps a step are expected.
 */
export class HawkesJumpsProcess extends LogProcess {
  override readonly bridge: PriceProcess['bridge'];
  readonly stepDeviation: number;
  private readonly meanPerStep: number;
  private readonly sdPerStep: number;
  private readonly size: NormalJumps;
  private readonly arrivals: HawkesArrivals;
  private shocks!: NormalSource;
  private random!: RandomStream;

  constructor(config: DynamicsOf<'hawkes-jumps'>, price: number, grid: TimeGrid) {
    super(price);
    const { drift, volatility, baseIntensity } = config;
    const { stepsPerYear } = grid;
    this.size = new NormalJumps(config);
    this.arrivals = new HawkesArrivals(config, stepsPerYear);
    const { meanPerStep } = this.arrivals;
    if (!(meanPerStep <= MAX_PER_STEP)) {
      const rule = `baseIntensity / (1 - excitation / decay) must be at most ${MAX_PER_STEP} jumps a step: ${MAX_PER_STEP * stepsPerYear} a year`;
      throw new ConfigError([{ path: ['baseIntensity'], rule, received: baseIntensity }]);
    }
    this.meanPerStep = (drift - (volatility * volatility) / 2) / stepsPerYear;
    this.sdPerStep = volatility * Math.sqrt(1 / stepsPerYear);
    const jumpVariance = meanPerStep === 0 ? 0 : meanPerStep * this.size.secondMoment;
    this.stepDeviation = Math.sqrt((volatility * volatility) / stepsPerYear + jumpVariance);
    this.bridge = meanPerStep === 0 ? 'log' : 'none';
  }

  protected start(streams: ProcessStreams): void {
    this.shocks = streams.shocks;
    this.random = streams.extra(0);
    this.arrivals.begin(this.random);
  }

  protected walk(out: Float64Array, from: number, to: number, x: number, variances?: Float64Array): number {
    this.shocks.fillNormal(out, from, to);
    affine(out, from, to, this.meanPerStep, this.sdPerStep);
    if (this.arrivals.meanPerStep > 0) this.addJumps(out, from, to);
    if (variances !== undefined) variances.fill(this.sdPerStep * this.sdPerStep, from, to);
    return accumulate(out, from, to, x);
  }

  private addJumps(out: Float64Array, from: number, to: number): void {
    const { arrivals, size, random } = this;
    for (let i = from; i < to; i++) {
      arrivals.step();
      out[i] = out[i]! - size.compensator * arrivals.integratedIntensity;
      if (arrivals.count > 0) out[i] = out[i]! + size.sum(random, arrivals.count);
    }
  }
}
