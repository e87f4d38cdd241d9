import { RandomStream } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { type EdgeTest, testEdge } from '../../src/nulltest/edge.ts';

const LEVEL = 0.005;

function testOf(returns: ArrayLike<number>, { fills = 3, gain = Number.POSITIVE_INFINITY } = {}): EdgeTest {
  const totalReturn = Float64Array.from(returns);
  const column = (value: number) => totalReturn.map((one) => (Number.isNaN(one) ? one : value));
  return testEdge({ totalReturn, fills: column(fills), steps: column(50) }, gain, LEVEL);
}

/** Normal returns with this mean. */
function normals(n: number, mean: number, seed: number): Float64Array {
  const random = new RandomStream([seed, 2, 3, 4]);
  return Float64Array.from({ length: n }, () => mean + random.normal());
}

describe('testEdge', () => {
  it('is Student’s t of the mean', () => {
    const { gain, t, gainPerStep, verdict } = testOf(
      Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0.03 : -0.01)),
    );
    expect(gain).toBeCloseTo(0.01, 15);
    // Deviations ±0.02: s = 0.02·√(100/99), t = 0.01/(s/10).
    expect(t).toBeCloseTo(0.1 / (0.02 * Math.sqrt(100 / 99)), 12);
    expect(gainPerStep).toBeCloseTo(0.01 / 50, 15);
    expect(verdict).toBe('sees the future');
  });

  it('raises an alarm at the rate of its level where there is no edge, and finds the edge that it says it finds', () => {
    // 2,000 tests of 60 episodes: alarms are binomial, 10 ± 3.2 and 1,800 ± 13; 5 of them, 60 of them for t's wider tails in `detectable`.
    const n = 60;
    let alarms = 0;
    let found = 0;
    const edge = 3.857 / Math.sqrt(n);
    for (let seed = 1; seed <= 2_000; seed++) {
      const test = testOf(normals(n, 0, seed));
      if (test.verdict === 'sees the future') alarms++;
      if (testOf(normals(n, edge, seed)).verdict === 'sees the future') found++;
      expect(Math.abs(test.detectable / edge - 1)).toBeLessThan(0.5);
    }
    expect(Math.abs(alarms - 10)).toBeLessThan(16);
    expect(Math.abs(found - 1_800)).toBeLessThan(60 + 5 * 13);
  });

  it('counts gains up to the bound only, so that one episode does not decide', () => {
    const returns = Array.from({ length: 100 }, (_, i) => (i === 0 ? 1e6 : 0.1));
    expect(testOf(returns).verdict).toBe('no sign of it');
    expect(testOf(returns, { gain: 1 }).verdict).toBe('sees the future');
  });

  it('is certain where every episode gains the same', () => {
    const test = testOf(new Float64Array(60).fill(0.25));
    expect(test).toMatchObject({ verdict: 'sees the future', bound: 0.25, t: Number.POSITIVE_INFINITY });
  });

  it('counts a failed episode as the loss of everything', () => {
    const test = testOf([...new Float64Array(99).fill(0.01), Number.NaN]);
    expect(test).toMatchObject({ failed: 1, verdict: 'no sign of it', episodes: 100, traded: 99 });
    expect(test.gain).toBeCloseTo(-0.0001, 15);
  });

  it.each([
    ['every episode failed', new Float64Array(60).fill(Number.NaN), 3],
    ['the strategy never traded', new Float64Array(60), 0],
    ['too few episodes traded: 49, it takes 50', new Float64Array(49).fill(1), 3],
    ['the strategy never traded', new Float64Array(1), 0],
  ])('cannot tell when %s', (reason, returns, fills) => {
    expect(testOf(returns, { fills })).toMatchObject({ verdict: 'cannot tell', reason });
  });

  it('says when the strategy loses where nobody should', () => {
    expect(testOf(normals(100, -1, 1)).loses).toBe(true);
    expect(testOf(normals(100, 0, 1)).loses).toBe(false);
  });
});
