import { checkSize, hasDiverged, type OnlineRegressor } from './regressor.ts';

export interface StochasticGradientOptions {
  /** Step along the gradient, positive. Default 0.01. */
  readonly learningRate?: number;
  /** constant (default), or inverse-scaling: learningRate / t^power at example t = 1, 2, … */
  readonly schedule?: 'constant' | 'inverse-scaling';
  /** Of inverse-scaling, at least 0. Default 0.25. */
  readonly power?: number;
  /** Weight of the penalty |w|² / 2, at least 0; the intercept has none. Default 0. */
  readonly l2?: number;
}

/**
 * Linear regression by stochastic gradient descent on half the squared error (Robbins and Monro 1951, "A stochastic
 * approximation method"), with the schedules and the order of updates of scikit-learn's SGDRegressor.
 */
export class StochasticGradient implements OnlineRegressor {
  readonly size: number;
  private readonly learningRate: number;
  /** 0: constant. */
  private readonly power: number;
  private readonly l2: number;
  private readonly weights: Float64Array;
  private bias = 0;
  private examples = 0;

  /** For inputs of `size` numbers. Throws RangeError for options out of their range. */
  constructor(
    size: number,
    { learningRate = 0.01, schedule = 'constant', power = 0.25, l2 = 0 }: StochasticGradientOptions = {},
  ) {
    checkSize(size);
    const finite = (value: number): boolean => value < Number.POSITIVE_INFINITY;
    if (!(learningRate > 0 && finite(learningRate))) {
      throw new RangeError(`learningRate must be a positive number, got ${learningRate}`);
    }
    if (!(power >= 0 && finite(power))) throw new RangeError(`power must be a number from 0, got ${power}`);
    if (!(l2 >= 0 && finite(l2))) throw new RangeError(`l2 must be a number from 0, got ${l2}`);
    this.size = size;
    this.learningRate = learningRate;
    this.power = schedule === 'constant' ? 0 : power;
    this.l2 = l2;
    this.weights = new Float64Array(size);
  }

  reset(): void {
    this.weights.fill(0);
    this.bias = 0;
    this.examples = 0;
  }

  predict(x: ArrayLike<number>): number {
    const { weights, size } = this;
    let sum = this.bias;
    for (let i = 0; i < size; i++) sum += weights[i]! * x[i]!;
    return sum;
  }

  learn(x: ArrayLike<number>, y: number): void {
    const { weights, size } = this;
    const rate = this.nextRate();
    const step = rate * (this.predict(x) - y);
    const shrink = Math.max(0, 1 - rate * this.l2);
    this.bias -= step;
    let total = Math.abs(this.bias);
    for (let i = 0; i < size; i++) {
      const weight = weights[i]! * shrink - step * x[i]!;
      weights[i] = weight;
      total += Math.abs(weight);
    }
    if (hasDiverged(total)) this.reset();
  }

  /** Weight of number `i` of the input. */
  weight(i: number): number {
    return this.weights[i]!;
  }

  get intercept(): number {
    return this.bias;
  }

  private nextRate(): number {
    const t = ++this.examples;
    return this.power === 0 ? this.learningRate : this.learningRate * Math.exp(-this.power * Math.log(t));
  }
}
