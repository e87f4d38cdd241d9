import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import { CompoundPoisson } from './compound-poisson.ts';
import { HestonProcess } from './heston.ts';
import { NormalJumps } from './normal-jumps.ts';
import type { PriceProcess, ProcessStreams } from './process.ts';

/**
 * Heston's stochastic variance with normal log jumps at the times of a Poisson process (Bates 1996, "Jumps and stochastic
 * volatility: exchange rate processes implicit in Deutsche Mark options"). The jumps are exact and compensated, so that
 * E[S_T] = S₀·exp(drift·T); the rest as in `HestonProcess`.
 */
export class BatesProcess extends HestonProcess {
  override readonly bridge: PriceProcess['bridge'];
  override readonly stepDeviation: number;
  private readonly jumps: CompoundPoisson;

  /** Throws ConfigError, its path relative to the market's config, where there are too many jumps a step. */
  constructor(config: DynamicsOf<'bates'>, price: number, grid: TimeGrid) {
    const jumps = new CompoundPoisson(new NormalJumps(config), config.jumpIntensity, grid);
    super({ ...config, drift: config.drift - jumps.compensationPerStep * grid.stepsPerYear }, price, grid);
    this.jumps = jumps;
    this.bridge = jumps.isEmpty ? 'log' : 'none';
    this.stepDeviation = Math.sqrt(config.longRunVariance / grid.stepsPerYear + jumps.variancePerStep);
  }

  protected override start(streams: ProcessStreams): void {
    super.start(streams);
    this.jumps.begin(streams.extra(2));
  }

  protected override addJumps(logReturns: Float64Array, steps: number): void {
    this.jumps.addTo(logReturns, 0, steps);
  }
}
