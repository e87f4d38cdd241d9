import { describe, expect, test } from 'vitest';
import {
  binCounts,
  chiSquareP,
  correlationZ,
  FALSE_ALARM,
  meanOf,
  normalCdf,
  uniformP,
  Z_MAX,
} from '../random/statistics.ts';
import { drawing, recordedDraws } from './draws.ts';

const N = 10_000;
/** P(D √n > x) ≈ 2 exp(−2x²) (Kolmogorov 1933): at x it is FALSE_ALARM. */
const KS_MAX = Math.sqrt(Math.log(2 / FALSE_ALARM) / 2);

/** √n times the largest distance between the values' distribution function and `cdf`, which is continuous. */
function kolmogorovSmirnov(values: Float64Array, cdf: (x: number) => number): number {
  const sorted = values.slice().sort();
  let distance = 0;
  for (const [i, x] of sorted.entries()) {
    distance = Math.max(distance, (i + 1) / sorted.length - cdf(x), cdf(x) - i / sorted.length);
  }
  return distance * Math.sqrt(sorted.length);
}

function drawn(path: string, distribution: object, changes: object = {}): Float64Array {
  return recordedDraws(drawing({ [path]: distribution }, changes), N)[path]!;
}

function countOf(values: Float64Array, all: readonly number[]): number[] {
  expect(all).toEqual(expect.arrayContaining([...new Set(values)]));
  return all.map((one) => values.filter((value) => value === one).length);
}

describe(`of ${N} episodes the draws follow`, () => {
  test('uniform', () => {
    const values = drawn('markets.BTC/USDT.volatility', { uniform: [0.3, 1.2] });
    expect(kolmogorovSmirnov(values, (x) => Math.min(1, Math.max(0, (x - 0.3) / 0.9)))).toBeLessThan(KS_MAX);
  });

  test('logUniform', () => {
    const values = drawn('markets.BTC/USDT.price', { logUniform: [0.01, 1000] });
    const cdf = (x: number): number => Math.log(x / 0.01) / Math.log(1e5);
    expect(kolmogorovSmirnov(values, cdf)).toBeLessThan(KS_MAX);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0.01);
    expect(Math.max(...values)).toBeLessThanOrEqual(1000);
  });

  test('a uniform duration, in milliseconds', () => {
    const values = drawn('execution.latency', { uniform: ['0ms', '0.5s'] });
    expect(kolmogorovSmirnov(values, (x) => x / 500)).toBeLessThan(KS_MAX);
  });

  test('integer, both ends included', () => {
    const all = [1, 2, 3, 4, 5, 6, 7];
    expect(uniformP(countOf(drawn('strategy.fast', { integer: [1, 7] }), all))).toBeGreaterThan(FALSE_ALARM);
  });

  test('integer over more numbers than 32 bits count', () => {
    const values = drawn('markets.BTC/USDT.price', { integer: [1, 9_007_199_254_740_991] });
    expect(kolmogorovSmirnov(values, (x) => x / 9_007_199_254_740_992)).toBeLessThan(KS_MAX);
    for (const value of values) expect(Number.isSafeInteger(value)).toBe(true);
  });

  test('normal', () => {
    const values = drawn('markets.BTC/USDT.drift', { normal: { mean: 0.2, deviation: 0.5 } });
    expect(kolmogorovSmirnov(values, (x) => normalCdf((x - 0.2) / 0.5))).toBeLessThan(KS_MAX);
  });

  test.each([
    { mean: 0.5, deviation: 0.2, min: 0.1, max: 0.6 },
    { mean: 0.5, deviation: 0.2, min: 0.9 },
    { mean: 0.2, deviation: 0.4, min: 0 },
  ])('normal within bounds: %j', (normal) => {
    const values = drawn('markets.BTC/USDT.volatility', { normal });
    const { mean, deviation, min, max = Number.POSITIVE_INFINITY } = normal;
    const at = (x: number): number => (x === Number.POSITIVE_INFINITY ? 1 : normalCdf((x - mean) / deviation));
    const cdf = (x: number): number => (at(x) - at(min)) / (at(max) - at(min));
    expect(kolmogorovSmirnov(values, cdf)).toBeLessThan(KS_MAX);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(min);
    expect(Math.max(...values)).toBeLessThanOrEqual(max);
  });

  test('choice, and records numbers as they are', () => {
    const values = drawn('portfolio.cash', { choice: [1_000, 5_000, 20_000] });
    expect(uniformP(countOf(values, [1_000, 5_000, 20_000]))).toBeGreaterThan(FALSE_ALARM);
  });

  test('choice by weights; a weight of 0 never comes', () => {
    const values = drawn('portfolio.cash', { choice: [100, 200, 300, 400], weights: [1, 0, 2, 5] });
    const counts = countOf(values, [100, 300, 400]);
    expect(chiSquareP(counts, [N / 8, N / 4, (5 * N) / 8])).toBeGreaterThan(FALSE_ALARM);
  });

  test('choice of durations, recorded in milliseconds, and of anything else, recorded by its place', () => {
    expect(uniformP(countOf(drawn('execution.latency', { choice: ['0ms', '1s'] }), [0, 1_000]))).toBeGreaterThan(
      FALSE_ALARM,
    );
    expect(uniformP(countOf(drawn('execution.fill', { choice: ['next', 'optimistic'] }), [0, 1]))).toBeGreaterThan(
      FALSE_ALARM,
    );
    expect(
      uniformP(countOf(drawn('portfolio.allowShort', { choice: [true, false, true] }), [0, 1, 2])),
    ).toBeGreaterThan(FALSE_ALARM);
  });

  test('the joint normal of an estimate', () => {
    const covariance = [
      [0.04, 0.009, 0],
      [0.009, 0.0025, 0],
      [0, 0, 0],
    ];
    const estimate = { drift: 0.1, volatility: 0.8, price: 100 };
    const simulation = drawing({ 'markets.BTC/USDT': { estimate, covariance } });
    const values = recordedDraws(simulation, N);
    const drift = values['markets.BTC/USDT.drift']!;
    const volatility = values['markets.BTC/USDT.volatility']!;
    expect(kolmogorovSmirnov(drift, (x) => normalCdf((x - 0.1) / 0.2))).toBeLessThan(KS_MAX);
    expect(kolmogorovSmirnov(volatility, (x) => normalCdf((x - 0.8) / 0.05))).toBeLessThan(KS_MAX);
    expect(new Set(values['markets.BTC/USDT.price'])).toEqual(new Set([100]));
    // The covariance of a sample of n pairs has the variance (c² + v w) / n.
    const centred = Float64Array.from(drift, (x, i) => (x - 0.1) * (volatility[i]! - 0.8));
    const error = Math.sqrt((0.009 * 0.009 + 0.04 * 0.0025) / N);
    expect(Math.abs(meanOf(centred) - 0.009) / error).toBeLessThan(Z_MAX);
  });

  test('an estimate within what the market allows: what it refuses is drawn again as a whole', () => {
    const covariance = [
      [0.25, 0.2],
      [0.2, 0.25],
    ];
    const estimate = { drift: 0, volatility: 0.1 };
    const values = recordedDraws(drawing({ 'markets.BTC/USDT': { estimate, covariance } }), N);
    const drift = values['markets.BTC/USDT.drift']!;
    const volatility = values['markets.BTC/USDT.volatility']!;
    expect(Math.min(...volatility)).toBeGreaterThanOrEqual(0);
    const below = normalCdf(-0.2);
    expect(kolmogorovSmirnov(volatility, (x) => (normalCdf((x - 0.1) / 0.5) - below) / (1 - below))).toBeLessThan(
      KS_MAX,
    );
    // Truncation at a = −0.2 lifts the mean of the volatility by 0.5 φ(a)/(1 − Φ(a)), and the drift's by correlation 0.8.
    const lift = (0.5 * Math.exp(-0.02)) / Math.sqrt(2 * Math.PI) / (1 - below);
    expect(Math.abs(meanOf(drift) - 0.8 * lift) / (0.5 / Math.sqrt(N))).toBeLessThan(Z_MAX);
  });
});

