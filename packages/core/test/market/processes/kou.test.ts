import { describe, expect, it } from 'vitest';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import { callPayoffs, closesAt, expectMean, expectVariance } from '../ensembles.ts';
import { difference, hourlyGrid, path, stream, yearGrid } from '../paths.ts';
import { casesOf, expectGolden, type LogMoments } from './jump-goldens.ts';

const config = {
  process: 'kou',
  price: 100,
  drift: 0.05,
  volatility: 0.16,
  jumpIntensity: 1,
  upProbability: 0.4,
  upRate: 10,
  downRate: 5,
} as const;

const logMoments: LogMoments = (parameters, years) => {
  const { drift, volatility, jumpIntensity, upProbability, upRate, downRate } = parameters as unknown as typeof config;
  const p = upProbability;
  const q = 1 - p;
  const kappa = (p * upRate) / (upRate - 1) + (q * downRate) / (downRate + 1) - 1;
  const jump = p / upRate - q / downRate;
  return {
    mean: (drift - volatility ** 2 / 2 + jumpIntensity * (jump - kappa)) * years,
    variance: (volatility ** 2 + jumpIntensity * ((2 * p) / upRate ** 2 + (2 * q) / downRate ** 2)) * years,
  };
};

describe('the process kou', () => {
  it.each(casesOf('kou'))(
    'has the moments and the option prices of theory: volatility $market.volatility, $steps steps a year',
    (golden) => {
      expectGolden(golden, logMoments);
    },
  );

  it('gives the call of Kou (2002, p. 1095)', () => {
    const [closes] = closesAt(config, { ...yearGrid(2), steps: 1 }, [1]);
    expectMean(callPayoffs(closes!, 98, 0.05, 0.5), 9.14732);
  });

  it('is gbm bit for bit without jumps, with the bridge of the log price', () => {
    const calm = { ...config, jumpIntensity: 0 };
    const gbm = { process: 'gbm', price: 100, drift: 0.05, volatility: 0.16 } as const;
    const grid = hourlyGrid(400);
    expect(difference(path(createHandler(calm, grid), stream(1)), path(createHandler(gbm, grid), stream(1)))).toBe(
      undefined,
    );
    expect(createProcess(calm, 100, grid).bridge).toBe('log');
    expect(createProcess(config, 100, grid).bridge).toBe('none');
  });

  it.each([0, 1])('has jumps in one direction only where upProbability is %d', (upProbability) => {
    const oneWay = { ...config, drift: 0, volatility: 0, jumpIntensity: 50, upProbability };
    const direction = upProbability === 1 ? 1 : -1;
    const kappa = upProbability === 1 ? 1 / 9 : -1 / 6;
    const { close } = path(createHandler(oneWay, yearGrid(500)), stream(4));
    let jumps = 0;
    for (let row = 1; row <= 500; row++) {
      const jump = Math.log(close[row]! / close[row - 1]!) + (50 * kappa) / 500;
      expect(direction * jump).toBeGreaterThan(-1e-13);
      if (Math.abs(jump) > 1e-13) jumps++;
    }
    // About 47 of the 500 steps have a jump, with a standard deviation of 6.6.
    expect(Math.abs(jumps - 500 * -Math.expm1(-0.1))).toBeLessThan(5 * 6.6);
    const [closes] = closesAt(oneWay, yearGrid(10), [10]);
    const { mean, variance } = logMoments(oneWay, 1);
    const logReturns = closes!.map((price) => Math.log(price / 100));
    expectMean(logReturns, mean);
    expectVariance(logReturns, variance);
  });

  it.each([0.2, 60])('tells the deviation of a step with %d jumps', (perStep) => {
    const grid = { ...yearGrid(10), steps: 1 };
    const market = { ...config, jumpIntensity: 10 * perStep, upRate: 50, downRate: 40 };
    const [closes] = closesAt(market, grid, [1]);
    const deviation = createProcess(market, 100, grid).stepDeviation;
    expectVariance(
      closes!.map((price) => Math.log(price / 100)),
      deviation * deviation,
    );
    expectMean(closes!, 100 * Math.exp(0.005));
  });

  it('refuses more than 1e9 jumps in one direction a step', () => {
    const market = { ...config, jumpIntensity: 4e9 };
    expect(() => createProcess(market, 100, yearGrid(1))).toThrow('jumpIntensity: must be at most');
    expect(() => createProcess(market, 100, yearGrid(10))).not.toThrow();
  });
});
