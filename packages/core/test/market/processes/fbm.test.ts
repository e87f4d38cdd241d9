import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MarketOf } from '../../../src/config/markets.ts';
import { CorrelatedShocks } from '../../../src/market/correlation.ts';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import type { TimeGrid } from '../../../src/market/handler.ts';
import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { closesAt, eachPath, expectMean, meanOf, PATHS } from '../ensembles.ts';
import { chunkedPath, expectWithin5Se, hourlyGrid, newColumns, path, stream, yearGrid } from '../paths.ts';
import { GivenStreams, unit } from './given-shocks.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/fractional.json', import.meta.url), 'utf8')) as {
  autocovariance: { hurst: number; values: number[] }[];
  exceed: { steps: number; cases: { hurst: number; probability: number; error: number }[] };
};

function fbm(hurst: number, { price = 100, drift = 0, volatility = 1 } = {}): MarketOf<'fbm'> {
  return { process: 'fbm', price, drift, volatility, hurst };
}

/** Log returns since the start after each step, for given shocks. */
function logReturns(config: MarketOf<'fbm'>, grid: TimeGrid, shocks: ArrayLike<number>): Float64Array {
  const process = createProcess(config, 1, grid);
  const prices = new Float64Array(grid.steps);
  process.begin(new GivenStreams(shocks));
  process.advance(prices, 0, grid.steps);
  return prices.map(Math.log);
}

/**
 * Covariances of the log returns after steps i and j, without sampling: the path is a linear function of the normals, so they
 * are sums over the paths of unit vectors.
 */
function covariances(config: MarketOf<'fbm'>, grid: TimeGrid): number[][] {
  const { steps } = grid;
  const means = logReturns(config, grid, []);
  const sums = Array.from({ length: steps }, () => Array<number>(steps).fill(0));
  // Twice the steps, rounded up to a power of two, are fewer than four times.
  for (let e = 0; e < 4 * steps; e++) {
    const x = logReturns(config, grid, unit(4 * steps, e)).map((value, i) => value - means[i]!);
    for (let i = 0; i < steps; i++) for (let j = 0; j < steps; j++) sums[i]![j]! += x[i]! * x[j]!;
  }
  return sums;
}

function theory(hurst: number, s: number, t: number): number {
  return (s ** (2 * hurst) + t ** (2 * hurst) - Math.abs(t - s) ** (2 * hurst)) / 2;
}