describe('draws', () => {
  test('of different paths are independent', () => {
    const values = recordedDraws(
      drawing({
        'markets.BTC/USDT.volatility': { uniform: [0.3, 1.2] },
        'markets["BRK.B"].volatility': { uniform: [0.3, 1.2] },
      }),
      N,
    );
    const [first, second] = Object.values(values);
    expect(Math.abs(correlationZ(first!, second!))).toBeLessThan(Z_MAX);
  });

  test('of neighbouring episodes are independent', () => {
    const values = drawn('markets.BTC/USDT.volatility', { uniform: [0, 1] });
    expect(Math.abs(correlationZ(values.subarray(1), values.subarray(0, -1)))).toBeLessThan(Z_MAX);
    const edges = Float64Array.from({ length: 15 }, (_, i) => (i + 1) / 16);
    expect(uniformP(binCounts(values, edges))).toBeGreaterThan(FALSE_ALARM);
  });

  test('do not move when another one is added or the order changes', () => {
    const one = { 'markets.BTC/USDT.volatility': { uniform: [0.3, 1.2] } };
    const two = { 'strategy.fast': { integer: [2, 6] } };
    const alone = recordedDraws(drawing(one), 100);
    const both = recordedDraws(drawing({ ...one, ...two }), 100);
    const reversed = recordedDraws(drawing({ ...two, ...one }), 100);
    expect(both).toMatchObject(alone);
    expect(reversed).toEqual(both);
  });

  test('do not depend on how the path is written', () => {
    const a = recordedDraws(drawing({ 'markets.BTC/USDT.volatility': { uniform: [0.3, 1.2] } }), 20);
    const b = recordedDraws(drawing({ "markets['BTC/USDT'].volatility": { uniform: [0.3, 1.2] } }), 20);
    expect(b).toEqual(a);
  });

  test('of one value have it', () => {
    const values = drawn('markets.BTC/USDT.volatility', { uniform: [0.5, 0.5] });
    expect(new Set(values)).toEqual(new Set([0.5]));
    expect(new Set(drawn('strategy.fast', { integer: [4, 4] }))).toEqual(new Set([4]));
    expect(new Set(drawn('strategy.fast', { choice: [4] }))).toEqual(new Set([4]));
    expect(new Set(drawn('execution.latency', { logUniform: ['1s', '1s'] }))).toEqual(new Set([1_000]));
  });
});
