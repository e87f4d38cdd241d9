import { describe, expect, it } from 'vitest';
import { probabilityOfOverfitting } from '../../src/history/overfitting.ts';
import { normals, streamOf } from '../draws.ts';
import golden from '../golden/history.json' with { type: 'json' };

const rowsOf = (rows: number[][]) => rows.map((row) => Float64Array.from(row));

function noise(trials: number, steps: number, attempt: number): Float64Array[] {
  const stream = streamOf('overfitting', attempt);
  return Array.from({ length: trials }, () => normals(stream, steps));
}

it.each(golden.overfitting)('agrees with holdout-backtest: $splits splits', ({ returns, blocks, ...expected }) => {
  const received = probabilityOfOverfitting(rowsOf(returns), blocks);
  expect(received.probability).toBeCloseTo(expected.probability, 12);
  expect(received.probabilityOfLoss).toBeCloseTo(expected.probabilityOfLoss, 12);
  expect(received.degradationSlope).toBeCloseTo(expected.degradationSlope, 9);
  expect(received.splits).toBe(expected.splits);
});

it('of noise is a toss-up', () => {
  const attempts = 30;
  let sum = 0;
  for (let attempt = 0; attempt < attempts; attempt++) {
    sum += probabilityOfOverfitting(noise(50, 320, attempt), 8).probability;
  }
  // Of one try the deviation is at most 0.5, that of a fair coin: of 30 some 0.09; three of them.
  expect(Math.abs(sum / attempts - 0.5)).toBeLessThan(0.27);
});

it('of noise that cannot repeat itself is high: what was gained in sample is missing out of sample', () => {
  // All trials end where they began, so the half that was good leaves a bad one.
  const trials = noise(20, 320, 0).map((values) => {
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return values.map((x) => x - mean);
  });
  const { probability, degradationSlope } = probabilityOfOverfitting(trials, 8);
  expect(probability).toBeGreaterThan(0.9);
  expect(degradationSlope).toBeLessThan(-0.5);
});

it('of a trial that dominates is zero', () => {
  const trials = noise(50, 320, 1);
  // Half a deviation a step: six standard errors in each half.
  trials[7] = trials[7]!.map((x) => x + 0.5);
  const { probability, probabilityOfLoss } = probabilityOfOverfitting(trials, 8);
  expect(probability).toBe(0);
  expect(probabilityOfLoss).toBe(0);
});

it('blocks need not divide the steps', () => {
  expect(probabilityOfOverfitting(noise(5, 103, 0), 10).splits).toBe(252);
});

it('does not move with a large offset that all returns share, but for their Sharpe ratios', () => {
  const trials = noise(10, 160, 2);
  const { probability } = probabilityOfOverfitting(trials, 8);
  const tiny = trials.map((values) => values.map((x) => x * 1e-9));
  expect(probabilityOfOverfitting(tiny, 8).probability).toBe(probability);
});

describe('degenerate', () => {
  it('a trial that never trades is neither chosen nor ranked', () => {
    const trials = noise(6, 160, 3);
    const idle = new Float64Array(160);
    expect(probabilityOfOverfitting([...trials, idle], 8)).toEqual({
      ...probabilityOfOverfitting(trials, 8),
      trials: 7,
    });
  });

  it('trials of which none moves have no probability', () => {
    const { probability, probabilityOfLoss, degradationSlope } = probabilityOfOverfitting(
      [new Float64Array(40), new Float64Array(40).fill(0.1)],
      4,
    );
    expect([probability, probabilityOfLoss, degradationSlope]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('copies of one trial share the middle rank', () => {
    const [trial] = noise(1, 160, 4);
    expect(probabilityOfOverfitting([trial!, trial!, trial!], 4).probability).toBe(1);
  });

  it.each([
    ['one trial', noise(1, 160, 0), 8, 'two trials or more, got 1'],
    ['odd blocks', noise(2, 160, 0), 7, 'even, from 4 to 20, got 7'],
    ['two blocks', noise(2, 160, 0), 2, 'even, from 4 to 20, got 2'],
    ['too many blocks', noise(2, 160, 0), 22, 'got 22'],
    ['too few steps', noise(2, 15, 0), 8, '8 blocks need 16 steps or more, got 15; take fewer blocks'],
    ['unequal lengths', [new Float64Array(20), new Float64Array(19)], 4, 'got 19 of trial 1'],
    [
      'a missing return',
      [new Float64Array(20), new Float64Array(20).fill(Number.NaN, 3, 4)],
      4,
      'got NaN at step 3 of trial 1',
    ],
  ])('%s are refused', (_, returns, blocks, message) => {
    expect(() => probabilityOfOverfitting(returns, blocks)).toThrow(message);
  });
});
