import { describe, expect, it } from 'vitest';
import type { MarketConfig } from '../../../src/config/markets.ts';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import { MertonProcess } from '../../../src/market/processes/merton.ts';
import { closesAt, expectMean, expectVariance } from '../ensembles.ts';
import { difference, hourlyGrid, path, stream, yearGrid } from '../paths.ts';
import { casesOf, expectGolden, type LogMoments } from './jump-goldens.ts';

const config = {
  process: 'merton',
  price: 100,
  drift: 0.1,
  volatility: 0.3,
  jumpIntensity: 5,
  jumpMean: -0.05,
  jumpDeviation: 0.1,
} as const;

const logMoments: LogMoments = (parameters, years) => {
  const { drift, volatility, jumpIntensity, jumpMean, jumpDeviation } = parameters as unknown as typeof config;
  const kappa = Math.exp(jumpMean + jumpDeviation ** 2 / 2) - 1;
  return {
    mean: (drift - volatility ** 2 / 2 + jumpIntensity * (jumpMean - kappa)) * years,
    variance: (volatility ** 2 + jumpIntensity * (jumpMean ** 2 + jumpDeviation ** 2)) * years,
  };
};

describe('the process merton', () => {
  it.each(casesOf('merton'))(
    'has the moments and the option prices of theory: volatility $market.volatility, $steps steps a year',
    (golden) => {
      expectGolden(golden, logMoments);
    },
  );

  it('keeps its law when normals are mirrored', () => {
    const [closes] = closesAt(config, yearGrid(10), [10], { mirrored: true });
    expectMean(closes!, 100 * Math.exp(0.1));
    const { mean, variance } = logMoments(config, 1);
    const logReturns = closes!.map((price) => Math.log(price / 100));
    expectMean(logReturns, mean);
    expectVariance(logReturns, variance);
  });

  it('is gbm bit for bit without jumps, with the bridge of the log price', () => {
    const calm = { ...config, jumpIntensity: 0 };
    const gbm = { process: 'gbm', price: 100, drift: 0.1, volatility: 0.3 } as const;
    const grid = hourlyGrid(400);
    expect(difference(path(createHandler(calm, grid), stream(1)), path(createHandler(gbm, grid), stream(1)))).toBe(
      undefined,
    );
    expect(createProcess(calm, 100, grid).bridge).toBe('log');
    expect(createProcess(config, 100, grid).bridge).toBe('none');
    const candle = path(createHandler({ ...calm, candles: true }, grid), stream(1));
    expect(difference(candle, path(createHandler({ ...gbm, candles: true }, grid), stream(1)))).toBe(undefined);
  });

  it('moves by whole jumps where neither they nor the diffusion deviate', () => {
    const steps = 500;
    const jumps = { ...config, drift: 0, volatility: 0, jumpIntensity: 100, jumpMean: 0.2, jumpDeviation: 0 };
    const { close } = path(createHandler(jumps, yearGrid(steps)), stream(2));
    const compensation = 100 * Math.expm1(0.2);
    let last = 0;
    for (let row = 0; row <= steps; row++) {
      const count = (Math.log(close[row]! / 100) + (compensation * row) / steps) / 0.2;
      expect(Math.abs(count - Math.round(count))).toBeLessThan(1e-10);
      expect(Math.round(count)).toBeGreaterThanOrEqual(last);
      last = Math.round(count);
    }
    expect(last).toBeGreaterThan(50);
  });

  it('needs no diffusion and survives jumps that are 50 to the step', () => {
    // 10 steps of 50 jumps each; the jumps are small enough for the log return to be nearly normal.
    const busy = { ...config, volatility: 0, jumpIntensity: 500, jumpMean: 0.002, jumpDeviation: 0.01 };
    const [first, last] = closesAt(busy, yearGrid(10), [1, 10]);
    for (const [closes, years] of [
      [first!, 0.1],
      [last!, 1],
    ] as const) {
      const { mean, variance } = logMoments(busy, years);
      const logReturns = closes.map((price) => Math.log(price / 100));
      expectMean(closes, 100 * Math.exp(0.1 * years));
      expectMean(logReturns, mean);
      expectVariance(logReturns, variance);
    }
  });

  it.each([0.2, 60])('tells the deviation of a step with %d jumps', (perStep) => {
    const grid = { ...yearGrid(10), steps: 1 };
    const market = { ...config, jumpIntensity: 10 * perStep };
    const [closes] = closesAt(market, grid, [1]);
    const deviation = createProcess(market, 100, grid).stepDeviation;
    expectVariance(
      closes!.map((price) => Math.log(price / 100)),
      deviation * deviation,
    );
  });

  it('refuses more than 1e9 jumps a step', () => {
    const most = { ...config, jumpIntensity: 1e10 };
    expect(path(createHandler(most, yearGrid(10)), stream(0)).close).toHaveLength(11);
    expect(() => new MertonProcess({ ...config, jumpIntensity: 2e10 }, 100, yearGrid(10))).toThrow(
      'jumpIntensity: must be at most 1000000000 jumps a step: 10000000000 a year, got 20000000000',
    );
  });

  it('has no jump within reach where jumps are all but impossible', () => {
    const rare: MarketConfig = { ...config, volatility: 0, drift: 0, jumpIntensity: 1e-300 };
    expect(new Set(path(createHandler(rare, hourlyGrid(400)), stream(0)).close)).toEqual(new Set([100]));
  });
});
