import type { RandomStream } from '../../random/stream.ts';
import type { JumpSize } from './compound-poisson.ts';

/** Normal log jumps (Merton 1976, "Option pricing when underlying stock returns are discontinuous"). */
export class NormalJumps implements JumpSize {
  readonly compensator: number;
  readonly secondMoment: number;
  private readonly mean: number;
  private readonly deviation: number;

  /** Mean and standard deviation of one log jump. */
  constructor({ jumpMean, jumpDeviation }: { readonly jumpMean: number; readonly jumpDeviation: number }) {
    this.mean = jumpMean;
    this.deviation = jumpDeviation;
    this.compensator = Math.expm1(jumpMean + (jumpDeviation * jumpDeviation) / 2);
    this.secondMoment = jumpMean * jumpMean + jumpDeviation * jumpDeviation;
  }

  sum(random: RandomStream, count: number): number {
    return count * this.mean + Math.sqrt(count) * this.deviation * random.normal();
  }
}
