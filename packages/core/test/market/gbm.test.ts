import { describe, expect, it } from 'vitest';
import { createHandler } from '../../src/market/create.ts';
import { expectNormalMoments, expectWithin5Se, hourlyGrid, momentsAtTwoRows, path, stream, yearGrid } from './paths.ts';

describe('the process gbm', () => {
  it('gives only the initial price when there are no steps', () => {
    const { timeMs, close } = path(
      createHandler({ process: 'gbm', price: 30_000, drift: 1, volatility: 1 }, hourlyGrid(0)),
      stream(0),
    );
    expect(Array.from(close)).toEqual([30_000]);
    expect(Array.from(timeMs)).toEqual([Date.UTC(2026, 0, 1)]);
  });

  it('grows by exp(drift · t) without volatility', () => {
    const { close } = path(
      createHandler({ process: 'gbm', price: 100, drift: 0.5, volatility: 0 }, yearGrid(500)),
      stream(0),
    );
    for (let row = 0; row <= 500; row++) {
      expect(Math.abs(close[row]! / (100 * Math.exp((0.5 * row) / 500)) - 1)).toBeLessThan(1e-13);
    }
  });

  it('puts row k at start + k intervals', () => {
    const { timeMs } = path(
      createHandler({ process: 'gbm', price: 1, drift: 0, volatility: 1 }, hourlyGrid(300)),
      stream(0),
    );
    expect(timeMs[300]).toBe(Date.UTC(2026, 0, 1) + 300 * 3_600_000);
  });

  it('follows the formula of one step', () => {
    const { close } = path(
      createHandler({ process: 'gbm', price: 100, drift: 0.3, volatility: 0.8 }, yearGrid(100)),
      stream(3),
    );
    const z = stream(3).normal();
    expect(close[1]).toBeCloseTo(100 * Math.exp((0.3 - 0.32) / 100 + 0.08 * z), 10);
  });

  it('keeps its initial price exactly, also a tiny or a huge one', () => {
    for (const price of [5e-324, 1e-300, 0.1, 1e300]) {
      const handler = createHandler({ process: 'gbm', price, drift: 0, volatility: 0.5 }, yearGrid(10));
      expect(path(handler, stream(0)).close[0]).toBe(price);
    }
  });

  it('has the mean, variance and covariance of log prices that theory gives', () => {
    // Cov(ln S_s, ln S_t) = volatility² · min(s, t); 20,000 paths, standard errors in expectNormalMoments, 5 of them.
    const handler = createHandler({ process: 'gbm', price: 100, drift: 0.2, volatility: 0.7 }, yearGrid(12));
    const got = momentsAtTwoRows(handler, 20_000, 3, 12, (price) => Math.log(price / 100));
    const mean = 0.2 - 0.245;
    expectNormalMoments(20_000, got, {
      meanEarly: mean * 0.25,
      meanLate: mean,
      varianceEarly: 0.49 * 0.25,
      varianceLate: 0.49,
      covariance: 0.49 * 0.25,
    });
  });

  it('has drift as the growth of the expected price', () => {
    // Var(S_T) = S₀² e^(2·drift·T) (e^(volatility²·T) − 1); 20,000 paths, 5 standard errors.
    const handler = createHandler({ process: 'gbm', price: 100, drift: 0.2, volatility: 0.7 }, yearGrid(12));
    const { meanLate } = momentsAtTwoRows(handler, 20_000, 3, 12, (price) => price);
    const expected = 100 * Math.exp(0.2);
    expectWithin5Se(meanLate, expected, expected * Math.sqrt(Math.expm1(0.49) / 20_000));
  });
});
