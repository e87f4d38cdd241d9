import { RandomStream } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { distributionOf } from '../../src/rllib/distribution.ts';
import { golden } from './golden.ts';

describe('the log probability of an action', () => {
  it.each(['mlp', 'lstm', 'box', 'free-log-std'])('is what RLlib says of it: %s', (name) => {
    const { actionSpace, steps } = golden(name);
    const distribution = distributionOf(actionSpace);
    for (const { inputs, action, logp } of steps) {
      const got = distribution.logp(Float32Array.from(inputs), 0, Float64Array.from([action].flat()), 0);
      expect(Math.abs(got - logp)).toBeLessThan(2e-6 * Math.max(1, Math.abs(logp)));
    }
  });

  it('is that of the action that was drawn', () => {
    const inputs = Float32Array.of(9, 0.3, -1, 0.7, 0.2, 0.1);
    for (const space of [golden('mlp').actionSpace, golden('lstm').actionSpace, golden('box').actionSpace]) {
      const distribution = distributionOf(space);
      const random = new RandomStream([1, 2, 3, 4]);
      const actions = new Float64Array(3);
      const logp = distribution.sample(random, inputs, 1, actions, 1);
      expect(logp).toBe(distribution.logp(inputs, 1, actions, 1));
      expect(actions[0]).toBe(0);
    }
  });

  it('stays finite for logits far apart', () => {
    const distribution = distributionOf({ type: 'discrete', n: 3 });
    const inputs = Float32Array.of(1e4, -1e4, 0);
    expect(distribution.logp(inputs, 0, Float64Array.of(0), 0)).toBe(0);
    expect(distribution.logp(inputs, 0, Float64Array.of(1), 0)).toBe(-2e4);
  });
});

describe('drawn actions', () => {
  const n = 20_000;
  /** Five standard errors: a false alarm in 1.7 million. */
  const WIDTH = 5;

  it('come as often as their probabilities say, each of several by its own', () => {
    const distribution = distributionOf({ type: 'multi-discrete', nvec: [3, 2] });
    const inputs = Float32Array.of(0, 1, -1, 0.5, -0.5);
    const random = new RandomStream([5, 6, 7, 8]);
    const counts = [0, 0, 0, 0, 0];
    const actions = new Float64Array(2);
    for (let i = 0; i < n; i++) {
      distribution.sample(random, inputs, 0, actions, 0);
      counts[actions[0]!]!++;
      counts[3 + actions[1]!]!++;
    }
    for (const [from, size] of [
      [0, 3],
      [3, 2],
    ] as const) {
      const weights = [...inputs.subarray(from, from + size)].map(Math.exp);
      const sum = weights.reduce((a, b) => a + b);
      for (const [i, weight] of weights.entries()) {
        const p = weight / sum;
        const standardError = Math.sqrt((p * (1 - p)) / n);
        expect(Math.abs(counts[from + i]! / n - p)).toBeLessThan(WIDTH * standardError);
      }
    }
  });

  it('have the mean and the deviation that a Box is described by', () => {
    const distribution = distributionOf(golden('free-log-std').actionSpace);
    const random = new RandomStream([5, 6, 7, 8]);
    const inputs = Float32Array.of(0.4, Math.log(0.5));
    const actions = new Float64Array(1);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      distribution.sample(random, inputs, 0, actions, 0);
      sum += actions[0]!;
      squares += (actions[0]! - 0.4) ** 2;
    }
    expect(Math.abs(sum / n - 0.4)).toBeLessThan((WIDTH * 0.5) / Math.sqrt(n));
    // The variance of a squared normal is 2 σ⁴.
    expect(Math.abs(squares / n - 0.25)).toBeLessThan(WIDTH * 0.25 * Math.sqrt(2 / n));
  });

  it('of a Box are float32, as they are learned from', () => {
    const distribution = distributionOf(golden('box').actionSpace);
    const actions = new Float64Array(2);
    distribution.sample(new RandomStream([1, 2, 3, 4]), Float32Array.of(0.1, 0.2, 0, 0), 0, actions, 0);
    expect([...actions]).toEqual([...actions].map(Math.fround));
  });

  it('are stretched from [-1, 1] to the bounds of a Box, and stay within them', () => {
    const space = {
      type: 'box',
      shape: [4],
      low: Float32Array.of(0, -2, 0, 0),
      high: Float32Array.of(1, 2, 1, 1),
    } as const;
    const out = new Float64Array(4);
    distributionOf(space).toEnvironment(Float64Array.of(0, 0.5, -1.5, 7), 0, out);
    expect([...out]).toEqual([0.5, 1, 0, 1]);
  });

  it('of a Box without bounds stay as they are', () => {
    const space = {
      type: 'box',
      shape: [1],
      low: Float32Array.of(-Infinity),
      high: Float32Array.of(Infinity),
    } as const;
    const out = new Float64Array(1);
    distributionOf(space).toEnvironment(Float64Array.of(3.25), 0, out);
    expect(out[0]).toBe(3.25);
  });
});
