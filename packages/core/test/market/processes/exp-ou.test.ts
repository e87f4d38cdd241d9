import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../src/market/create.ts';
import { ExpOuProcess } from '../../../src/market/processes/exp-ou.ts';
import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { closesAt, expectMean, expectVariance } from '../ensembles.ts';
import { path, stream, yearGrid } from '../paths.ts';

const [kappa, longRunMean, volatility] = [3, 80, 0.9];
const config = { process: 'exp-ou', price: 120, meanReversionSpeed: kappa, longRunMean, volatility } as const;
const stationary = (volatility * volatility) / (2 * kappa);
const level = Math.log(longRunMean) - stationary / 2;
const logMeanAt = (t: number) => level + (Math.log(120) - level) * Math.exp(-kappa * t);
const logVarianceAt = (t: number) => stationary * -Math.expm1(-2 * kappa * t);
const meanAt = (t: number) => Math.exp(logMeanAt(t) + logVarianceAt(t) / 2);

/** 20 steps a year, and the same with steps ten times as long. */
describe.each([20, 2])('exp-ou at %d steps a year', (steps) => {
  it('has the mean, variance and autocovariance of prices that theory gives', () => {
    // 200,000 paths, 5 of their own standard errors. Cov(ln S_s, ln S_t) = e^(−κ(t−s)) Var(ln S_s).
    const [half, last] = closesAt(config, yearGrid(steps), [steps / 2, steps]);
    expectMean(half!, meanAt(0.5));
    expectMean(last!, meanAt(1));
    expectVariance(last!, meanAt(1) * meanAt(1) * Math.expm1(logVarianceAt(1)));
    expectMean(
      half!.map((price, i) => (price - meanAt(0.5)) * (last![i]! - meanAt(1))),
      meanAt(0.5) * meanAt(1) * Math.expm1(Math.exp(-kappa / 2) * logVarianceAt(0.5)),
    );
  });
});

describe('the process exp-ou', () => {
  it('has longRunMean as the mean of its price in the long run', () => {
    const [last] = closesAt({ ...config, meanReversionSpeed: 40 }, yearGrid(1), [1]);
    expectMean(last!, longRunMean);
  });

  it('gives independent draws of its stationary law where the reversion is huge', () => {
    const [first, second] = closesAt({ ...config, meanReversionSpeed: 1e6, volatility: 900 }, yearGrid(2), [1, 2]);
    const variance = longRunMean * longRunMean * Math.expm1(0.405);
    for (const prices of [first!, second!]) {
      expectMean(prices, longRunMean);
      expectVariance(prices, variance);
    }
    expectMean(
      first!.map((price, i) => (price - longRunMean) * (second![i]! - longRunMean)),
      0,
    );
  });

  it('is a Brownian motion of drift −volatility²/4 in the limit of no reversion', () => {
    // The mean of ln S, ln(longRunMean) − volatility²/(4κ), is far away and pulls with κ times that.
    for (const meanReversionSpeed of [1e-9, 1e-300]) {
      const { close } = path(createHandler({ ...config, meanReversionSpeed }, yearGrid(4)), stream(1));
      const z = stream(1).normal();
      expect(Math.log(close[1]! / 120)).toBeCloseTo(0.9 * 0.5 * z - (0.81 / 4) * 0.25, 7);
    }
  });

  it('decays to its long-run mean without volatility, also from a huge or tiny price', () => {
    for (const price of [1e-300, 120, 1e300]) {
      const { close } = path(createHandler({ ...config, price, volatility: 0 }, yearGrid(100)), stream(0));
      const distance = Math.log(price) - Math.log(80);
      for (const row of [0, 1, 50, 100]) {
        expect(Math.log(close[row]!)).toBeCloseTo(Math.log(80) + distance * Math.exp(-0.03 * row), 9);
      }
    }
  });

  it('goes on from another price towards the same level', () => {
    const grid = yearGrid(4);
    const streams = new ProcessStreams();
    streams.begin(stream(2));
    const process = new ExpOuProcess(config, 120, grid);
    process.begin(streams);
    process.moveTo(10);
    const prices = new Float64Array(1);
    process.advance(prices, 0, 1);
    const direct = path(createHandler({ ...config, price: 10 }, grid), stream(2)).close[1]!;
    expect(prices[0]! / direct - 1).toBeCloseTo(0, 12);
    process.moveTo(0);
    process.advance(prices, 0, 1);
    expect(prices[0]).toBe(0);
  });

  it('is a Brownian bridge of the log price only between steps that revert little', () => {
    expect(new ExpOuProcess(config, 120, yearGrid(30)).bridge).toBe('log');
    expect(new ExpOuProcess(config, 120, yearGrid(29)).bridge).toBe('none');
  });
});