describe('the process fbm', () => {
  it.each([0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])('has the covariance of its definition at hurst %d', (hurst) => {
    for (const steps of [1, 2, 3, 7, 8, 50]) {
      const found = covariances(fbm(hurst, { volatility: 0.5 }), yearGrid(steps));
      for (let i = 0; i < steps; i++) {
        for (let j = 0; j < steps; j++) {
          const expected = 0.25 * theory(hurst, (i + 1) / steps, (j + 1) / steps);
          expect(Math.abs(found[i]![j]! - expected)).toBeLessThan(1e-13);
        }
      }
    }
  });

  it.each(golden.autocovariance)('has the autocovariance of fractional noise elsewhere at hurst $hurst', (noise) => {
    // 20 steps of one year, volatility 1: returns of variance 1.
    const grid = { ...yearGrid(20), stepsPerYear: 1 };
    const found = covariances(fbm(noise.hurst), grid);
    const at = (i: number, j: number): number => (i < 0 || j < 0 ? 0 : found[i]![j]!);
    const between = (i: number, j: number) => at(i, j) - at(i - 1, j) - at(i, j - 1) + at(i - 1, j - 1);
    noise.values.forEach((value, lag) => {
      expect(Math.abs(between(0, lag) - value)).toBeLessThan(1e-11);
      expect(Math.abs(between(19 - lag, 19) - value)).toBeLessThan(1e-11);
    });
  });

  it.each([0.1, 0.5, 0.9])('keeps that covariance at hurst %d in steps ten times as large', (hurst) => {
    // Samples of n paths; standard error of a covariance of two normals √((v₁v₂ + c²)/n), 5 of them.
    const volatility = 0.4;
    for (const [grid, rows] of [
      [yearGrid(30), [10, 20, 30]],
      [yearGrid(3), [1, 2, 3]],
    ] as const) {
      const logs = closesAt(fbm(hurst, { volatility, drift: 0.3 }), grid, rows).map((closes) =>
        closes.map((close) => Math.log(close / 100)),
      );
      const means = logs.map((x) => meanOf(x).mean);
      rows.forEach((_, i) => {
        const t = (i + 1) / 3;
        const variance = volatility ** 2 * t ** (2 * hurst);
        expectWithin5Se(means[i]!, 0.3 * t - variance / 2, Math.sqrt(variance / PATHS));
        for (let j = 0; j <= i; j++) {
          const s = (j + 1) / 3;
          const c = volatility ** 2 * theory(hurst, s, t);
          const found = meanOf(logs[i]!.map((x, k) => (x - means[i]!) * (logs[j]![k]! - means[j]!))).mean;
          const error = Math.sqrt((variance * volatility ** 2 * s ** (2 * hurst) + c * c) / PATHS);
          expectWithin5Se(found, c, error);
        }
      });
    }
  });

  it.each([0.1, 0.5, 0.9])('has drift as the growth of the expected price at hurst %d', (hurst) => {
    const [early, late] = closesAt(fbm(hurst, { drift: 0.5, volatility: 0.7 }), yearGrid(12), [3, 12]);
    expectMean(early!, 100 * Math.exp(0.5 / 4));
    expectMean(late!, 100 * Math.exp(0.5));
  });

  it.each(golden.exceed.cases)('exceeds a level as often as elsewhere at hurst $hurst', (elsewhere) => {
    // Both are counts: standard error of the difference √(p(1 − p)/n + error²), 5 of them.
    const { steps } = golden.exceed;
    const grid = yearGrid(steps);
    const halfVariance = (t: number) => t ** (2 * elsewhere.hurst) / 2;
    const levels = Array.from({ length: steps }, (_, k) => 100 * Math.exp(1 - halfVariance((k + 1) / steps)));
    const n = 50_000;
    let hits = 0;
    eachPath(fbm(elsewhere.hurst), grid, { n }, (close) => {
      if (levels.some((level, k) => close[k + 1]! >= level)) hits++;
    });
    const p = hits / n;
    expectWithin5Se(p, elsewhere.probability, Math.hypot(Math.sqrt((p * (1 - p)) / n), elsewhere.error));
  });

  it('has the law of gbm at hurst 0.5: independent returns of one variance', () => {
    const found = covariances(fbm(0.5, { volatility: 0.7 }), yearGrid(10));
    for (let i = 0; i < 10; i++) {
      for (let j = 0; j < 10; j++) expect(found[i]![j]).toBeCloseTo((0.49 * (Math.min(i, j) + 1)) / 10, 13);
    }
    const grid = yearGrid(10);
    const drifting = { drift: 0.2, volatility: 0.7 };
    logReturns(fbm(0.5, drifting), grid, []).forEach((mean, i) => {
      expect(mean).toBeCloseTo(((0.2 - 0.245) * (i + 1)) / 10, 13);
    });
  });

  it('makes returns as correlated as its shocks', () => {
    // 20,000 pairs of paths with shocks of correlation 0.6: standard error of a covariance √((v₁v₂ + c²)/n), 5 of them.
    const n = 20_000;
    const shared = new CorrelatedShocks([
      [1, 0.6],
      [0.6, 1],
    ]);
    const grid = yearGrid(20);
    const handlers = [0, 1].map((i) => createHandler(fbm(0.3), grid, { shocks: shared.lane(i) }));
    const columns = newColumns('quote', 21);
    const streams = [stream(0, 'one'), stream(0, 'two')];
    const returns = [0, 1].map(() => [new Float64Array(n), new Float64Array(n)]);
    for (let episode = 0; episode < n; episode++) {
      handlers.forEach((handler, i) => {
        handler.begin(streams[i]!);
      });
      handlers.forEach((handler, i) => {
        handler.fill(columns, 21);
        for (const [k, row] of [5, 15].entries()) {
          returns[i]![k]![episode] = Math.log(columns.close[row]! / columns.close[row - 1]!);
        }
      });
    }
    const variance = (1 / 20) ** 0.6;
    const between = (a: Float64Array, b: Float64Array): number => meanOf(a.map((x, i) => x * b[i]!)).mean;
    const lagged = (variance * (11 ** 0.6 + 9 ** 0.6 - 2 * 10 ** 0.6)) / 2;
    const [a, b] = returns as [Float64Array[], Float64Array[]];
    for (const [x, y, expected] of [
      [a[0]!, b[0]!, 0.6 * variance],
      [a[1]!, b[1]!, 0.6 * variance],
      [a[0]!, b[1]!, 0.6 * lagged],
      [a[1]!, b[0]!, 0.6 * lagged],
    ] as const) {
      const means = meanOf(x).mean * meanOf(y).mean;
      expectWithin5Se(between(x, y) - means, expected, Math.sqrt((variance * variance + expected * expected) / n));
    }
  });

  it('has returns that reverse below a hurst of 0.5 and persist above', () => {
    const sign = (hurst: number) => {
      const c = covariances(fbm(hurst), yearGrid(6));
      return Math.sign(c[0]![5]! - c[0]![4]!);
    };
    expect([0.1, 0.4, 0.6, 0.9].map(sign)).toEqual([-1, -1, 1, 1]);
  });

  it('grows by exp(drift · t) without volatility', () => {
    const { close } = path(createHandler(fbm(0.3, { drift: 0.5, volatility: 0 }), yearGrid(500)), stream(0));
    close.forEach((price, row) => {
      expect(Math.abs(price / (100 * Math.exp((0.5 * row) / 500)) - 1)).toBeLessThan(1e-13);
    });
  });

  it('gives only the initial price when there are no steps', () => {
    expect(Array.from(path(createHandler(fbm(0.3), hourlyGrid(0)), stream(0)).close)).toEqual([100]);
  });

  it('goes on from another price with the returns that it would have had', () => {
    const process = createProcess(fbm(0.8), 100, yearGrid(20));
    const streams = new ProcessStreams();
    const walk = (moveTo?: number): Float64Array => {
      const prices = new Float64Array(20);
      streams.begin(stream(3));
      process.begin(streams);
      process.advance(prices, 0, 8);
      if (moveTo !== undefined) process.moveTo(moveTo);
      process.advance(prices, 8, 20);
      return prices;
    };
    const plain = walk();
    const moved = walk(7);
    for (let i = 8; i < 20; i++) {
      expect(Math.abs(moved[i]! / ((7 * plain[i]!) / plain[7]!) - 1)).toBeLessThan(1e-13);
    }
  });

  it('stays exact over a long path', () => {
    // Var B_H(t) at the end of 4,000 steps, 1,000 paths: standard error v·√(2/n) = 4.5 %, 5 of them.
    const n = 1000;
    const [last] = closesAt(fbm(0.9), yearGrid(4000), [4000], { n });
    const logs = last!.map((close) => Math.log(close / 100));
    const { mean } = meanOf(logs);
    expectWithin5Se(meanOf(logs.map((x) => (x - mean) ** 2)).mean, 1, Math.sqrt(2 / n));
  });

  it('refuses a path that is too long to be drawn as a whole', () => {
    for (const steps of [4_194_305, Number.POSITIVE_INFINITY]) {
      expect(() => createHandler(fbm(0.3), hourlyGrid(steps))).toThrow(
        `process: fbm draws its path as a whole: an episode must have at most 4194304 steps, substeps counted, got ${steps}; set steps: 4194304 or fewer`,
      );
    }
  });

  it('gives one path in any chunks', () => {
    const handler = createHandler(fbm(0.2), yearGrid(300));
    const whole = chunkedPath(handler, stream(1), [301]).close;
    expect(chunkedPath(handler, stream(1), [1, 5, 64]).close).toEqual(whole);
  });
});
