import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../src/market/create.ts';
import type { TimeGrid } from '../../../src/market/handler.ts';
import { CirProcess } from '../../../src/market/processes/cir.ts';
import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { closesAt, eachPath, expectMean, expectVariance, meanOf } from '../ensembles.ts';
import { hourlyGrid, path, stream, yearGrid } from '../paths.ts';
import { expectShare, goldens } from './diffusion-goldens.ts';

interface Parameters {
  readonly price: number;
  readonly meanReversionSpeed: number;
  readonly longRunMean: number;
  readonly volatility: number;
}

const meanAt = ({ price, meanReversionSpeed: kappa, longRunMean }: Parameters, t: number) =>
  longRunMean + (price - longRunMean) * Math.exp(-kappa * t);

const varianceAt = ({ price, meanReversionSpeed: kappa, longRunMean, volatility }: Parameters, t: number) => {
  const gone = -Math.expm1(-kappa * t);
  return ((volatility * volatility) / kappa) * gone * (price * Math.exp(-kappa * t) + (longRunMean * gone) / 2);
};

// 200,000 paths, 5 of their own standard errors. Degrees of freedom 22, 1.4, 1 and 0.16: from well above the Feller
// condition (2) to far below it.
describe.each(goldens.cir)('cir with $degrees degrees of freedom', ({ points, degrees: _, ...parameters }) => {
  const config = { process: 'cir', ...parameters } as const;

  it.each([20, 2])('has the mean, variance, autocovariance and distribution of theory at %d steps a year', (steps) => {
    const [half, last] = closesAt(config, yearGrid(steps), [steps / 2, steps]);
    expectMean(half!, meanAt(parameters, 0.5));
    expectMean(last!, meanAt(parameters, 1));
    expectVariance(half!, varianceAt(parameters, 0.5));
    expectVariance(last!, varianceAt(parameters, 1));
    // Cov(S_s, S_t) = e^(−κ(t−s)) Var(S_s).
    expectMean(
      half!.map((price, i) => (price - meanAt(parameters, 0.5)) * (last![i]! - meanAt(parameters, 1))),
      Math.exp(-parameters.meanReversionSpeed / 2) * varianceAt(parameters, 0.5),
    );
    for (const { price, below } of points) {
      expectShare(last!, (close) => close <= price, below);
    }
  });

  it('has the same mean and variance with mirrored normals', () => {
    const [last] = closesAt(config, yearGrid(4), [4], { mirrored: true, n: 50_000 });
    expectMean(last!, meanAt(parameters, 1));
    expectVariance(last!, varianceAt(parameters, 1));
  });
});

