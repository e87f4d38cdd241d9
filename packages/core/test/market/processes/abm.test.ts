import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../src/market/create.ts';
import { closesAt, eachPath, expectMean, expectVariance, PATHS } from '../ensembles.ts';
import { expectNormalMoments, momentsAtTwoRows, path, stream, yearGrid } from '../paths.ts';

describe('the process abm', () => {
  it('gives only the initial price when there are no steps', () => {
    expect(
      Array.from(
        path(createHandler({ process: 'abm', price: -5, drift: 1, volatility: 1 }, yearGrid(0)), stream(0)).close,
      ),
    ).toEqual([-5]);
  });

  it('is a straight line without volatility, through zero if need be', () => {
    const { close } = path(
      createHandler({ process: 'abm', price: 10, drift: -16, volatility: 0 }, yearGrid(256)),
      stream(0),
    );
    expect(close[256]).toBe(-6);
    expect(close[128]).toBe(2);
  });

  it('has the mean, variance and covariance that theory gives', () => {
    // Cov(S_s, S_t) = volatility² · min(s, t); 20,000 paths, standard errors in expectNormalMoments, 5 of them.
    const handler = createHandler({ process: 'abm', price: 50, drift: 7, volatility: 20 }, yearGrid(12));
    const got = momentsAtTwoRows(handler, 20_000, 3, 12, (price) => price);
    expectNormalMoments(20_000, got, {
      meanEarly: 51.75,
      meanLate: 57,
      varianceEarly: 100,
      varianceLate: 400,
      covariance: 100,
    });
  });
});

/** 20 steps a year, and the same with steps ten times as long. */
describe.each([20, 2])('abm at %d steps a year', (steps) => {
  // 200,000 paths, 5 of their own standard errors.
  it('has the mean and variance of the price, and of its average over the year', () => {
    const averages = new Float64Array(PATHS);
    const last = new Float64Array(PATHS);
    eachPath({ process: 'abm', price: 50, drift: 7, volatility: 20 }, yearGrid(steps), {}, (close, episode) => {
      for (let row = 1; row <= steps; row++) averages[episode]! += close[row]! / steps;
      last[episode] = close[steps]!;
    });
    expectMean(last, 57);
    expectVariance(last, 400);
    expectMean(averages, 50 + (7 * (steps + 1)) / (2 * steps));
    expectVariance(averages, (400 * (steps + 1) * (2 * steps + 1)) / (6 * steps * steps));
  });

  it('integrates a drift and volatility that change inside a step', () => {
    const drift = [
      { from: '0h', value: 10 },
      { from: '73d', value: -30 },
    ];
    const volatility = [
      { from: '0h', value: 5 },
      { from: '36.5d', value: 20 },
      { from: '328.5d', value: 0 },
    ];
    const [half, last] = closesAt({ process: 'abm', price: 0, drift, volatility }, yearGrid(steps), [steps / 2, steps]);
    expectMean(half!, 0.2 * 10 - 0.3 * 30);
    expectVariance(half!, 0.1 * 25 + 0.4 * 400);
    expectMean(last!, 0.2 * 10 - 0.8 * 30);
    expectVariance(last!, 0.1 * 25 + 0.8 * 400);
  });
});
