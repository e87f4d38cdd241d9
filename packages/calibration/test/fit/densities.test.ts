import { describe, expect, it } from 'vitest';
import { cevLogLikelihood } from '../../src/fit/cev.ts';
import { cirLogLikelihood } from '../../src/fit/cir.ts';
import { kouLogLikelihood, normalPlusExponential } from '../../src/fit/kou-density.ts';
import { mertonLogLikelihood } from '../../src/fit/merton.ts';
import { varianceGammaLogLikelihood } from '../../src/fit/variance-gamma.ts';
import golden from '../golden/fits.json' with { type: 'json' };

const returns = Float64Array.from(golden.returns);

/** The log density of each value, from a log-likelihood of several. */
function each(values: Float64Array, logLikelihood: (values: Float64Array) => number): number[] {
  return [...values].map((value) => logLikelihood(Float64Array.of(value)));
}

describe('densities agree with those computed in other ways', () => {
  it.each(golden.merton)('merton at $parameters', ({ parameters, density }) => {
    const [mean, variance, jumps, jumpMean, jumpVariance] = parameters as [number, number, number, number, number];
    const got = each(returns, (r) => mertonLogLikelihood(r, { mean, variance, jumps, jumpMean, jumpVariance }));
    for (const [i, expected] of density.entries()) {
      // What the sum leaves out is at most 1e-13 of it; below 1e-290 there is nothing left to be relative to.
      if (expected > 1e-290) expect(got[i], `at ${returns[i]}`).toBeCloseTo(Math.log(expected), 10);
    }
  });

  it.each(golden.kou)('kou at $parameters', ({ parameters, density }) => {
    const [mean, deviation, jumps, upProbability, upRate, downRate] = parameters as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const step = { mean, deviation, jumps, upProbability, upRate, downRate };
    const got = each(returns, (r) => kouLogLikelihood(r, step));
    for (const [i, expected] of density.entries()) {
      // The golden is a sum of terms of size 1/deviation: its digits end near 1e-13 of that.
      const known = 1e-12 / deviation / expected;
      expect(Math.abs(got[i]! - Math.log(expected)), `at ${returns[i]}`).toBeLessThan(2e-6 + known);
    }
    expect(kouLogLikelihood(returns, step)).toBeCloseTo(
      density.reduce((sum, one) => sum + Math.log(one), 0),
      4,
    );
  });

  it.each(golden.varianceGamma)('variance gamma at $parameters', ({ parameters, density }) => {
    const [t, mu, sigma, skew, rate] = parameters as [number, number, number, number, number];
    const got = each(returns, (r) => varianceGammaLogLikelihood(r, t, mu, sigma, skew, rate));
    const whole = varianceGammaLogLikelihood(returns, t, mu, sigma, skew, rate);
    for (const [i, expected] of density.entries()) expect(got[i]).toBeCloseTo(Math.log(expected), 8);
    // Of all together: from a table of the Bessel function.
    expect(whole).toBeCloseTo(
      density.reduce((sum, one) => sum + Math.log(one), 0),
      6,
    );
  });

  it.each(golden.cir)('cir at $parameters', ({ parameters, logDensity }) => {
    const [t, speed, mean, volatility] = parameters as [number, number, number, number];
    for (const [i, expected] of logDensity.entries()) {
      const step = { from: Float64Array.of(golden.from[i]!), to: Float64Array.of(golden.to[i]!) };
      const got = cirLogLikelihood(step, t, speed, speed * mean, volatility);
      expect(Math.abs(got - expected)).toBeLessThan(1e-8 * Math.max(1, Math.abs(expected)));
    }
  });

  it.each(golden.cev)('cev at $parameters', ({ parameters, logDensity }) => {
    const [t, drift, volatility, elasticity] = parameters as [number, number, number, number];
    for (const [i, expected] of logDensity.entries()) {
      const step = { from: Float64Array.of(golden.cevFrom[i]!), to: Float64Array.of(golden.cevTo[i]!) };
      const got = cevLogLikelihood(step, t, drift, volatility, elasticity);
      expect(Math.abs(got - expected)).toBeLessThan(1e-8 * Math.max(1, Math.abs(expected)));
    }
  });
});

describe('densities at the edges of their parameters', () => {
  const [mean, deviation] = [0.001, 0.02];
  const normal = returns.reduce(
    (sum, r) => sum - ((r - mean) / deviation) ** 2 / 2 - Math.log(deviation * Math.sqrt(2 * Math.PI)),
    0,
  );

  it('merton and kou without jumps are normal', () => {
    const near = returns.filter((r) => Math.abs(r) < 0.5);
    const expected = near.reduce(
      (sum, r) => sum - ((r - mean) / deviation) ** 2 / 2 - Math.log(deviation * Math.sqrt(2 * Math.PI)),
      0,
    );
    const jumps = { jumps: 0, jumpMean: 0.1, jumpVariance: 0.01 };
    expect(mertonLogLikelihood(near, { mean, variance: deviation * deviation, ...jumps })).toBeCloseTo(expected, 6);
    const sides = { jumps: 0, upProbability: 0.5, upRate: 20, downRate: 20 };
    expect(kouLogLikelihood(near, { mean, deviation, ...sides })).toBeCloseTo(expected, 6);
  });

  it('variance gamma is nearly normal where business time is nearly the calendar’s', () => {
    const near = Float64Array.of(-0.04, -0.01, 0, 0.02, 0.05);
    const expected = near.reduce(
      (sum, r) => sum - ((r - mean) / deviation) ** 2 / 2 - Math.log(deviation * Math.sqrt(2 * Math.PI)),
      0,
    );
    expect(varianceGammaLogLikelihood(near, 1, mean, deviation, 0, 1e-6)).toBeCloseTo(expected, 3);
  });

  it('cev comes close to gbm as its elasticity comes close to 1', () => {
    const step = { from: Float64Array.of(1, 1.2), to: Float64Array.of(1.03, 1.1) };
    const [t, drift, volatility] = [1 / 12, 0.1, 0.3];
    const expected = [0, 1].reduce((sum, i) => {
      const z =
        (Math.log(step.to[i]! / step.from[i]!) - (drift - volatility ** 2 / 2) * t) / (volatility * Math.sqrt(t));
      return sum - (z * z) / 2 - Math.log(volatility * Math.sqrt(2 * Math.PI * t) * step.to[i]!);
    }, 0);
    expect(cevLogLikelihood(step, t, drift, volatility, 0.99999)).toBeCloseTo(expected, 4);
  });

  it('a normal plus an exponential keeps its digits far in the tail', () => {
    // Far above, the density is that of the exponential, shifted: rate·exp(−rate·d + rate²·σ²/2).
    expect(normalPlusExponential(2, 0.02, 30) / (30 * Math.exp(-60 + 0.18))).toBeCloseTo(1, 12);
    // Far below, it is the normal’s: φ(d)·rate/(rate + |d|/σ²) to first order.
    const d = -0.6;
    const phi = Math.exp(-(d * d) / (2 * 4e-4)) / Math.sqrt(2 * Math.PI * 4e-4);
    expect(normalPlusExponential(d, 0.02, 30) / ((phi * 30) / (30 + 0.6 / 4e-4))).toBeCloseTo(1, 2);
    expect(normal).toBeLessThan(0);
  });
});
