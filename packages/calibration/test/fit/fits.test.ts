import { createHandler, RandomStream } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { calibrators } from '../../src/calibrators.ts';
import type { Estimate } from '../../src/fit/estimate.ts';
import { mertonLogLikelihood } from '../../src/fit/merton.ts';
import golden from '../golden/fits.json' with { type: 'json' };

const DAY = 1 / 365;

function fit(name: string, prices: readonly number[] | Float64Array, gaps: readonly number[] = []): Estimate {
  const calibrator = calibrators.find((one) => one.name === name)!;
  return calibrator.fit({ prices: Float64Array.from(prices), yearsPerStep: DAY, gaps });
}

const found = (estimate: Estimate, name: string): number =>
  estimate.parameters.find((parameter) => parameter.name === name)!.value;

describe('fits agree with those of SciPy and statsmodels', () => {
  it('merton', () => {
    const { prices, values, logLikelihood } = golden.mertonFit;
    const estimate = fit('merton', prices);
    expect(estimate.logLikelihood).toBeCloseTo(logLikelihood, 4);
    for (const [i, { name, value, standardError }] of estimate.parameters.entries()) {
      expect(Math.abs(value - values[i]!), name).toBeLessThan(0.01 * standardError!);
    }
  });

  it('cir', () => {
    const { prices, values, logLikelihood } = golden.cirFit;
    const estimate = fit('cir', prices);
    expect(estimate.logLikelihood).toBeCloseTo(logLikelihood, 4);
    for (const [i, { name, value, standardError }] of estimate.parameters.entries()) {
      expect(Math.abs(value - values[i]!), name).toBeLessThan(0.005 * standardError!);
    }
  });

  it('ou', () => {
    const { prices, values, logLikelihood, speedError } = golden.ouFit;
    const estimate = fit('ou', prices);
    expect(estimate.logLikelihood).toBeCloseTo(logLikelihood, 8);
    for (const [i, { value }] of estimate.parameters.entries()) expect(value / values[i]!).toBeCloseTo(1, 9);
    expect(estimate.parameters[0]!.standardError! / speedError).toBeCloseTo(1, 9);
  });
});

describe('likelihoods are those of prices, so that they compare', () => {
  const { prices } = golden.mertonFit;

  it('gbm has the sum of its lognormal densities', () => {
    const estimate = fit('gbm', prices);
    const [drift, volatility] = [found(estimate, 'drift'), found(estimate, 'volatility')];
    let sum = 0;
    for (let i = 1; i < prices.length; i++) {
      const z = Math.log(prices[i]! / prices[i - 1]!) - (drift - volatility ** 2 / 2) * DAY;
      const variance = volatility ** 2 * DAY;
      sum -= (z * z) / (2 * variance) + Math.log(2 * Math.PI * variance) / 2 + Math.log(prices[i]!);
    }
    expect(estimate.logLikelihood).toBeCloseTo(sum, 8);
    expect(estimate.aic).toBeCloseTo(-2 * sum + 4, 8);
    expect(estimate.bic).toBeCloseTo(-2 * sum + 2 * Math.log(prices.length - 1), 8);
  });

  it('merton without jumps has that of gbm', () => {
    const estimate = fit('gbm', prices);
    const volatility = found(estimate, 'volatility');
    const returns = Float64Array.from(prices.slice(1), (price, i) => Math.log(price / prices[i]!));
    const logs = prices.slice(1).reduce((sum, price) => sum + Math.log(price), 0);
    const mean = (found(estimate, 'drift') - volatility ** 2 / 2) * DAY;
    const jumps = { jumps: 1e-14, jumpMean: 0, jumpVariance: 0.01 };
    const without = mertonLogLikelihood(returns, { mean, variance: volatility ** 2 * DAY, ...jumps });
    expect(without - logs).toBeCloseTo(estimate.logLikelihood!, 5);
  });

  it('prices in other units leave the ranking as it is', () => {
    const names = ['gbm', 'abm', 'ou', 'exp-ou', 'cir', 'cev', 'merton'];
    const { prices: reverting } = golden.cirFit;
    const large = reverting.map((price) => 1e4 * price);
    for (const name of names) {
      const [one, other] = [fit(name, reverting), fit(name, large)];
      // Each density is divided by the unit.
      expect(other.logLikelihood! + one.observations * Math.log(1e4), name).toBeCloseTo(one.logLikelihood!, 3);
    }
  });
});

describe('a process with jumps or fat tails, fitted to prices without any', () => {
  const prices = [100];
  for (let i = 0; i < 400; i++) prices.push(prices[i]! * Math.exp(0.02 * Math.sin(12.9898 * i * i)));

  it.each(['merton', 'kou', 'variance-gamma'])('%s is hardly more likely than gbm', (name) => {
    const estimate = fit(name, prices);
    const plain = fit('gbm', prices);
    expect(estimate.logLikelihood!).toBeGreaterThan(plain.logLikelihood! - 0.1);
    for (const { value } of estimate.parameters) expect(value).toSatisfy(Number.isFinite);
    expect(estimate.bic! - plain.bic!).toBeGreaterThan(-20);
  });
});

