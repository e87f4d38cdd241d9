/** Turns an observation into the features that values and preferences are linear in. */
export interface Basis {
  readonly size: number;
  /** Writes `size` features; the first is the constant 1. */
  write(observation: ArrayLike<number>, out: Float64Array): void;
}

export const BASES = ['linear', 'quadratic'] as const;
export type BasisName = (typeof BASES)[number];

/**
 * The polynomial basis of order one (`linear`: a constant and the observation) or two (`quadratic`: also all products of two
 * of its numbers), see Sutton and Barto 2018, "Reinforcement Learning: An Introduction", 9.5.1. Without products a value
 * cannot depend on a position and a signal together.
 */
export function createBasis(name: BasisName, observationSize: number): Basis {
  return name === 'linear' ? new LinearBasis(observationSize) : new QuadraticBasis(observationSize);
}

class LinearBasis implements Basis {
  readonly size: number;

  constructor(observationSize: number) {
    this.size = observationSize + 1;
  }

  write(observation: ArrayLike<number>, out: Float64Array): void {
    out[0] = 1;
    for (let i = 1; i < this.size; i++) out[i] = observation[i - 1]!;
  }
}

class QuadraticBasis implements Basis {
  readonly size: number;
  private readonly count: number;

  constructor(observationSize: number) {
    this.count = observationSize;
    this.size = 1 + observationSize + (observationSize * (observationSize + 1)) / 2;
  }

  write(observation: ArrayLike<number>, out: Float64Array): void {
    const { count } = this;
    out[0] = 1;
    let at = 1 + count;
    for (let i = 0; i < count; i++) {
      const value = observation[i]!;
      out[1 + i] = value;
      for (let j = i; j < count; j++) out[at++] = value * observation[j]!;
    }
  }
}

/** `features · weights[from…]`. */
export function dot(features: Float64Array, weights: Float64Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < features.length; i++) sum += features[i]! * weights[from + i]!;
  return sum;
}

/**
 * Divides a step size by the squared length of features, so that it says which part of an error one step corrects,
 * whatever the number and scale of the features (Sutton and Barto 2018, 9.6: α = 1 ÷ (τ E[x·x])). The expectation is the mean
 * over the episode so far, or the present length where that is greater: no step overshoots.
 */
export class StepScale {
  private count = 0;
  private mean = 0;

  begin(): void {
    this.count = 0;
    this.mean = 0;
  }

  /** Takes the features of a step into account and returns what its step size is to be multiplied by. */
  next(features: Float64Array): number {
    let length = 0;
    for (let i = 0; i < features.length; i++) length += features[i]! * features[i]!;
    this.count++;
    this.mean += (length - this.mean) / this.count;
    return 1 / Math.max(this.mean, length);
  }
}
