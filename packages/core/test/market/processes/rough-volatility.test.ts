import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MarketOf } from '../../../src/config/markets.ts';
import { createHandler, createProcess } from '../../../src/market/create.ts';
import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { rootKey, SubstreamKeyer } from '../../../src/random/key.ts';
import { callPayoffs, closesAt, expectMean, meanOf } from '../ensembles.ts';
import { expectWithin5Se, hourlyGrid, path, stream, yearGrid } from '../paths.ts';
import { GivenStreams, unit } from './given-shocks.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/fractional.json', import.meta.url), 'utf8')) as {
  covariance: { hurst: number; s: number; t: number; value: number }[];
  prices: {
    volatility: number;
    volOfVol: number;
    hurst: number;
    correlation: number;
    steps: number;
    options: { kind: 'put' | 'call'; strike: number; price: number; error: number }[];
  };
};

type Parameters = Partial<MarketOf<'rough-volatility'>>;

function rough(parameters: Parameters = {}): MarketOf<'rough-volatility'> {
  const defaults = { price: 100, drift: 0, volatility: 0.3, volOfVol: 1.2, hurst: 0.1, correlation: 0 };
  return { process: 'rough-volatility', ...defaults, ...parameters };
}

/** Log variance per year at the start of each step of one year. */
function logVariances(config: MarketOf<'rough-volatility'>, steps: number, streams: ProcessStreams): Float64Array {
  const process = createProcess(config, 100, yearGrid(steps));
  const variances = new Float64Array(steps);
  process.begin(streams);
  process.advance(new Float64Array(steps), 0, steps, variances);
  return variances.map((variance) => Math.log(variance * steps));
}

/**
 * Covariance of W̃ at the starts of two steps, without sampling: the log variance is a linear function of the normals, so it is
 * a sum over unit vectors. It takes one shock a step, and from the further stream two.
 */
function covariance(config: MarketOf<'rough-volatility'>, steps: number, i: number, j: number): number {
  const means = logVariances(config, steps, new GivenStreams([]));
  let sum = 0;
  for (let e = 0; e < 3 * steps; e++) {
    const shocks = e < steps ? unit(steps, e) : [];
    const further = e < steps ? [] : unit(2 * steps, e - steps);
    const x = logVariances(config, steps, new GivenStreams(shocks, further));
    sum += (x[i]! - means[i]!) * (x[j]! - means[j]!);
  }
  return sum / (config.volOfVol * config.volOfVol);
}

