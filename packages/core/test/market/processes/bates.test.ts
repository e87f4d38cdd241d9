import { describe, expect, it } from 'vitest';
import type { MarketOf } from '../../../src/config/markets.ts';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import type { TimeGrid } from '../../../src/market/handler.ts';
import { callPayoffs, closesAt, expectMean, expectVariance } from '../ensembles.ts';
import golden from '../golden/stochvol.json' with { type: 'json' };
import { chunkedPath, difference, hourlyGrid, stream, yearGrid } from '../paths.ts';
import { GivenStreams } from './given-shocks.ts';

const parameters = {
  price: 100,
  drift: 0.1,
  longRunVariance: 0.3,
  meanReversionSpeed: 5,
  volOfVol: 1.5,
  correlation: -0.4,
};

function bates(jumps: { jumpIntensity: number; jumpMean: number; jumpDeviation: number }): MarketOf<'bates'> {
  return { process: 'bates', ...parameters, ...jumps };
}

describe('the process bates', () => {
  it('is heston, bit for bit, without jumps', () => {
    const plain = createHandler({ process: 'heston', ...parameters }, hourlyGrid(400));
    const without = createHandler(bates({ jumpIntensity: 0, jumpMean: 5, jumpDeviation: 1 }), hourlyGrid(400));
    expect(difference(chunkedPath(without, stream(1), [400]), chunkedPath(plain, stream(1), [400]))).toBeUndefined();
    expect(createProcess(bates({ jumpIntensity: 0, jumpMean: 5, jumpDeviation: 1 }), 1, yearGrid(9)).bridge).toBe(
      'log',
    );
  });

  it.each([
    { name: 'index', stepsPerYear: 12 },
    { name: 'coin', stepsPerYear: 20 },
  ])('has the option prices and log moments of $name, $stepsPerYear steps a year', ({ name, stepsPerYear }) => {
    // 200,000 paths, 5 standard errors.
    const { years, rate, strikes, calls, log, name: _, ...c } = golden.bates.find((c) => c.name === name)!;
    const grid: TimeGrid = { startMs: 0, intervalMs: 1000, steps: years * stepsPerYear, stepsPerYear };
    const [prices] = closesAt({ process: 'bates', price: 100, ...c }, grid, [grid.steps]);
    expectMean(prices!, 100 * Math.exp(c.drift * years));
    for (const [i, strike] of strikes.entries()) expectMean(callPayoffs(prices!, strike, rate, years), calls[i]!);
    const logs = prices!.map((price) => Math.log(price / 100));
    expectMean(logs, log.mean);
    expectVariance(logs, log.variance);
  });

  it('has the variance and the fourth moment of a step that rare large jumps give', () => {
    // A step of the variance v and N jumps of N(m, s²), N ~ Poisson(λ): without volOfVol the log return's cumulants are
    // κ₂ = v + λ(m² + s²) and κ₄ = λ(m⁴ + 6m²s² + 3s⁴). n = 200,000.
    const [v, lambda, m, s] = [0.3 / 50, 20 / 50, -0.1, 0.05];
    const config = { ...bates({ jumpIntensity: 20, jumpMean: m, jumpDeviation: s }), volOfVol: 0 };
    const [prices] = closesAt(config, { ...yearGrid(1), stepsPerYear: 50 }, [1]);
    const logs = prices!.map((price) => Math.log(price / 100));
    const mean = 0.1 / 50 - v / 2 - lambda * Math.expm1(m + (s * s) / 2) + lambda * m;
    expectMean(logs, mean);
    const k2 = v + lambda * (m * m + s * s);
    expectVariance(logs, k2);
    const fourth = logs.map((x) => (x - mean) ** 4);
    expectMean(fourth, lambda * (m ** 4 + 6 * m * m * s * s + 3 * s ** 4) + 3 * k2 * k2);
  });

  it('moves the variance no more than heston does', () => {
    const grid = hourlyGrid(100);
    const variances = [0, 5000].map((jumpIntensity) => {
      const process = createProcess(bates({ jumpIntensity, jumpMean: 0.1, jumpDeviation: 0.1 }), 100, grid);
      const out = new Float64Array(100);
      process.begin(new GivenStreams(new Float64Array(100)));
      process.advance(new Float64Array(100), 0, 100, out);
      return out;
    });
    expect(variances[1]).toEqual(variances[0]);
  });

  it('says that its path between two steps is no Brownian bridge, and how far a typical step goes', () => {
    const process = createProcess(bates({ jumpIntensity: 20, jumpMean: -0.1, jumpDeviation: 0.05 }), 100, yearGrid(50));
    expect(process.bridge).toBe('none');
    expect(process.stepDeviation).toBeCloseTo(Math.sqrt(0.3 / 50 + (20 / 50) * (0.01 + 0.0025)), 12);
  });
});
