import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../src/market/create.ts';
import type { TimeGrid } from '../../../src/market/handler.ts';
import { CevProcess } from '../../../src/market/processes/cev.ts';
import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { normalCdf } from '../../random/statistics.ts';
import { callPayoffs, closesAt, eachPath, expectMean, expectVariance, meanOf, PATHS } from '../ensembles.ts';
import { hourlyGrid, path, stream, yearGrid } from '../paths.ts';
import { expectShare, goldens } from './diffusion-goldens.ts';

// 200,000 paths, 5 of their own standard errors.
describe.each(goldens.cev)('cev of elasticity $elasticity, volatility $volatility, drift $drift', (golden) => {
  const { drift, volatility, elasticity, absorbed, variance, calls } = golden;
  const config = { process: 'cev', price: 100, drift, volatility, elasticity } as const;

  it.each([10, 1])(
    'has the moments, call prices and probability of absorption of theory at %d steps a year',
    (steps) => {
      const [last] = closesAt(config, yearGrid(steps), [steps]);
      expectMean(last!, 100 * Math.exp(drift));
      expectVariance(last!, variance);
      for (const { strike, price } of calls) expectMean(callPayoffs(last!, strike, 0, 1), price);
      expectShare(last!, (price) => price === 0, absorbed);
    },
  );

  it('has the same mean and variance with mirrored normals', () => {
    const [last] = closesAt(config, yearGrid(4), [4], { mirrored: true, n: 50_000 });
    expectMean(last!, 100 * Math.exp(drift));
    expectVariance(last!, variance);
  });
});

