import { describe, expect, it } from 'vitest';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import { callPayoffs, closesAt, expectMean, expectVariance } from '../ensembles.ts';
import { path, stream, yearGrid } from '../paths.ts';
import { casesOf, expectGolden, type LogMoments } from './jump-goldens.ts';

const config = {
  process: 'variance-gamma',
  price: 6000,
  drift: 0.05,
  volatility: 0.2,
  skew: -0.5,
  varianceRate: 0.05,
} as const;

const logMoments: LogMoments = (parameters, years) => {
  const { drift, volatility, skew, varianceRate } = parameters as unknown as typeof config;
  const compensation = Math.log(1 - skew * varianceRate - (volatility ** 2 * varianceRate) / 2) / varianceRate;
  return {
    mean: (drift + compensation + skew) * years,
    variance: (volatility ** 2 + skew ** 2 * varianceRate) * years,
  };
};

describe('the process variance-gamma', () => {
  it.each(casesOf('variance-gamma'))(
    'has the moments and the option prices of theory: volatility $market.volatility, $steps steps a year',
    (golden) => {
      expectGolden(golden, logMoments);
    },
  );

  it.each([
    { market: config, calls: [955.1637, 660.7921, 433.74] },
    {
      market: { ...config, drift: 0.03, volatility: 0.15, varianceRate: 0.01 },
      calls: [732.8705, 432.2273, 228.4057],
    },
  ])("gives the calls of QuantLib's own tests: varianceRate $market.varianceRate", ({ market, calls }) => {
    // Spot 6000, interest rate 0.05, dividend yields 0 and 0.02, one year.
    const [closes] = closesAt(market, yearGrid(4), [4]);
    for (const [i, strike] of [5550, 6050, 6550].entries())
      expectMean(callPayoffs(closes!, strike, 0.05, 1), calls[i]!);
  });

  it('has jumps and so no bridge', () => {
    expect(createProcess(config, 100, yearGrid(10)).bridge).toBe('none');
  });

  it.each([
    // Business time then differs from the calendar's by a fraction √(varianceRate/dt) a step: 3e-4 here.
    { varianceRate: 1e-9, tolerance: 1e-3 },
    { varianceRate: 1e-300, tolerance: 1e-12 },
    { varianceRate: 5e-324, tolerance: 1e-12 },
  ])('tends to gbm with the same shocks where varianceRate is $varianceRate', ({ varianceRate, tolerance }) => {
    const grid = yearGrid(100);
    const gbm = path(createHandler({ process: 'gbm', price: 6000, drift: 0.05, volatility: 0.2 }, grid), stream(3));
    const { close } = path(createHandler({ ...config, varianceRate }, grid), stream(3));
    for (let row = 0; row <= 100; row++) {
      expect(Math.abs(Math.log(close[row]! / gbm.close[row]!))).toBeLessThan(tolerance);
    }
  });

  it.each([1, 10])('keeps its moments where varianceRate is large, with %d steps', (steps) => {
    // Business time then stands still in most steps.
    const slow = { ...config, price: 1, skew: -0.05, varianceRate: 20 };
    const [closes] = closesAt(slow, yearGrid(steps), [steps]);
    const { mean, variance } = logMoments(slow, 1);
    const logReturns = closes!.map((price) => Math.log(price));
    expectMean(closes!, Math.exp(0.05));
    expectMean(logReturns, mean);
    expectVariance(logReturns, variance);
  });

  it('has the thick tails of theory', () => {
    // Without skew the fourth central moment over dt is 3σ⁴dt²(1 + ν/dt) (Madan, Carr and Chang 1998, theorem 2 at θ = 0).
    const symmetric = { ...config, price: 1, drift: 0, skew: 0 };
    const [closes] = closesAt(symmetric, { ...yearGrid(20), steps: 1 }, [1]);
    const { mean } = logMoments(symmetric, 0.05);
    expectMean(
      closes!.map((price) => (Math.log(price) - mean) ** 4),
      3 * (0.04 * 0.05) ** 2 * (1 + 0.05 / 0.05),
    );
  });

  it('tells the deviation of a step', () => {
    const grid = { ...yearGrid(50), steps: 1 };
    const [closes] = closesAt(config, grid, [1]);
    const deviation = createProcess(config, 6000, grid).stepDeviation;
    expectVariance(
      closes!.map((price) => Math.log(price / 6000)),
      deviation * deviation,
    );
  });
});
