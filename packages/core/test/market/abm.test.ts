import { describe, expect, it } from 'vitest';
import { createHandler } from '../../src/market/create.ts';
import { expectNormalMoments, momentsAtTwoRows, path, stream, yearGrid } from './paths.ts';

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
