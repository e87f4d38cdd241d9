import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../src/nulltest/bounds.ts';

describe('boundsOf', () => {
  it('are two and ten typical results', () => {
    const { loss, gain } = boundsOf(Float64Array.of(0.01, -0.02, 0, Number.NaN, 0.03, 0), 0.01);
    expect([loss, gain]).toEqual([0.04, 0.2]);
  });

  it('leave the ruin of the config where a typical result is larger', () => {
    expect(boundsOf(Float64Array.of(0.9, -0.9), 0.2).loss).toBe(0.8);
  });

  it('are none where nothing was gained or lost', () => {
    for (const returns of [new Float64Array(5), new Float64Array(0), Float64Array.of(1e-16)]) {
      expect(boundsOf(returns, 0.01)).toEqual({ loss: 0.99, gain: Number.POSITIVE_INFINITY });
    }
  });
});
