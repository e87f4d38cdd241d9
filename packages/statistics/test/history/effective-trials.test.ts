import { expect, it } from 'vitest';
import { effectiveTrials } from '../../src/history/effective-trials.ts';
import golden from '../golden/history.json' with { type: 'json' };

const returns = golden.effectiveTrials.returns.map((row) => Float64Array.from(row));

it('agree with the mean of the correlations of all pairs', () => {
  expect(effectiveTrials(returns)).toBeCloseTo(golden.effectiveTrials.effective, 9);
});

it('of copies are one, of opposites no more than there are', () => {
  const series = Float64Array.of(1, -2, 3, 0.5);
  expect(effectiveTrials([series, series, series])).toBeCloseTo(1, 12);
  expect(effectiveTrials([series, series.map((x) => -x)])).toBe(2);
});

it('trials that do not move are not counted', () => {
  expect(effectiveTrials([...returns, new Float64Array(50)])).toBeCloseTo(effectiveTrials(returns), 12);
  expect(effectiveTrials([])).toBe(0);
  expect(effectiveTrials([new Float64Array(5)])).toBe(0);
});

it('refuses trials of different lengths', () => {
  expect(() => effectiveTrials([new Float64Array(3), new Float64Array(2)])).toThrow('got 2 of trial 1');
});
