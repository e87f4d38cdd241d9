import type { DynamicsOf } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';
import { CompoundPoisson } from './compound-poisson.ts';
import { JumpDiffusion } from './jump-diffusion.ts';
import { NormalJumps } from './normal-jumps.ts';

/**
 * Jump diffusion with normal log jumps (Merton 1976, "Option pricing when underlying stock returns are discontinuous",
 * Journal of Financial Economics 3), sampled exactly. E[S_T] = S₀·exp(drift·T).
 *
 * Throws ConfigError where there are more than 1e9 jumps a step.
 */
export class MertonProcess extends JumpDiffusion {
  constructor(config: DynamicsOf<'merton'>, price: number, grid: TimeGrid) {
    super(config, [new CompoundPoisson(new NormalJumps(config), config.jumpIntensity, grid)], price, grid);
  }
}
