import { ConfigError } from '../../config/errors.ts';
import type { RandomStream } from '../../random/stream.ts';
import type { TimeGrid } from '../handler.ts';

/** The law of a log jump J. */
export interface JumpSize {
  /** E[e^J] − 1: by what fraction a jump changes the price on average. */
  readonly compensator: number;
  /** E[J²]. */
  readonly secondMoment: number;
  /** The sum of `count` independent jumps, an integer from 1. */
  sum(random: RandomStream, count: number): number;
}

/** From this many jumps a step on, their number is drawn for each step instead of the time to the next one. */
const POISSON_FROM = 1;

/** The most that `RandomStream.poisson` takes. */
const MAX_PER_STEP = 1e9;

/**
 * Log jumps at the times of a Poisson process, summed for each step of a grid: exact.
 *
 * Where jumps are rare, the exponential time to the next one is drawn and the steps before it cost nothing.
 */
export class CompoundPoisson {
  /** What the drift of the log price must lose a step, so that the expected price does not move: E[jumps]·(E[e^J] − 1). */
  readonly compensationPerStep: number;
  /** Variance of the sum of a step. */
  readonly variancePerStep: number;
  private readonly size: JumpSize;
  private readonly meanPerStep: number;
  private random!: RandomStream;
  /** Whole steps before the one with the next jump, and where in that step the jump is, from 0 to 1. */
  private stepsBefore = 0;
  private position = 0;

  /** Throws ConfigError, its path relative to the market's config, where `jumpIntensity` (a year) is above 1e9 a step. */
  constructor(size: JumpSize, jumpIntensity: number, grid: TimeGrid) {
    this.size = size;
    this.meanPerStep = jumpIntensity / grid.stepsPerYear;
    if (!(this.meanPerStep <= MAX_PER_STEP)) {
      const rule = `must be at most ${MAX_PER_STEP} jumps a step: ${MAX_PER_STEP * grid.stepsPerYear} a year`;
      throw new ConfigError([{ path: ['jumpIntensity'], rule, received: jumpIntensity }]);
    }
    this.compensationPerStep = this.isEmpty ? 0 : this.meanPerStep * size.compensator;
    this.variancePerStep = this.isEmpty ? 0 : this.meanPerStep * size.secondMoment;
  }

  /** There is never a jump. */
  get isEmpty(): boolean {
    return this.meanPerStep === 0;
  }

  /** Starts a path. `random` is for these jumps alone, or chunks would change the order of draws. */
  begin(random: RandomStream): void {
    this.random = random;
    this.position = 0;
    this.stepsBefore = this.isEmpty ? Number.POSITIVE_INFINITY : 0;
    if (!this.isEmpty && this.meanPerStep < POISSON_FROM) this.findNext();
  }

  /** Adds to `out[i]`, for `from ≤ i < to`, the sum of the log jumps of each of the next steps. */
  addTo(out: Float64Array, from: number, to: number): void {
    if (this.meanPerStep >= POISSON_FROM) this.addEach(out, from, to);
    else this.addNext(out, from, to);
  }

  private addEach(out: Float64Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const count = this.random.poisson(this.meanPerStep);
      if (count > 0) out[i] = out[i]! + this.size.sum(this.random, count);
    }
  }

  private addNext(out: Float64Array, from: number, to: number): void {
    let i = from + this.stepsBefore;
    while (i < to) {
      let count = 0;
      do {
        count++;
        this.findNext();
      } while (this.stepsBefore === 0);
      out[i] = out[i]! + this.size.sum(this.random, count);
      i += this.stepsBefore;
    }
    this.stepsBefore = i - to;
  }

  /** Goes from one jump, or from the start, to the next one. */
  private findNext(): void {
    const wait = this.position + this.random.exponential() / this.meanPerStep;
    this.stepsBefore = Math.floor(wait);
    this.position = wait - this.stepsBefore;
  }
}
