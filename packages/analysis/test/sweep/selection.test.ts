import { RandomStream } from '@ergodic/core';
import { describe, expect, test } from 'vitest';
import { type SelectionOptions, selectTrials, type TrialSample } from '../../src/sweep/selection.ts';

const OPTIONS: SelectionOptions = { benchmark: null, direction: 'maximize', antithetic: false, seed: 'selection' };

function normals(stream: RandomStream, n: number, mean = 0): Float64Array {
  return Float64Array.from({ length: n }, () => mean + stream.normal());
}

function samples(...values: Float64Array[]): TrialSample[] {
  return values.map((one, i) => ({ trial: i + 1, values: one }));
}

describe('trials without skill', () => {
  test('are declared better in no more sweeps than the error says', () => {
    const stream = new RandomStream([1, 1, 2, 3]);
    const sweeps = 150;
    let declared = 0;
    for (let i = 0; i < sweeps; i++) {
      // Rules on common paths resemble each other: half of the variance is shared.
      const common = normals(stream, 100);
      const rules = Array.from({ length: 20 }, () => normals(stream, 100).map((x, k) => x + common[k]!));
      if (selectTrials(samples(...rules), OPTIONS).better.length > 0) declared++;
    }
    // 5 % of 150 and 3.1 standard errors (√(0.05·0.95 ÷ 150) = 0.018): one false alarm in 1,000.
    expect(declared / sweeps).toBeLessThan(0.05 + 3.1 * 0.018);
  });

  test('look good one by one where there are many', () => {
    const stream = new RandomStream([9, 9, 9, 9]);
    const rules = Array.from({ length: 200 }, () => normals(stream, 200));
    const { trials, better, best } = selectTrials(samples(...rules), OPTIONS);
    expect(trials[best! - 1]!.estimate.low).toBeGreaterThan(0);
    expect(trials[best! - 1]!.bound).toBeLessThan(0);
    expect(better).toEqual([]);
  });
});

describe('a trial with skill', () => {
  const stream = new RandomStream([4, 3, 2, 1]);
  const rules = Array.from({ length: 50 }, () => normals(stream, 400));
  rules[16] = normals(stream, 400, 0.5);

  test('is found among many, and its bound is above zero', () => {
    const { better, best, trials, compared } = selectTrials(samples(...rules), OPTIONS);
    expect(better).toEqual([17]);
    expect(best).toBe(17);
    expect(compared).toBe(50);
    // The bound for all 50 at once is wider than the interval of one alone.
    expect(trials[16]!.bound).toBeGreaterThan(0);
    expect(trials[16]!.bound).toBeLessThan(trials[16]!.difference.low);
  });

  test('is found among costs by being low', () => {
    const costs = rules.map((values) => values.map((x) => -x));
    const { better, best, trials } = selectTrials(samples(...costs), { ...OPTIONS, direction: 'minimize' });
    expect([better, best]).toEqual([[17], 17]);
    expect(trials[16]!.difference.value).toBeLessThan(0);
    expect(trials[16]!.bound).toBeLessThan(0);
    expect(trials[16]!.bound).toBeGreaterThan(trials[16]!.difference.high);
  });

  test('is none against itself', () => {
    const { trials, better } = selectTrials(samples(...rules), { ...OPTIONS, benchmark: rules[16]! });
    expect(better).toEqual([]);
    expect(trials[16]).toMatchObject({ pValue: 1, verdict: 'undecided' });
    expect(trials[16]!.difference.value).toBe(0);
  });
});

describe('missing values', () => {
  const stream = new RandomStream([7, 5, 3, 1]);
  const whole = normals(stream, 100);
  const without = (...episodes: number[]): Float64Array => {
    const values = whole.slice();
    for (const episode of episodes) values[episode] = Number.NaN;
    return values;
  };

  test('leave their episode out for all, or the trial where they are many', () => {
    const many = without(...Array.from({ length: 6 }, (_, i) => i));
    const { trials, episodes, compared } = selectTrials(samples(whole, without(40, 41), many), OPTIONS);
    expect([compared, episodes]).toEqual([2, 98]);
    expect(trials.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided', 'missing']);
    expect(trials[2]!.pValue).toBeNaN();
    expect(trials[2]!.estimate.n).toBe(94);
  });

  test('take their antithetic partner along', () => {
    const { episodes } = selectTrials(samples(whole, without(40)), { ...OPTIONS, antithetic: true });
    expect(episodes).toBe(98);
  });

  test('of all trials leave nothing to compare', () => {
    const none = new Float64Array(100).fill(Number.NaN);
    expect(selectTrials(samples(none), OPTIONS)).toMatchObject({ compared: 0, better: [] });
  });
});

test('one episode decides nothing', () => {
  const { trials, best, episodes } = selectTrials(samples(Float64Array.of(1), Float64Array.of(2)), OPTIONS);
  expect([best, episodes]).toEqual([2, 1]);
  expect(trials[1]!.verdict).toBe('undecided');
  expect(trials[1]!.pValue).toBeNaN();
});
