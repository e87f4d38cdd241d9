import { readFileSync } from 'node:fs';
import { RandomStream } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { keepsMemory, resampleFacts } from '../../src/facts/bootstrap.ts';
import { compareFacts, quantileOf } from '../../src/facts/compare.ts';
import { facts, measureFacts } from '../../src/facts/facts.ts';
import { hurstExponent } from '../../src/facts/hurst.ts';
import { ReturnSample } from '../../src/facts/sample.ts';
import { hillIndex } from '../../src/facts/tails.ts';

interface Golden {
  readonly stepsPerYear: number;
  readonly returns: readonly number[];
  readonly facts: Readonly<Record<string, number>>;
  readonly quantiles: Readonly<Record<string, number>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL('../golden/facts.json', import.meta.url), 'utf8'));
const sample = new ReturnSample(Float64Array.from(golden.returns), golden.stepsPerYear);
const at = (name: string): number => facts.findIndex((fact) => fact.name === name);

function factsOf(values: ArrayLike<number>): Record<string, number> {
  const measured = measureFacts(new ReturnSample(Float64Array.from(values), 365));
  return Object.fromEntries(facts.map(({ name }, i) => [name, measured[i]!]));
}

function normals(n: number, key: [number, number, number, number], volatility = 0.01): Float64Array {
  const random = new RandomStream(key);
  return Float64Array.from({ length: n }, () => volatility * random.normal());
}

describe('measureFacts', () => {
  const measured = measureFacts(sample);

  it.each(facts.map(({ name }, i) => [name, i] as const))('%s agrees with numpy, scipy or statsmodels', (name, i) => {
    const expected = golden.facts[name]!;
    expect(Math.abs(measured[i]! - expected)).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected)));
  });

  it('has a golden value for every fact, names them once and gives a source', () => {
    expect(Object.keys(golden.facts)).toEqual(facts.map(({ name }) => name));
    expect(new Set(facts.map(({ label }) => label)).size).toBe(facts.length);
    for (const { source } of facts) expect(source).toMatch(/(19|20)\d\d/);
  });

  it('has neither shape nor dependence where prices stand still or grow evenly', () => {
    for (const rate of [0, 0.001]) {
      const prices = Float64Array.from({ length: 400 }, (_, i) => 100 * Math.exp(rate * i));
      const values = measureFacts(ReturnSample.ofPrices(prices, 365));
      expect(values[at('mean')]).toBeCloseTo(rate * 365, 9);
      expect(values[at('volatility')]).toBeCloseTo(0, 9);
      expect([values[at('maxDrawdown')], values[at('longestDrawdown')]]).toEqual([0, 0]);
      for (const name of [
        'skewness',
        'excessKurtosis',
        'upperTailIndex',
        'autocorrelation1',
        'hurst',
        'leverageEffect',
      ]) {
        expect(values[at(name)], name).toBeNaN();
      }
    }
  });

  it('measures of a short history what it is long enough for, and nothing of an empty one', () => {
    const short = factsOf([0.01, -0.02, 0.03]);
    expect(short.mean).toBeCloseTo((0.02 / 3) * 365, 12);
    expect(short.maxDrawdown).toBeCloseTo(-Math.expm1(-0.02), 12);
    expect(short.longestDrawdown).toBeCloseTo(1 / 3, 12);
    expect([short.excessKurtosis, short.absoluteAutocorrelation1, short.hurst]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(Object.values(factsOf([])).every(Number.isNaN)).toBe(true);
  });

  it('is not defined where a price is not above zero', () => {
    const values = measureFacts(ReturnSample.ofPrices(Float64Array.from([3, 2, 1, 0, -1, 2]), 365));
    expect(values[at('mean')]).toBeNaN();
  });
});

describe('facts of laws that are known', () => {
  it('the Hill index of a Pareto tail is its exponent', () => {
    // k = 1,000 values of exponent 3: the standard error is 3/√1,000, taken five times.
    const random = new RandomStream([1, 2, 3, 4]);
    const values = Float64Array.from({ length: 20_000 }, () => Math.exp(random.exponential() / 3)).sort();
    expect(Math.abs(hillIndex(values) - 3)).toBeLessThan((5 * 3) / Math.sqrt(1_000));
  });

  it('the Hurst exponent is one half for independent values and one and a half for their sums', () => {
    // Standard deviations measured over 64 series of 4,000 values: 0.030, and 0.057 for sums; five of them.
    const values = normals(4_000, [5, 6, 7, 8]);
    expect(Math.abs(hurstExponent(values) - 0.5)).toBeLessThan(5 * 0.03);
    let sum = 0;
    const walk = values.map((x) => {
      sum += x;
      return sum;
    });
    expect(Math.abs(hurstExponent(walk) - 1.5)).toBeLessThan(5 * 0.057);
  });

  it('normal returns have kurtosis, skewness and autocorrelations around zero', () => {
    const n = 20_000;
    const values = factsOf(normals(n, [9, 8, 7, 6]));
    const within = (name: string, variance: number): void =>
      expect(Math.abs(values[name]!), name).toBeLessThan(5 * Math.sqrt(variance / n));
    within('skewness', 6);
    within('excessKurtosis', 24);
    for (const name of ['autocorrelation1', 'autocorrelation5', 'absoluteAutocorrelation1', 'leverageEffect'])
      within(name, 1);
  });
});