describe('the process rough-volatility', () => {
  it.each(golden.covariance.filter(({ t }) => t < 1))(
    'has the autocovariance of the model at hurst $hurst, times $s and $t',
    ({ hurst, s, t, value }) => {
      // What is left is the error of the scheme. It falls with the length of a step, and is largest for rough paths.
      const errors = [64, 256].map((steps) =>
        Math.abs(covariance(rough({ hurst }), steps, s * steps, t * steps) / value - 1),
      );
      expect(errors[1]).toBeLessThan(0.006);
      expect(errors[1]).toBeLessThan(errors[0]!);
    },
  );

  it('has at the first step the very variance of the model, and the same covariances with any correlation', () => {
    for (const hurst of [0.001, 0.1, 0.3, 0.499]) {
      expect(covariance(rough({ hurst }), 20, 1, 1)).toBeCloseTo((1 / 20) ** (2 * hurst), 12);
      const plain = covariance(rough({ hurst }), 20, 7, 15);
      for (const correlation of [-1, -0.6, 0.3, 1]) {
        expect(covariance(rough({ hurst, correlation }), 20, 7, 15)).toBeCloseTo(plain, 12);
      }
    }
  });

  it.each([
    [1, 0.1],
    [1, 0.4],
    [0.5, 0.001],
  ])(
    'has the square of volatility as its expected variance at any step, volOfVol %d and hurst %d',
    (volOfVol, hurst) => {
      const config = rough({ volOfVol, hurst, correlation: -0.7 });
      const process = createProcess(config, 100, yearGrid(25));
      const streams = new ProcessStreams();
      const variances = new Float64Array(25);
      const n = 50_000;
      const found = [1, 5, 24].map((step) => ({ step, values: new Float64Array(n) }));
      const prices = new Float64Array(25);
      const keyer = new SubstreamKeyer(rootKey('rough'), 'market/TEST');
      const key = new Int32Array(4);
      const random = stream(0);
      for (let episode = 0; episode < n; episode++) {
        keyer.key(episode, key);
        random.reset(key);
        streams.begin(random);
        process.begin(streams);
        process.advance(prices, 0, 25, variances);
        for (const { step, values } of found) values[episode] = variances[step]! * 25;
      }
      expect(Math.abs(variances[0]! * 25 - 0.09)).toBeLessThan(1e-15);
      for (const { step, values } of found) {
        expectMean(values, 0.09);
        // Standard error of the variance of a normal: v·√(2/n), 5 of them.
        const logs = values.map(Math.log);
        const { mean } = meanOf(logs);
        const expected = volOfVol * volOfVol * covariance(config, 25, step, step);
        expectWithin5Se(meanOf(logs.map((x) => (x - mean) ** 2)).mean, expected, expected * Math.sqrt(2 / n));
      }
    },
  );

  it('has drift as the growth of the expected price', () => {
    const config = rough({ drift: 0.4, volOfVol: 1.9, hurst: 0.07, correlation: -0.9 });
    const [early, late] = closesAt(config, yearGrid(12), [3, 12]);
    expectMean(early!, 100 * Math.exp(0.1));
    expectMean(late!, 100 * Math.exp(0.4));
  });

  it('gives the option prices of an exact scheme elsewhere', () => {
    // Both are Monte Carlo (100,000 and 4 million paths), on the same steps: 5 standard errors of the difference. Those at
    // the strike of 1 are the implied volatility at the money.
    const { options, steps, ...parameters } = golden.prices;
    const [closes] = closesAt(rough({ ...parameters, price: 1 }), yearGrid(steps), [steps], { n: 100_000 });
    for (const { kind, strike, price, error } of options) {
      const payoffs =
        kind === 'call' ? callPayoffs(closes!, strike, 0, 1) : closes!.map((close) => Math.max(0, strike - close));
      expectMean(payoffs, price, 5 * error);
    }
  });

  it('falls when the variance rises where they are anticorrelated, step by step', () => {
    // One shock down of step 4, correlation −1: the price falls in that step, and the variance is higher after it.
    const at = (shock: number) =>
      logVariances(rough({ correlation: -1 }), 10, new GivenStreams(unit(10, 4).map((x) => x * shock)));
    const plain = at(0);
    const moved = at(-1);
    moved.forEach((value, i) => {
      if (i <= 4) expect(value).toBe(plain[i]!);
      else expect(value).toBeGreaterThan(plain[i]!);
    });
  });

  it('moves the price by the given shocks, whatever the correlation', () => {
    const shocks = [0.3, -1.2, 2];
    for (const correlation of [-1, 0.5, 1]) {
      const process = createProcess(rough({ correlation, drift: 0.1 }), 100, yearGrid(3));
      const prices = new Float64Array(3);
      const variances = new Float64Array(3);
      process.begin(new GivenStreams(shocks, [0.5, -0.5, 1, 1, 2, -1]));
      process.advance(prices, 0, 3, variances);
      let x = Math.log(100);
      shocks.forEach((shock, i) => {
        x += 0.1 / 3 - variances[i]! / 2 + Math.sqrt(variances[i]!) * shock;
        expect(Math.log(prices[i]!)).toBeCloseTo(x, 12);
      });
    }
  });

  it('is gbm without volOfVol, shock by shock', () => {
    const config = rough({ volOfVol: 0, drift: 0.2, correlation: -0.5 });
    const { close } = path(createHandler(config, yearGrid(300)), stream(2));
    const gbm = { process: 'gbm', price: 100, drift: 0.2, volatility: 0.3 } as const;
    const brownian = path(createHandler(gbm, yearGrid(300)), stream(2)).close;
    close.forEach((price, row) => {
      expect(Math.abs(price / brownian[row]! - 1)).toBeLessThan(1e-13);
    });
  });

  it('is sound at the edges of its parameters and for the shortest paths', () => {
    for (const hurst of [0.001, 0.499]) {
      for (const steps of [0, 1, 2, 3, 17]) {
        const { close } = path(
          createHandler(rough({ hurst, volOfVol: 2, correlation: 1 }), hourlyGrid(steps)),
          stream(1),
        );
        expect(close.length).toBe(steps + 1);
        expect(close.every((price) => price > 0 && price < Infinity)).toBe(true);
      }
    }
  });

  it('goes on from another price with the variance that it had', () => {
    const process = createProcess(rough({ correlation: -0.5 }), 100, yearGrid(20));
    const streams = new ProcessStreams();
    const walk = (moveTo?: number): { prices: Float64Array; variances: Float64Array } => {
      const prices = new Float64Array(20);
      const variances = new Float64Array(20);
      streams.begin(stream(3));
      process.begin(streams);
      process.advance(prices, 0, 8, variances);
      if (moveTo !== undefined) process.moveTo(moveTo);
      process.advance(prices, 8, 20, variances);
      return { prices, variances };
    };
    const plain = walk();
    const moved = walk(7);
    expect(moved.variances).toEqual(plain.variances);
    for (let i = 8; i < 20; i++) {
      expect(Math.abs(moved.prices[i]! / ((7 * plain.prices[i]!) / plain.prices[7]!) - 1)).toBeLessThan(1e-13);
    }
  });

  it('refuses a path that is too long to be drawn as a whole', () => {
    expect(() => createHandler(rough(), hourlyGrid(Number.POSITIVE_INFINITY))).toThrow(
      'process: rough-volatility draws its path as a whole: an episode must have at most 4194304 steps',
    );
  });
});
