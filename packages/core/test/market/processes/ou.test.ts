import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../src/market/create.ts';
import { OuProcess } from '../../../src/market/processes/ou.ts';
import { closesAt, expectMean, expectVariance } from '../ensembles.ts';
import { expectNormalMoments, momentsAtTwoRows, path, stream, yearGrid } from '../paths.ts';

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

/** 20 steps a year, and the same with steps ten times as long. */
describe.each([20, 2])('ou at %d steps a year', (steps) => {
  it('has the mean, variance and autocovariance that theory gives', () => {
    // 200,000 paths, 5 of their own standard errors.
    const [kappa, mean, volatility] = [3, 50, 20];
    const config = { process: 'ou', price: 80, meanReversionSpeed: kappa, longRunMean: mean, volatility } as const;
    const [half, last] = closesAt(config, yearGrid(steps), [steps / 2, steps]);
    const stationary = (volatility * volatility) / (2 * kappa);
    const meanAt = (t: number) => mean + 30 * Math.exp(-kappa * t);
    const varianceHalf = stationary * -Math.expm1(-kappa);
    expectMean(half!, meanAt(0.5));
    expectVariance(half!, varianceHalf);
    expectMean(last!, meanAt(1));
    expectVariance(last!, stationary * -Math.expm1(-2 * kappa));
    expectMean(
      half!.map((price, i) => (price - meanAt(0.5)) * (last![i]! - meanAt(1))),
      Math.exp(-kappa / 2) * varianceHalf,
    );
  });
});

describe('ou at the edges of its parameters', () => {
  it('has independent draws of its stationary law where the reversion is huge', () => {
    // κ·dt = 10⁵; 20,000 paths, standard errors in expectNormalMoments, 5 of them.
    const config = { process: 'ou', price: 0, meanReversionSpeed: 1e6, longRunMean: 50, volatility: 2000 } as const;
    const got = momentsAtTwoRows(createHandler(config, yearGrid(10)), 20_000, 1, 2, (price) => price);
    const [meanEarly, varianceEarly] = [50, 2];
    const late = { meanLate: meanEarly, varianceLate: varianceEarly, covariance: 0 };
    expectNormalMoments(20_000, got, { meanEarly, varianceEarly, ...late });
  });

  it('is no Brownian bridge between steps that revert much', () => {
    const config = { process: 'ou', longRunMean: 50, volatility: 20 } as const;
    expect(new OuProcess({ ...config, meanReversionSpeed: 1 }, 50, yearGrid(10)).bridge).toBe('price');
    expect(new OuProcess({ ...config, meanReversionSpeed: 2 }, 50, yearGrid(10)).bridge).toBe('none');
  });
});
