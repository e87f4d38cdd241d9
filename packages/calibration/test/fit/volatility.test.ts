import { parseConfig, RandomStream } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { calibrators } from '../../src/calibrators.ts';
import { optimalBlockLengths } from '../../src/fit/block-length.ts';
import { bootstrap } from '../../src/fit/bootstrap.ts';
import type { Estimate } from '../../src/fit/estimate.ts';
import { FbmLikelihood, fbm } from '../../src/fit/fbm.ts';
import { fitGarch, type GarchModel, garch, garchLogLikelihood, garchNames, gjrGarchT } from '../../src/fit/garch.ts';
import { hawkesLogLikelihood } from '../../src/fit/hawkes-jumps.ts';
import { mertonLogLikelihood } from '../../src/fit/merton.ts';
import { regimeSwitching, regimesLogLikelihood } from '../../src/fit/regime-switching.ts';
import { RoughLikelihood, roughVolatility } from '../../src/fit/rough-volatility.ts';
import { VarianceFilter } from '../../src/fit/variance-filter.ts';
import golden from '../golden/volatility.json' with { type: 'json' };

const DAY = 1 / 365;
const perCent = Float64Array.from(golden.returns);
const returns = perCent.map((r) => r / 100);

function pricesOf(logReturns: Float64Array): Float64Array {
  const prices = new Float64Array(logReturns.length + 1).fill(100);
  for (let i = 0; i < logReturns.length; i++) prices[i + 1] = prices[i]! * Math.exp(logReturns[i]!);
  return prices;
}

const found = (estimate: Estimate, name: string) => estimate.parameters.find((parameter) => parameter.name === name)!;

describe.each(golden.garch)(
  '$name agrees with arch',
  ({ name, parameters, robustErrors, firstVariance, logLikelihood }) => {
    const model: GarchModel = { hasLeverage: name.startsWith('gjr'), hasTails: name.endsWith('t') };
    const names = garchNames(model);
    const values = names.map((parameter) => parameters[parameter as keyof typeof parameters]!);

    it('in its likelihood', () => {
      const got = garchLogLikelihood(perCent, 1, model, values, { inMean: 0, firstVariance });
      expect(got).toBeCloseTo(logLikelihood, 7);
    });

    it('in estimates and robust errors', () => {
      const fit = fitGarch(perCent, 1, model, { inMean: 0 });
      for (const [i, parameter] of names.entries()) {
        const error = robustErrors[parameter as keyof typeof robustErrors];
        // arch starts one step before, at the sample variance: the first return's weight in 2,000.
        if (error === undefined) continue;
        expect(Math.abs(fit.values[i]! - values[i]!), parameter).toBeLessThan(0.05 * error);
        expect(fit.standardErrors[i]! / error, parameter).toBeCloseTo(1, 1);
      }
    });
  },
);

