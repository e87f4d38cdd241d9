import type { RandomStream, Space } from '@ergodic/core';

const HALF_LOG_TWO_PI = 0.9189385332046727;

/**
 * Draws actions from what a module says of them, as RLlib's distributions do: a categorical for choices, several of them for
 * MultiDiscrete, a normal with independent components for a Box.
 */
export interface ActionDistribution {
  /** Draws an action into `actions[at…]`; returns its log probability (density, for a Box), as float32. */
  sample(random: RandomStream, inputs: Float32Array, inputsAt: number, actions: Actions, at: number): number;
  /** The log probability of the action at `actions[at…]`, as float32. */
  logp(inputs: Float32Array, inputsAt: number, actions: Actions, at: number): number;
  /** The action as the environment takes it: a normal's is stretched from [-1, 1] to the bounds, and clipped. */
  toEnvironment(actions: Actions, at: number, out: Float64Array): void;
}

/** One action after the other, as they are learned from. */
export type Actions = Float64Array | Float32Array;

export function distributionOf(space: Space): ActionDistribution {
  if (space.type === 'box') return new DiagonalGaussian(space.low, space.high);
  return new Categoricals(space.type === 'discrete' ? [space.n] : space.nvec);
}

class Categoricals implements ActionDistribution {
  private readonly sizes: readonly number[];

  constructor(sizes: readonly number[]) {
    this.sizes = sizes;
  }

  sample(random: RandomStream, inputs: Float32Array, inputsAt: number, actions: Actions, at: number): number {
    let logits = inputsAt;
    for (const [i, n] of this.sizes.entries()) {
      const most = largest(inputs, logits, n);
      let left = random.nextDouble() * sumOfExp(inputs, logits, n, most);
      let choice = 0;
      // Rounding may leave a rest: the last choice takes it.
      while (choice < n - 1) {
        left -= Math.exp(inputs[logits + choice]! - most);
        if (left < 0) break;
        choice++;
      }
      actions[at + i] = choice;
      logits += n;
    }
    return this.logp(inputs, inputsAt, actions, at);
  }

  logp(inputs: Float32Array, inputsAt: number, actions: Actions, at: number): number {
    let logits = inputsAt;
    let sum = 0;
    for (const [i, n] of this.sizes.entries()) {
      const most = largest(inputs, logits, n);
      sum += inputs[logits + actions[at + i]!]! - most - Math.log(sumOfExp(inputs, logits, n, most));
      logits += n;
    }
    return Math.fround(sum);
  }

  toEnvironment(actions: Actions, at: number, out: Float64Array): void {
    for (let i = 0; i < this.sizes.length; i++) out[i] = actions[at + i]!;
  }
}

class DiagonalGaussian implements ActionDistribution {
  private readonly low: Float32Array;
  private readonly high: Float32Array;

  constructor(low: Float32Array, high: Float32Array) {
    this.low = low;
    this.high = high;
  }

  sample(random: RandomStream, inputs: Float32Array, inputsAt: number, actions: Actions, at: number): number {
    const size = this.low.length;
    for (let i = 0; i < size; i++) {
      const deviation = Math.exp(inputs[inputsAt + size + i]!);
      // What is learned from is float32: so is what the density is taken of.
      actions[at + i] = Math.fround(inputs[inputsAt + i]! + deviation * random.normal());
    }
    return this.logp(inputs, inputsAt, actions, at);
  }

  logp(inputs: Float32Array, inputsAt: number, actions: Actions, at: number): number {
    const size = this.low.length;
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const logDeviation = inputs[inputsAt + size + i]!;
      const score = (actions[at + i]! - inputs[inputsAt + i]!) / Math.exp(logDeviation);
      sum -= 0.5 * score * score + logDeviation + HALF_LOG_TWO_PI;
    }
    return Math.fround(sum);
  }

  toEnvironment(actions: Actions, at: number, out: Float64Array): void {
    const { low, high } = this;
    for (let i = 0; i < low.length; i++) {
      const width = high[i]! - low[i]!;
      const stretched =
        width < Number.POSITIVE_INFINITY ? low[i]! + ((actions[at + i]! + 1) * width) / 2 : actions[at + i]!;
      out[i] = Math.min(high[i]!, Math.max(low[i]!, stretched));
    }
  }
}

function largest(values: Float32Array, at: number, n: number): number {
  let most = values[at]!;
  for (let i = 1; i < n; i++) most = Math.max(most, values[at + i]!);
  return most;
}

function sumOfExp(values: Float32Array, at: number, n: number, most: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.exp(values[at + i]! - most);
  return sum;
}
