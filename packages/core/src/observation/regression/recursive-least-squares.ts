import { checkSize, hasDiverged, type OnlineRegressor } from './regressor.ts';

export interface RecursiveLeastSquaresOptions {
  /** Weight of an example against the next one, above 0 and at most 1; 1 (default) forgets nothing. */
  readonly forgetting?: number;
  /** Diagonal of the covariance before the first example, positive: 1 / initialCovariance is the ridge. Default 1. */
  readonly initialCovariance?: number;
}

/** Forgetting is held back while the trace of the covariance is more than this many times the initial one. */
const MOST_TRACE = 1000;

/**
 * Recursive least squares with exponential forgetting (Haykin 2014, "Adaptive Filter Theory", 5th edition, chapter 10). After t
 * examples the weights w, the intercept among them, minimise
 *
 *     sum over i of forgetting^(t - i) (y_i - w·x_i)² + forgetting^t / initialCovariance · |w|²
 *
 * One triangle of the covariance is kept, so it is symmetric whatever rounding does. Where inputs stop varying, forgetting alone
 * would let it grow without bound (Åström and Wittenmark 1995, "Adaptive Control", on estimator windup): from 1,000 times the
 * initial trace on nothing is forgotten until it is smaller again.
 */
export class RecursiveLeastSquares implements OnlineRegressor {
  readonly size: number;
  private readonly forgetting: number;
  private readonly initialCovariance: number;
  /** One a number of the input, then the intercept. */
  private readonly weights: Float64Array;
  /** The lower triangle of a symmetric matrix, row by row, in the order of the weights. */
  private readonly covariance: Float64Array;
  private readonly gain: Float64Array;
  /** The latest example's, then 1 for the intercept. */
  private readonly input: Float64Array;
  private trace: number;
  private readonly mostTrace: number;

  /** For inputs of `size` numbers. Throws RangeError for options out of their range. */
  constructor(size: number, { forgetting = 1, initialCovariance = 1 }: RecursiveLeastSquaresOptions = {}) {
    checkSize(size);
    if (!(forgetting > 0 && forgetting <= 1)) {
      throw new RangeError(`forgetting must be above 0 and at most 1, got ${forgetting}`);
    }
    if (!(initialCovariance > 0 && initialCovariance < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`initialCovariance must be a positive number, got ${initialCovariance}`);
    }
    this.size = size;
    this.forgetting = forgetting;
    this.initialCovariance = initialCovariance;
    this.weights = new Float64Array(size + 1);
    this.gain = new Float64Array(size + 1);
    this.input = new Float64Array(size + 1).fill(1);
    this.trace = initialCovariance * (size + 1);
    this.mostTrace = MOST_TRACE * this.trace;
    this.covariance = new Float64Array(((size + 1) * (size + 2)) / 2);
    this.reset();
  }

  reset(): void {
    const { covariance, size, initialCovariance } = this;
    this.weights.fill(0);
    covariance.fill(0);
    for (let i = 0, at = 0; i <= size; i++, at += i + 1) covariance[at] = initialCovariance;
    this.trace = initialCovariance * (size + 1);
  }

  predict(x: ArrayLike<number>): number {
    const { weights, size } = this;
    let sum = weights[size]!;
    for (let i = 0; i < size; i++) sum += weights[i]! * x[i]!;
    return sum;
  }

  learn(x: ArrayLike<number>, y: number): void {
    const { weights, covariance, gain, input, size } = this;
    const forgetting = this.trace > this.mostTrace ? 1 : this.forgetting;
    for (let i = 0; i < size; i++) input[i] = x[i]!;
    let error = y;
    for (let i = 0, at = 0; i <= size; i++) {
      const own = input[i]!;
      let sum = 0;
      for (let j = 0; j < i; j++) {
        const entry = covariance[at++]!;
        sum += entry * input[j]!;
        gain[j] = gain[j]! + entry * own;
      }
      gain[i] = sum + covariance[at++]! * own;
      error -= weights[i]! * own;
    }
    let variance = forgetting;
    for (let i = 0; i <= size; i++) variance += gain[i]! * input[i]!;
    const step = error / variance;
    let total = 0;
    for (let i = 0; i <= size; i++) {
      const weight = weights[i]! + gain[i]! * step;
      weights[i] = weight;
      total += Math.abs(weight);
    }
    if (hasDiverged(total)) this.reset();
    else this.updateCovariance(1 / forgetting, variance);
  }

  /** Weight of number `i` of the input. */
  weight(i: number): number {
    return this.weights[i]!;
  }

  get intercept(): number {
    return this.weights[this.size]!;
  }

  private updateCovariance(growth: number, variance: number): void {
    const { covariance, gain, size } = this;
    const scale = growth / variance;
    let trace = 0;
    for (let i = 0, at = 0; i <= size; i++) {
      const factor = gain[i]! * scale;
      let entry = 0;
      for (let j = 0; j <= i; j++) {
        entry = covariance[at]! * growth - factor * gain[j]!;
        covariance[at++] = entry;
      }
      // The last one of a row is on the diagonal.
      trace += entry;
    }
    this.trace = trace;
  }
}