describe('likelihoods agree with those computed in other ways', () => {
  it("two regimes with statsmodels' filter", () => {
    const { means, variances, leaving, logLikelihood } = golden.regimes;
    const [up, down] = leaving as [number, number];
    const rate = -Math.log1p(-up - down) / (up + down) / DAY;
    const [calm, turbulent] = variances.map((v) => Math.sqrt(v / DAY)) as [number, number];
    const drifts = means.map((m, i) => (m + variances[i]! / 2) / DAY) as [number, number];
    const at = [drifts[0], calm, drifts[1], turbulent, up * rate, down * rate] as const;
    const sample = Float64Array.from(golden.regimes.returns);
    expect(regimesLogLikelihood(sample, DAY, at)).toBeCloseTo(logLikelihood, 6);
    const estimate = regimeSwitching.fit({ prices: pricesOf(sample), yearsPerStep: DAY });
    for (const [i, { name, value, standardError }] of estimate.parameters.entries()) {
      expect(Math.abs(value - at[i]!), name).toBeLessThan(0.02 * standardError!);
    }
  });

  it.each(golden.fbm)('fractional Brownian motion with the dense matrix at hurst $hurst', (row) => {
    const likelihood = new FbmLikelihood(returns.slice(0, 300), DAY);
    const got = -likelihood.negativeLogLikelihood(row.hurst, row.drift, row.volatility);
    expect(got).toBeCloseTo(row.logLikelihood, 6);
  });

  it.each(golden.rough)('rough volatility with the dense matrix at hurst $hurst', (row) => {
    const likelihood = new RoughLikelihood(returns.slice(0, 300));
    expect(likelihood.logLikelihood(row.hurst, row.stepVolOfVol)).toBeCloseTo(row.logLikelihood, 6);
  });

  it('heston with a particle filter', () => {
    const { parameters, returns: sample, logLikelihood, error } = golden.heston;
    const filter = new VarianceFilter(Float64Array.from(sample), DAY);
    const got = filter.logLikelihood({ ...parameters, jumpIntensity: 0, jumpMean: 0, jumpDeviation: 0 });
    // 5 standard errors of the particles, and 1e-3 a return for the time step: κ·dt = 0.04, and σ²·dt / θ = 0.05.
    expect(Math.abs(got - logLikelihood)).toBeLessThan(5 * error + 1e-3 * sample.length);
  });

  it('hawkes jumps that do not excite each other with merton', () => {
    const [drift, volatility, intensity, jumpMean, jumpDeviation] = [0.3, 0.3, 20, -0.01, 0.04];
    const variance = jumpDeviation * jumpDeviation;
    const compensator = intensity * Math.expm1(jumpMean + variance / 2);
    const expected = mertonLogLikelihood(returns, {
      mean: (drift - (volatility * volatility) / 2 - compensator) * DAY,
      variance: volatility * volatility * DAY,
      jumps: intensity * DAY,
      jumpMean,
      jumpVariance: variance,
    });
    const got = hawkesLogLikelihood(returns, DAY, [drift, volatility, intensity, 0, 50, jumpMean, jumpDeviation]);
    expect(got).toBeCloseTo(expected, 6);
  });

  it('bates without jumps is heston', () => {
    const { parameters, returns: sample } = golden.heston;
    const filter = new VarianceFilter(Float64Array.from(sample), DAY);
    const without = filter.logLikelihood({ ...parameters, jumpIntensity: 0, jumpMean: 0, jumpDeviation: 0 });
    const rare = filter.logLikelihood({ ...parameters, jumpIntensity: 1e-9, jumpMean: 0, jumpDeviation: 0.1 });
    expect(rare).toBeCloseTo(without, 6);
  });
});

describe('block lengths', () => {
  it('agree with arch', () => {
    expect(optimalBlockLengths(perCent).stationary).toBeCloseTo(golden.blockLengths.returns.stationary, 9);
    expect(optimalBlockLengths(perCent).circular).toBeCloseTo(golden.blockLengths.returns.circular, 9);
    const sizes = perCent.map(Math.abs);
    expect(optimalBlockLengths(sizes).stationary).toBeCloseTo(golden.blockLengths.sizes.stationary, 9);
    expect(optimalBlockLengths(sizes).circular).toBeCloseTo(golden.blockLengths.sizes.circular, 9);
  });

  it('follow the clusters of volatility, and have no likelihood', () => {
    const estimate = bootstrap.fit({ prices: pricesOf(returns), yearsPerStep: DAY });
    expect(found(estimate, 'blockLength').value).toBeCloseTo(golden.blockLengths.sizes.stationary, 6);
    expect(estimate).toMatchObject({ logLikelihood: null, aic: null, bic: null });
  });
});

