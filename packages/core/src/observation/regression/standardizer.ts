import { checkSize } from './regressor.ts';

/**
 * Brings inputs to mean 0 and deviation 1 by what was learned so far: running mean and population variance of each number
 * (Welford 1962, "Note on a method for calculating corrected sums of squares and products"). A number that has not varied
 * becomes 0.
 */
export class Standardizer {
  readonly size: number;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  private count = 0;

  /** For inputs of `size` numbers. Throws RangeError unless it is a positive integer. */
  constructor(size: number) {
    checkSize(size);
    this.size = size;
    this.means = new Float64Array(size);
    this.squares = new Float64Array(size);
  }

  reset(): void {
    this.count = 0;
    this.means.fill(0);
    this.squares.fill(0);
  }

  learn(x: ArrayLike<number>): void {
    const { means, squares, size } = this;
    const count = ++this.count;
    for (let i = 0; i < size; i++) {
      const difference = x[i]! - means[i]!;
      const mean = means[i]! + difference / count;
      means[i] = mean;
      squares[i] = squares[i]! + difference * (x[i]! - mean);
    }
  }

  /** Writes the standardised `x` into `out`, which may be `x` itself. */
  transform(x: ArrayLike<number>, out: Float64Array): void {
    const { means, squares, size, count } = this;
    for (let i = 0; i < size; i++) {
      const sum = squares[i]!;
      out[i] = sum > 0 ? (x[i]! - means[i]!) / Math.sqrt(sum / count) : 0;
    }
  }

  /** Mean of number `i`; 0 before anything was learned. */
  mean(i: number): number {
    return this.means[i]!;
  }

  /** Population deviation of number `i`; 0 before anything was learned. */
  deviation(i: number): number {
    return this.count === 0 ? 0 : Math.sqrt(this.squares[i]! / this.count);
  }
}
