import { describe, expect, test } from 'vitest';
import { type BoxSpace, contains, describeSpace, RandomStream, sample, sizeOf } from '../../src/index.ts';

const box = (low: number[], high: number[]): BoxSpace => ({
  type: 'box',
  shape: [low.length],
  low: Float32Array.from(low),
  high: Float32Array.from(high),
});

describe('a space', () => {
  test('contains its elements and nothing else', () => {
    const discrete = { type: 'discrete', n: 3 } as const;
    expect([0, 1, 2].every((value) => contains(discrete, [value]))).toBe(true);
    for (const value of [-1, 3, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(contains(discrete, [value])).toBe(false);
    expect(contains(discrete, [])).toBe(false);
    const several = { type: 'multi-discrete', nvec: [2, 3] } as const;
    expect(contains(several, [1, 2])).toBe(true);
    for (const value of [[2, 0], [0, 3], [0], [0, Number.NaN]]) expect(contains(several, value)).toBe(false);
    const bounded = box([-1, 0], [1, Number.POSITIVE_INFINITY]);
    expect(contains(bounded, [-1, 1e30])).toBe(true);
    for (const value of [[-1.1, 0], [0, -0.1], [0, Number.POSITIVE_INFINITY], [Number.NaN, 0], [0]]) {
      expect(contains(bounded, value)).toBe(false);
    }
  });

  test('takes a bound that float32 cannot hold, given as a double', () => {
    expect(contains(box([0], [0.95]), [0.95])).toBe(true);
    expect(contains(box([0], [0.1]), [0.1])).toBe(true);
    expect(contains(box([0], [0.95]), [0.9500001])).toBe(false);
  });

  test('can be read at a place of a longer array', () => {
    expect(contains({ type: 'multi-discrete', nvec: [2, 3] }, [9, 9, 1, 2], 2)).toBe(true);
  });

  test('knows its size and its name', () => {
    const spaces = [{ type: 'discrete', n: 3 }, { type: 'multi-discrete', nvec: [3, 3] }, box([0, 0], [1, 1])] as const;
    expect(spaces.map(sizeOf)).toEqual([1, 2, 2]);
    expect(spaces.map(describeSpace)).toEqual(['Discrete(3)', 'MultiDiscrete([3, 3])', 'Box(0, 1, (2,))']);
  });
});

describe('samples', () => {
  const N = 30_000;

  test('of discrete spaces are uniform', () => {
    const random = new RandomStream([1, 2, 3, 4]);
    const counts = [0, 0, 0];
    const out = [0, 0];
    for (let i = 0; i < N; i++) {
      sample({ type: 'multi-discrete', nvec: [3, 1] }, random, out);
      counts[out[0]! + out[1]!]!++;
    }
    // Standard error of a share of 1/3: sqrt(2/9/n) = 0.0027; five of them.
    for (const count of counts) expect(Math.abs(count / N - 1 / 3)).toBeLessThan(0.0136);
  });

  test.each([
    ['both bounds: uniform', -1, 3, 1, Math.sqrt(16 / 12)],
    ['a lower bound: exponential above it', 2, Number.POSITIVE_INFINITY, 3, 1],
    ['an upper bound: exponential below it', Number.NEGATIVE_INFINITY, 2, 1, 1],
    ['no bound: normal', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 1],
  ])('of a box with %s', (_, low, high, mean, deviation) => {
    const space = box([low], [high]);
    const random = new RandomStream([1, 2, 3, 4]);
    const out = new Float32Array(1);
    let sum = 0;
    let squares = 0;
    let outside = 0;
    for (let i = 0; i < N; i++) {
      sample(space, random, out);
      if (!contains(space, out)) outside++;
      sum += out[0]!;
      squares += out[0]! * out[0]!;
    }
    expect(outside).toBe(0);
    const found = sum / N;
    expect(Math.abs(found - mean)).toBeLessThan((5 * deviation) / Math.sqrt(N));
    // Standard error of a deviation is below deviation x sqrt(2 / n) for tails up to the exponential's (kurtosis 9).
    expect(Math.abs(Math.sqrt(squares / N - found * found) - deviation)).toBeLessThan(
      (5 * deviation * Math.SQRT2) / Math.sqrt(N),
    );
  });
});
