import { describe, expect, test } from 'vitest';
import { MARTINGALE, REVERTING, trainedAgainstRandom } from './markets.ts';

const AGENTS = ['q-learning', 'actor-critic'] as const;
const FEES = { execution: { fees: { maker: 0.001, taker: 0.001 } } };
/** 99.9 % of a normal, two-sided: the mean of 200 differences is nearly one. */
const Z = 3.29;

describe.each(AGENTS)('%s', (use) => {
  test('beats random where prices return to their mean', () => {
    const { mean, error } = trainedAgainstRandom({ use }, REVERTING);
    expect(mean - Z * error).toBeGreaterThan(0);
  });

  test('is no better and no worse than random on a martingale without costs', () => {
    const { mean, error } = trainedAgainstRandom({ use }, MARTINGALE);
    expect(Math.abs(mean)).toBeLessThan(Z * error);
  });

  test('hardly trades on a martingale where trades cost, and so beats random by what that pays', () => {
    const { mean, error, fills } = trainedAgainstRandom({ use }, MARTINGALE, FEES);
    // At random two of three actions ask for a side, half of them for the other one: a third of 300 steps.
    expect(fills).toBeLessThan(10);
    expect(mean - Z * error).toBeGreaterThan(0);
  });
});
