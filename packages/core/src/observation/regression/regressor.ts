/**
 * A linear model with intercept that learns one example at a time. Inputs are finite numbers, `size` of them, best with mean 0
 * and deviation 1; a target and a prediction are one number.
 *
 * Nothing is allocated after the construction, and a model that has been reset equals a new one. One that has diverged, which
 * a learning rate can do that is too high for its inputs, starts anew: predictions stay finite.
 */
export interface OnlineRegressor {
  /** Numbers of an input. */
  readonly size: number;
  /** 0 before anything was learned. */
  predict(x: ArrayLike<number>): number;
  /** Takes the target `y` that followed the input `x`. */
  learn(x: ArrayLike<number>, y: number): void;
  reset(): void;
}

/** Throws RangeError unless a model can have that many inputs. */
export function checkSize(size: number): void {
  if (!(Number.isInteger(size) && size >= 1)) throw new RangeError(`size must be a positive integer, got ${size}`);
}

/** Whether weights whose sizes add up to `total` are beyond any use; NaN counts. */
export function hasDiverged(total: number): boolean {
  return !(total < 1e100);
}
