import { describe, expect, it } from 'vitest';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import { closesAt, expectMean, expectVariance } from '../ensembles.ts';
import { difference, hourlyGrid, path, stream, yearGrid } from '../paths.ts';
import { hawkesMoments } from './hawkes-moments.ts';
import { casesOf, expectGolden, type LogMoments } from './jump-goldens.ts';

const config = {
  process: 'hawkes-jumps',
  price: 100,
  drift: 0.1,
  volatility: 0.3,
  baseIntensity: 5,
  excitation: 15,
  decay: 20,
  jumpMean: -0.03,
  jumpDeviation: 0.05,
} as const;

/** Of the log return (drift − volatility²/2)·T + volatility·W + Σ J − κΛ. */
const logMoments: LogMoments = (parameters, years) => {
  const market = parameters as unknown as typeof config;
  const { drift, volatility, jumpMean, jumpDeviation } = market;
  const kappa = Math.exp(jumpMean + jumpDeviation ** 2 / 2) - 1;
  const { meanIntensity, after } = hawkesMoments(market, years);
  return {
    mean: (drift - volatility ** 2 / 2 + meanIntensity * (jumpMean - kappa)) * years,
    variance:
      volatility ** 2 * years +
      jumpDeviation ** 2 * meanIntensity * years +
      jumpMean ** 2 * after.varianceOfCount +
      kappa ** 2 * after.varianceOfIntegral -
      2 * jumpMean * kappa * after.covarianceOfCountAndIntegral,
  };
};

function expectMoments(market: typeof config, steps: number, row: number): void {
  const years = row / steps;
  const [closes] = closesAt(market, { ...yearGrid(steps), steps: row }, [row]);
  const { mean, variance } = logMoments(market, years);
  const logReturns = closes!.map((price) => Math.log(price / 100));
  expectMean(closes!, 100 * Math.exp(market.drift * years));
  expectMean(logReturns, mean);
  expectVariance(logReturns, variance);
}

describe('the process hawkes-jumps', () => {
  it.each(casesOf('hawkes-jumps'))(
    'has the moments and the option prices of theory: volatility $market.volatility, $steps steps a year',
    (golden) => {
      expectGolden(golden, logMoments);
    },
  );

  it.each([0, 0.99])('has the moments of theory where excitation is %d of decay', (fraction) => {
    const market = { ...config, excitation: fraction * 20, jumpMean: -0.01, jumpDeviation: 0.01 };
    expectMoments(market as unknown as typeof config, 20, 2);
  });

  it('has the moments of theory where jumps are 50 to the step and more', () => {
    const market = { ...config, baseIntensity: 250, excitation: 100, decay: 200, jumpMean: 0.005, jumpDeviation: 0.01 };
    expectMoments(market as unknown as typeof config, 10, 1);
  });

  it('is gbm bit for bit without a base intensity, with the bridge of the log price', () => {
    const calm = { ...config, baseIntensity: 0 };
    const gbm = { process: 'gbm', price: 100, drift: 0.1, volatility: 0.3 } as const;
    const grid = hourlyGrid(400);
    expect(difference(path(createHandler(calm, grid), stream(1)), path(createHandler(gbm, grid), stream(1)))).toBe(
      undefined,
    );
    expect(createProcess(calm, 100, grid).bridge).toBe('log');
    expect(createProcess(config, 100, grid).bridge).toBe('none');
  });

  it('moves by whole jumps less their compensation where neither they nor the diffusion deviate', () => {
    // Between jumps the price falls at κ·λ, which is at least κ·baseIntensity; a jump multiplies it by 2.
    const jumps = { ...config, drift: 0, volatility: 0, jumpMean: Math.LN2, jumpDeviation: 0 };
    const { close } = path(createHandler(jumps, yearGrid(500)), stream(2));
    let rises = 0;
    for (let row = 1; row <= 500; row++) {
      const logReturn = Math.log(close[row]! / close[row - 1]!);
      if (logReturn > 0) rises++;
      else expect(logReturn).toBeLessThanOrEqual(-5 / 500);
    }
    expect(rises).toBeGreaterThan(3);
  });

  it.each([0.002, 5])('tells the deviation of a step with %d jumps', (perStep) => {
    const grid = { ...yearGrid(1000), steps: 1 };
    const market = { ...config, baseIntensity: 250 * perStep };
    const [closes] = closesAt(market, grid, [1]);
    const deviation = createProcess(market, 100, grid).stepDeviation;
    // The jumps' own part is exact to first order in jumpMean: 1e-2 of the variance is more than the next.
    expectVariance(
      closes!.map((price) => Math.log(price / 100)),
      deviation * deviation,
      1e-2 * deviation * deviation,
    );
  });

  it('refuses more than 100,000 jumps a step', () => {
    const most = { ...config, baseIntensity: 250_000 };
    expect(path(createHandler(most, yearGrid(10)), stream(0)).close).toHaveLength(11);
    expect(() => createHandler({ ...config, baseIntensity: 250_001 }, yearGrid(10))).toThrow(
      'baseIntensity: baseIntensity / (1 - excitation / decay) must be at most 100000 jumps a step: 1000000 a year, got 250001',
    );
  });
});