describe('estimates at the edge', () => {
  const random = new RandomStream([5, 6, 7, 8]);
  const normals = Float64Array.from({ length: 1500 }, () => 0.02 * random.normal());

  it('fbm finds a Brownian motion at hurst 0.5', () => {
    const estimate = fbm.fit({ prices: pricesOf(normals), yearsPerStep: DAY });
    const { value, standardError } = found(estimate, 'hurst');
    expect(Math.abs(value - 0.5)).toBeLessThan(5 * standardError!);
    // At one half the correlations are those of white noise, so the information is the sum of squares of their slopes.
    let information = 0;
    const xLogX = (x: number): number => (x === 0 ? 0 : x * Math.log(x));
    for (let k = 1; k < normals.length; k++) {
      information += (normals.length - k) * (xLogX(k + 1) + xLogX(k - 1) - 2 * xLogX(k)) ** 2;
    }
    expect(standardError! * Math.sqrt(information)).toBeCloseTo(1, 1);
  });

  it('fbm has the likelihood of gbm at hurst 0.5', () => {
    const likelihood = new FbmLikelihood(normals, DAY);
    let sum = 0;
    for (const r of normals) {
      const z = r - (0.3 - 0.16 / 2) * DAY;
      sum += (z * z) / (2 * 0.16 * DAY) + Math.log(2 * Math.PI * 0.16 * DAY) / 2;
    }
    expect(likelihood.negativeLogLikelihood(0.5, 0.3, 0.4)).toBeCloseTo(sum, 6);
  });

  it('a nearly integrated variance gives the volatility of the sample, without an error', () => {
    // Shocks of slowly growing size: the variance never comes back.
    const growing = normals.map((r, i) => r * Math.exp(i / 600));
    const estimate = garch.fit({ prices: pricesOf(growing), yearsPerStep: DAY });
    expect(found(estimate, 'alpha').value + found(estimate, 'beta').value).toBeLessThan(1);
    const { value, standardError } = found(estimate, 'volatility');
    const mean = growing.reduce((sum, r) => sum + r, 0) / growing.length;
    const variance = growing.reduce((sum, r) => sum + (r - mean) ** 2, 0) / growing.length;
    expect(value).toBeCloseTo(Math.sqrt(variance / DAY), 9);
    expect(standardError).toBeNull();
    expect(estimate.remarks.join()).toContain('shocks to the variance hardly die out');
  });

  it('no leverage gives a gamma of zero without an error', () => {
    const estimate = gjrGarchT.fit({ prices: pricesOf(returns.map((r) => -r)), yearsPerStep: DAY });
    expect(found(estimate, 'gamma').value).toBeLessThan(0.01);
    expect(found(estimate, 'gamma').standardError).toBeNull();
  });

  it('returns that are all the same are refused in words', () => {
    const prices = pricesOf(new Float64Array(1200).fill(1e-3));
    for (const name of ['heston', 'bates', 'garch', 'gjr-garch-t', 'regime-switching', 'fbm', 'hawkes-jumps']) {
      const calibrator = calibrators.find((one) => one.name === name)!;
      expect(() => calibrator.fit({ prices, yearsPerStep: DAY }), name).toThrow('returns that do not vary');
    }
  });

  it('returns that are mostly 0 do not make a regime without volatility', () => {
    const still = normals.map((r, i) => (i % 3 === 0 ? r : 0));
    const estimate = regimeSwitching.fit({ prices: pricesOf(still), yearsPerStep: DAY });
    const calm = found(estimate, 'regimes.calm.volatility');
    expect(calm.value).toBeGreaterThan(0);
    expect(calm.standardError).toBeNull();
    expect(estimate.remarks.join()).toContain('regimes.calm.volatility is at the edge of its range');
  });

  it('no clusters of volatility leave the long-run volatility to the sample', () => {
    const estimate = garch.fit({ prices: pricesOf(normals), yearsPerStep: DAY });
    expect(found(estimate, 'alpha').value).toBeLessThan(0.03);
    expect(found(estimate, 'volatility').value / (0.02 * Math.sqrt(365))).toBeCloseTo(1, 1);
  });

  it('rough volatility refuses prices that rarely move', () => {
    const prices = pricesOf(Float64Array.from({ length: 2000 }, (_, i) => (i % 5 === 0 ? 0.01 * Math.sin(i) : 0)));
    expect(() => roughVolatility.fit({ prices, yearsPerStep: DAY })).toThrow('use longer candles');
  });
});

it('the config of two regimes is one that a run takes', () => {
  const estimate = regimeSwitching.fit({
    prices: pricesOf(Float64Array.from(golden.regimes.returns)),
    yearsPerStep: DAY,
  });
  const market = { ...estimate.config, price: 100 };
  expect(() =>
    parseConfig({ steps: 10, interval: '1d', markets: { X: market }, strategy: { use: 'buy-and-hold' } }),
  ).not.toThrow();
});