describe('compareFacts', () => {
  const paths = (volatility: number): Float64Array[] =>
    Array.from({ length: 60 }, (_, i) =>
      measureFacts(new ReturnSample(normals(2_500, [1, 1, 1, i + 1], volatility), golden.stepsPerYear)),
    );
  const resamples = resampleFacts(sample, 80, new RandomStream([4, 3, 2, 1]));
  const real = measureFacts(sample);

  it('says of simulated paths where they are too low, too high, or agree', () => {
    const daily = golden.facts.volatility! / Math.sqrt(365);
    const same = compareFacts(real, paths(daily), resamples);
    expect(same[at('volatility')]!.verdict).toBe('agrees');
    expect(same[at('excessKurtosis')]!.verdict).toBe('too low');
    expect(same[at('lowerTailIndex')]!.verdict).toBe('too high');
    expect(compareFacts(real, paths(3 * daily), resamples)[at('volatility')]!.verdict).toBe('too high');
    expect(compareFacts(real, paths(daily / 3), resamples)[at('volatility')]!.verdict).toBe('too low');
  });

  it('cannot tell where the real value is hardly known and the paths are all alike', () => {
    const narrow = Array.from({ length: 10 }, () => real.map((value) => value * 1.01));
    const { verdict, interval, isVague } = compareFacts(real, narrow, resamples)[at('mean')]!;
    expect(interval![0]).toBeLessThan(real[at('mean')]!);
    expect([verdict, isVague]).toEqual(['cannot tell', true]);
    const equal = compareFacts(real, [real, real], resamples)[at('mean')]!;
    expect([equal.verdict, equal.isVague]).toEqual(['agrees', true]);
  });

  it('gives the middle 95 % of the paths, and intervals where a bootstrap is valid', () => {
    const compared = compareFacts(real, paths(0.01), resamples);
    const { simulated } = compared[at('skewness')]!;
    expect(simulated.n).toBe(60);
    expect(simulated.q025).toBe(quantileOf(simulated.values, 0.025));
    expect(simulated.q025!).toBeLessThan(simulated.q50!);
    for (const name of ['hurst', 'maxDrawdown', 'absoluteAutocorrelationDecay', 'absoluteAutocorrelation100']) {
      expect(compared[at(name)]).toMatchObject({ interval: null, intervalRemark: expect.any(String) });
    }
    for (const name of ['mean', 'volatility', 'excessKurtosis']) {
      const { interval, real: value } = compared[at(name)]!;
      expect(interval![0], name).toBeLessThan(value!);
      expect(interval![1], name).toBeGreaterThan(value!);
    }
  });

  it('has no verdict where the history or the paths do not have the fact', () => {
    const still = measureFacts(new ReturnSample(new Float64Array(2_500), 365));
    const none = resampleFacts(new ReturnSample(new Float64Array(2_500), 365), 10, new RandomStream([4, 3, 2, 1]));
    const byHistory = compareFacts(still, paths(0.01), none)[at('skewness')]!;
    expect(byHistory).toMatchObject({ real: null, interval: null, verdict: 'not defined' });
    const byPaths = compareFacts(real, [still, still], resamples)[at('skewness')]!;
    expect(byPaths).toMatchObject({ verdict: 'not defined', simulated: { n: 0, mean: null, q50: null } });
  });

  it('is the same again for the same random stream', () => {
    expect(resampleFacts(sample, 3, new RandomStream([4, 3, 2, 1])).measures).toEqual(resamples.measures.slice(0, 3));
  });
});

describe('resampleFacts', () => {
  it('keeps the spread of the mean of independent returns: σ/√n', () => {
    const n = 1_000;
    const independent = new ReturnSample(normals(n, [2, 4, 6, 8]), 1);
    const { measures } = resampleFacts(independent, 400, new RandomStream([1, 3, 5, 7]));
    const means = measures.map((values) => values[at('mean')]!);
    const centre = means.reduce((sum, value) => sum + value, 0) / means.length;
    const deviation = Math.sqrt(means.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (means.length - 1));
    const expected = measureFacts(independent)[at('volatility')]! / Math.sqrt(n);
    // A standard deviation of 400 values has a relative standard error of 1/√800; five of them, and 10 % for the blocks.
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(5 / Math.sqrt(800) + 0.1);
  });

  it('knows for which lags its blocks are long enough', () => {
    expect(keepsMemory(0, 1)).toBe(true);
    expect(keepsMemory(1, 6)).toBe(true);
    expect(keepsMemory(1, 4)).toBe(false);
    expect(keepsMemory(20, 100)).toBe(true);
    expect(keepsMemory(1, 1)).toBe(false);
  });
});

describe('quantileOf', () => {
  it('agrees with numpy', () => {
    for (const [p, value] of Object.entries(golden.quantiles))
      expect(quantileOf(sample.sorted, Number(p))).toBeCloseTo(value, 14);
  });
});
