import { describe, expect, it } from 'vitest';
import { createHandler } from '../../src/market/create.ts';
import { expectNormalMoments, momentsAtTwoRows, path, stream, yearGrid } from './paths.ts';

describe('the process ou', () => {
  it('gives only the initial price when there are no steps', () => {
    const config = { process: 'ou' as const, price: 0.1, meanReversionSpeed: 2, longRunMean: 0.3, volatility: 1 };
    expect(Array.from(path(createHandler(config, yearGrid(0)), stream(0)).close)).toEqual([0.1]);
  });

  it('decays exponentially to its mean without volatility', () => {
    const config = { process: 'ou' as const, price: 10, meanReversionSpeed: 3, longRunMean: 50, volatility: 0 };
    const { close } = path(createHandler(config, yearGrid(300)), stream(0));
    for (const row of [0, 1, 100, 300]) expect(close[row]).toBeCloseTo(50 - 40 * Math.exp((-3 * row) / 300), 10);
  });

  it('has the mean, variance and autocovariance that theory gives, at steps that are not small', () => {
    // Cov(S_s, S_t) = volatility²/(2κ) · (e^(−κ(t−s)) − e^(−κ(t+s))); 20,000 paths, 5 standard errors of
    // expectNormalMoments. One step here is κ·dt = 0.5: an Euler scheme would be off by 25 % of the variance.
    const [kappa, mean, volatility, s, t] = [4, 50, 20, 0.375, 1];
    const handler = createHandler(
      { process: 'ou', price: 80, meanReversionSpeed: kappa, longRunMean: mean, volatility },
      yearGrid(8),
    );
    const got = momentsAtTwoRows(handler, 20_000, 3, 8, (price) => price);
    const stationary = (volatility * volatility) / (2 * kappa);
    expectNormalMoments(20_000, got, {
      meanEarly: mean + 30 * Math.exp(-kappa * s),
      meanLate: mean + 30 * Math.exp(-kappa * t),
      varianceEarly: stationary * -Math.expm1(-2 * kappa * s),
      varianceLate: stationary * -Math.expm1(-2 * kappa * t),
      covariance: stationary * (Math.exp(-kappa * (t - s)) - Math.exp(-kappa * (t + s))),
    });
  });

  it('is a Brownian motion in the limit of no reversion', () => {
    const config = { process: 'ou' as const, price: 0, meanReversionSpeed: 1e-14, longRunMean: 0, volatility: 2 };
    const { close } = path(createHandler(config, yearGrid(4)), stream(1));
    expect(close[1]).toBeCloseTo(stream(1).normal(), 12);
  });
});