describe('estimates', () => {
  const { prices } = golden.cirFit;

  it.each(['gbm', 'abm', 'ou', 'exp-ou', 'cir', 'cev', 'merton', 'kou', 'variance-gamma'])(
    '%s: errors are the roots of the covariance’s diagonal, which is symmetric; the config has every parameter',
    (name) => {
      const estimate = fit(name, prices);
      const { covariance, parameters, config } = estimate;
      expect(estimate.observations).toBe(prices.length - 1);
      for (const [i, { name: parameter, value, standardError }] of parameters.entries()) {
        expect(config[parameter]).toBe(value);
        if (standardError === null || covariance === null) continue;
        expect(standardError).toBeGreaterThan(0);
        expect(covariance[i]![i]! / standardError ** 2).toBeCloseTo(1, 6);
        for (const [j, c] of covariance[i]!.entries()) {
          expect(Math.abs(c - covariance[j]![i]!)).toBeLessThan(1e-9 * Math.abs(c) + 1e-300);
        }
      }
    },
    120_000,
  );

  it('a step across a gap is left out', () => {
    const whole = fit('gbm', prices);
    const broken = [...prices.slice(0, 400), ...prices.slice(401).map((price) => 50 * price)];
    const estimate = fit('gbm', broken, [400]);
    expect(estimate.observations).toBe(whole.observations - 2);
    expect(found(estimate, 'volatility') / found(whole, 'volatility')).toBeCloseTo(1, 1);
  });

  it('cev gives the volatility at the last price', () => {
    const estimate = fit('cev', prices);
    const returns = prices.slice(1).map((price, i) => (price - prices[i]!) / prices[i]!);
    const local = Math.sqrt(returns.reduce((sum, r) => sum + r * r, 0) / returns.length / DAY);
    // The prices move about their mean by a tenth: the volatilities of both are of one size.
    expect(found(estimate, 'volatility') / local).toBeGreaterThan(0.7);
    expect(found(estimate, 'volatility') / local).toBeLessThan(1.4);
    expect(estimate.remarks.join()).toContain(`the last price, ${prices.at(-1)}`);
  });

  it('cir says where the Feller condition fails', () => {
    const grid = { startMs: 0, intervalMs: 86_400_000, steps: 500, stepsPerYear: 365 };
    const market = { process: 'cir', price: 5, meanReversionSpeed: 5, longRunMean: 5, volatility: 9 } as const;
    const close = new Float64Array(501);
    const rest = new Float64Array(501);
    const handler = createHandler(market, grid);
    handler.begin(new RandomStream([1, 2, 3, 4]));
    handler.fill({ timeMs: rest, open: rest, high: rest, low: rest, close, volume: rest }, 501);
    expect(fit('cir', close).remarks.join()).toContain('the Feller condition fails');
  });
});

describe('prices that tell nothing are refused', () => {
  const rising = Array.from({ length: 100 }, (_, i) => 100 * Math.exp(0.001 * i + 0.01 * Math.sin(i * i)));

  it.each([
    ['gbm', [100, 101], 'gbm: needs at least 3 prices, got 2'],
    ['merton', rising.slice(0, 20), 'merton: needs at least 30 prices, got 20'],
    ['gbm', [5, 5, 5, 5], 'gbm: all prices are 5: prices that do not move tell no parameters'],
    ['abm', [5, 5, 5, 5], 'abm: all prices are 5: prices that do not move tell no parameters'],
    [
      'gbm',
      [5, -1, 5, 6],
      'gbm: prices must be positive and finite, got -1 at index 1; abm and ou take prices of any sign',
    ],
    ['ou', [5, Number.NaN, 5, 6, 7], 'ou: prices must be finite, got NaN at index 1'],
    [
      'ou',
      Array.from({ length: 50 }, (_, i) => 100 * Math.exp(i / 20)),
      'ou: the prices do not revert to a mean over time',
    ],
    [
      'cir',
      Array.from({ length: 50 }, (_, i) => 100 * Math.exp(i / 10)),
      'cir: the prices do not revert to a mean over time',
    ],
  ])('%s of such prices', (name, prices, message) => {
    expect(() => fit(name, prices)).toThrow(message);
  });

  it('abm takes prices below zero', () => {
    expect(fit('abm', [5, -1, 3, -4, -2]).logLikelihood).toSatisfy(Number.isFinite);
  });

  it('a sample whose steps all span gaps is refused', () => {
    expect(() => fit('gbm', [1, 2, 3, 4], [1, 2, 3])).toThrow('gbm: needs at least 2 steps that span no gap, got 0');
  });
});