describe('the process cev', () => {
  const base = { process: 'cev', price: 100, drift: 0.1, volatility: 0.6, elasticity: 0.5 } as const;

  it('stays at 0 once it is there', () => {
    let reached = 0;
    eachPath({ ...base, volatility: 2 }, yearGrid(50), { n: 2000 }, (close) => {
      const first = close.indexOf(0);
      if (first < 0) return;
      reached++;
      expect(close.subarray(first).every((price) => price === 0)).toBe(true);
    });
    expect(reached).toBeGreaterThan(100);
  });

  it('of elasticity 0 is a Brownian motion absorbed at 0', () => {
    // P(absorbed by t) = 2 Φ(−1 / (volatility √t)); at steps so long that an Euler scheme would miss most of it.
    const closes = closesAt({ ...base, drift: 0, volatility: 0.9, elasticity: 0 }, yearGrid(4), [1, 4]);
    for (const [i, t] of [0.25, 1].entries()) {
      expectShare(closes[i]!, (price) => price === 0, 2 * normalCdf(-1 / (0.9 * Math.sqrt(t))));
      expectMean(closes[i]!, 100);
    }
  });

  it('tends to the path of gbm as elasticity tends to 1', () => {
    const gbm = path(
      createHandler({ process: 'gbm', price: 100, drift: 0.1, volatility: 0.6 }, yearGrid(100)),
      stream(7),
    );
    for (const [lack, tolerance] of [
      [1e-9, 1e-3],
      [1 / 4_503_599_627_370_496, 1e-6],
    ] as const) {
      const { close } = path(createHandler({ ...base, elasticity: 1 - lack }, yearGrid(100)), stream(7));
      for (let row = 0; row <= 100; row++) expect(Math.abs(close[row]! / gbm.close[row]! - 1)).toBeLessThan(tolerance);
    }
  });

  it('grows by exp(drift · t) without volatility, and nearly so with next to none', () => {
    for (const elasticity of [0, 0.5, 0.999]) {
      for (const volatility of [0, 1e-200, 1e-20, 1e-16]) {
        const { close } = path(createHandler({ ...base, elasticity, volatility }, yearGrid(50)), stream(0));
        for (let row = 0; row <= 50; row++) {
          expect(Math.abs(close[row]! / (100 * Math.exp((0.1 * row) / 50)) - 1)).toBeLessThan(1e-13);
        }
      }
    }
  });

  it('keeps mean and variance over tiny steps: no λ is too large', () => {
    // λ is 10¹³ at elasticity 0.5 and 10¹⁸ at 0.999. Var = S₀²·volatility²·t.
    const grid: TimeGrid = { startMs: 0, intervalMs: 0.01, steps: 1, stepsPerYear: 2.5e9 };
    for (const elasticity of [0, 0.5, 0.999]) {
      const [last] = closesAt({ ...base, drift: 0, volatility: 0.02, elasticity }, grid, [1]);
      const moves = last!.map((price) => price - 100);
      expectMean(moves, 0);
      expectVariance(moves, (4e-4 * 1e4) / 2.5e9);
    }
  });

  it('moves alike at every scale of price', () => {
    const one = path(createHandler(base, yearGrid(50)), stream(3)).close;
    for (const scale of [1e-290, 1e290]) {
      const other = path(createHandler({ ...base, price: 100 * scale }, yearGrid(50)), stream(3)).close;
      for (let row = 0; row <= 50; row++) expect(Math.abs(other[row]! / scale / one[row]! - 1)).toBeLessThan(1e-12);
    }
  });

  it('is absorbed at once by an absurd volatility, and never overflows', () => {
    for (const volatility of [1e3, 1e10, 1e200]) {
      const { close } = path(createHandler({ ...base, volatility }, yearGrid(200)), stream(0));
      for (const price of close) expect(price >= 0 && price < Number.POSITIVE_INFINITY, String(volatility)).toBe(true);
      expect(close[200]).toBe(0);
    }
  });

  it('goes on from another price with the constant of its own initial price, also after absorption', () => {
    // One step from 25 at elasticity 0.5: Var = c²·S·t, c² = volatility²·100; 200,000 draws, 5 standard errors.
    const process = new CevProcess({ ...base, drift: 0 }, 100, yearGrid(20));
    const streams = new ProcessStreams();
    const prices = new Float64Array(1);
    const ends = new Float64Array(PATHS);
    const random = stream(0);
    streams.begin(random);
    process.begin(streams);
    for (let i = 0; i < PATHS; i++) {
      if (i % 1000 === 0) {
        process.moveTo(0);
        process.advance(prices, 0, 1);
        expect(prices[0]).toBe(0);
      }
      process.moveTo(25);
      process.advance(prices, 0, 1);
      ends[i] = prices[0]!;
    }
    expectMean(ends, 25);
    expectVariance(ends, (0.36 * 100 * 25) / 20);
  });
});

describe('what cev tells of the path between two steps', () => {
  const base = { process: 'cev', drift: 0, volatility: 0.8, elasticity: 0.3 } as const;

  it('has the variance that parts of a step add up to', () => {
    // One step against 64 parts of it; 1,000 paths of 20 steps, 5 standard errors.
    const variances = new Float64Array(20);
    const told = new Float64Array(1000);
    const streams = new ProcessStreams();
    const process = new CevProcess(base, 100, hourlyGrid(20));
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

  it('has no variance after absorption, and at most 1 before', () => {
    const process = new CevProcess({ ...base, volatility: 5 }, 100, yearGrid(20));
    const streams = new ProcessStreams();
    const prices = new Float64Array(200);
    const variances = new Float64Array(200);
    let absorbed = 0;
    for (let episode = 0; episode < 50; episode++) {
      streams.begin(stream(episode));
      process.begin(streams);
      process.advance(prices, 0, 200, variances);
      for (let i = 0; i < 200; i++) {
        if (prices[i] === 0) absorbed++;
        if (prices[i] === 0) expect(variances[i]).toBe(0);
        else expect(variances[i]! > 0 && variances[i]! <= 1).toBe(true);
      }
    }
    expect(absorbed).toBeGreaterThan(1000);
  });
});
