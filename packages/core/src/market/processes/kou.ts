import type { DynamicsOf } from '../../config/markets.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';
import { CompoundPoisson, type JumpSize } from './compound-poisson.ts';
import { JumpDiffusion } from './jump-diffusion.ts';

/**
 * Jump diffusion with double exponential log jumps (Kou 2002, "A Jump-Diffusion Model for Option Pricing", Management
 * Science 48), sampled exactly. E[S_T] = S₀·exp(drift·T).
 *
 * Jumps up and jumps down are two independent Poisson processes, of intensities jumpIntensity·upProbability and
 * jumpIntensity·(1 − upProbability). Throws ConfigError where there are more than 1e9 of either a step.
 */
export class KouProcess extends JumpDiffusion {
  constructor(config: DynamicsOf<'kou'>, price: number, grid: TimeGrid) {
    const { jumpIntensity, upProbability, upRate, downRate } = config;
    const up = new CompoundPoisson(new ExponentialJumps(upRate, 1), jumpIntensity * upProbability, grid);
    const down = new CompoundPoisson(new ExponentialJumps(downRate, -1), jumpIntensity * (1 - upProbability), grid);
    super(config, [up, down], price, grid);
  }
}

/** Log jumps in one direction, their size exponential with mean 1/rate; up, the rate must exceed 1. */
class ExponentialJumps implements JumpSize {
  readonly compensator: number;
  readonly secondMoment: number;
  private readonly signedMean: number;

  constructor(rate: number, direction: 1 | -1) {
    this.compensator = direction / (rate - direction);
    this.secondMoment = 2 / (rate * rate);
    this.signedMean = direction / rate;
  }

  sum(random: RandomStream, count: number): number {
    // The sum of `count` exponentials is a gamma variate.
    return this.signedMean * (count === 1 ? random.exponential() : random.gamma(count));
  }
}