describe('cir at the edges of its parameters', () => {
  const base = { process: 'cir', price: 120, meanReversionSpeed: 3, longRunMean: 80, volatility: 5 } as const;

  it('decays to its mean without volatility, and nearly so with next to none', () => {
    for (const [volatility, tolerance] of [
      [0, 1e-13],
      [1e-200, 1e-13],
      [1e-20, 1e-13],
      [1e-14, 1e-13],
      [1e-9, 1e-8],
    ] as const) {
      const { close } = path(createHandler({ ...base, volatility }, yearGrid(100)), stream(0));
      for (const row of [0, 1, 10, 100]) {
        expect(Math.abs(close[row]! / (80 + 40 * Math.exp(-0.03 * row)) - 1)).toBeLessThan(tolerance);
      }
    }
  });

  it('has the mean and variance of theory where the reversion is tiny or huge', () => {
    for (const [meanReversionSpeed, volatility] of [
      [1e-9, 5],
      [1e6, 5],
      [1e6, 20_000],
    ] as const) {
      const parameters = { ...base, meanReversionSpeed, volatility };
      const [last] = closesAt(parameters, yearGrid(2), [2], { n: 100_000 });
      expectMean(last!, meanAt(parameters, 1));
      expectVariance(last!, varianceAt(parameters, 1));
    }
  });

  it('keeps mean and variance over tiny steps far below the Feller condition: no noncentrality is too large', () => {
    // 4κ·longRunMean/volatility² = 0.04 and a noncentrality of 10¹³; 200,000 paths, 5 standard errors.
    const parameters = { price: 1e4, meanReversionSpeed: 1, longRunMean: 1, volatility: 10 };
    const grid: TimeGrid = { startMs: 0, intervalMs: 0.001, steps: 1, stepsPerYear: 2.5e10 };
    const [last] = closesAt({ process: 'cir', ...parameters }, grid, [1]);
    const moves = last!.map((price) => price - parameters.price);
    expectMean(moves, meanAt(parameters, 1 / 2.5e10) - parameters.price);
    expectVariance(moves, varianceAt(parameters, 1 / 2.5e10));
  });

  it('stays finite and not negative however far below the Feller condition', () => {
    for (const volatility of [1e3, 1e10, 1e100, 1e153]) {
      const { close } = path(createHandler({ ...base, volatility }, yearGrid(200)), stream(0));
      for (const price of close) expect(price >= 0 && price < Number.POSITIVE_INFINITY, String(volatility)).toBe(true);
    }
  });

  it('moves alike at every scale of price', () => {
    // S, longRunMean and volatility² scale together.
    for (const [scale, root] of [
      [1e200, 1e100],
      [1e-200, 1e-100],
    ] as const) {
      for (const volatility of [5, 50]) {
        const scaled = { ...base, price: 120 * scale, longRunMean: 80 * scale, volatility: volatility * root };
        const one = path(createHandler({ ...base, volatility }, yearGrid(20)), stream(4)).close;
        const other = path(createHandler(scaled, yearGrid(20)), stream(4)).close;
        for (let row = 0; row <= 20; row++) expect(Math.abs(other[row]! / scale / one[row]! - 1)).toBeLessThan(1e-9);
      }
    }
  });

  it('goes on from another price', () => {
    const streams = new ProcessStreams();
    streams.begin(stream(2));
    const process = new CirProcess(base, 120, yearGrid(4));
    process.begin(streams);
    process.moveTo(10);
    const prices = new Float64Array(1);
    process.advance(prices, 0, 1);
    expect(prices[0]).toBe(path(createHandler({ ...base, price: 10 }, yearGrid(4)), stream(2)).close[1]);
  });
});

describe('what cir tells of the path between two steps', () => {
  const base = { process: 'cir', meanReversionSpeed: 5, longRunMean: 100, volatility: 8 } as const;

  it('is a bridge of the log price where a step is seldom large', () => {
    expect(new CirProcess(base, 100, hourlyGrid(1)).bridge).toBe('log');
    expect(new CirProcess({ ...base, volatility: 0 }, 100, hourlyGrid(1)).bridge).toBe('log');
  });

  it('is no bridge where the price comes near 0, starts there, or reverts much within a step', () => {
    expect(new CirProcess({ ...base, volatility: 60 }, 100, hourlyGrid(1)).bridge).toBe('none');
    expect(new CirProcess(base, 0.1, hourlyGrid(1)).bridge).toBe('none');
    expect(new CirProcess({ ...base, meanReversionSpeed: 1e4 }, 100, hourlyGrid(1)).bridge).toBe('none');
    expect(new CirProcess({ ...base, meanReversionSpeed: 1e-9 }, 100, hourlyGrid(1)).bridge).toBe('none');
  });

  it('has the variance that parts of a step add up to', () => {
    // One step against 64 parts of it; 1,000 paths of 20 steps, 5 standard errors.
    const variances = new Float64Array(20);
    const told = new Float64Array(1000);
    const streams = new ProcessStreams();
    const process = new CirProcess(base, 100, hourlyGrid(20));
    for (let episode = 0; episode < told.length; episode++) {
      streams.begin(stream(episode, 'steps'));
      process.begin(streams);
      process.advance(new Float64Array(20), 0, 20, variances);
      told[episode] = variances.reduce((sum, variance) => sum + variance, 0);
    }
    const finer: TimeGrid = { startMs: 0, intervalMs: 56_250, steps: 20 * 64, stepsPerYear: 8760 * 64 };
    const seen = new Float64Array(told.length);
    eachPath({ ...base, price: 100 }, finer, { n: told.length }, (close, episode) => {
      for (let row = 1; row <= finer.steps; row++) {
        const move = Math.log(close[row]! / close[row - 1]!);
        seen[episode]! += move * move;
      }
    });
    const { mean, error } = meanOf(told);
    expectMean(seen, mean, 5 * error);
  });
});
