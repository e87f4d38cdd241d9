import { describe, expect, it } from 'vitest';
import { returnMomentsOf } from '../../src/history/moments.ts';
import { minimumTrackRecord, probabilisticSharpe, sharpeOf } from '../../src/history/sharpe.ts';
import { normals, streamOf } from '../draws.ts';
import golden from '../golden/history.json' with { type: 'json' };

const moments = returnMomentsOf(golden.moments.returns);

it.each(golden.moments.probabilistic)(
  'the probabilistic ratio against %d agrees with holdout-backtest',
  (benchmark, p) => {
    expect(probabilisticSharpe(moments, benchmark)).toBeCloseTo(p!, 10);
  },
);

describe('minimum track record', () => {
  it.each(golden.moments.minimumTrackRecord)('against %d agrees with holdout-backtest', (benchmark, n) => {
    // The normal quantile has seven digits.
    expect(minimumTrackRecord(moments, benchmark) / n!).toBeCloseTo(1, 6);
  });

  // Bailey and López de Prado 2012, exhibits: an annual Sharpe ratio of 2 against 1, in years.
  it.each([
    ['daily, normal', 252, 0, 3, 2.73],
    ['weekly, normal', 52, 0, 3, 2.83],
    ['monthly, normal', 12, 0, 3, 3.24],
    ['monthly, of a typical hedge fund', 12, -0.72, 5.78, 4.99],
  ])('is the published one: %s', (_, stepsPerYear, skewness, kurtosis, years) => {
    const sharpe = 2 / Math.sqrt(stepsPerYear);
    const length = minimumTrackRecord({ n: 100, sharpe, skewness, kurtosis }, sharpe / 2);
    expect(length / stepsPerYear).toBeCloseTo(years, 2);
  });

  it('is where the probabilistic ratio reaches the confidence', () => {
    const shape = { sharpe: 0.1, skewness: -1, kurtosis: 7 };
    const n = minimumTrackRecord({ n: 50, ...shape }, 0.02, 0.01);
    expect(probabilisticSharpe({ n, ...shape }, 0.02)).toBeCloseTo(0.99, 7);
  });

  it('is undefined where the ratio is not above the benchmark', () => {
    expect(minimumTrackRecord(moments, moments.sharpe)).toBeNaN();
    expect(minimumTrackRecord({ n: 10, sharpe: -0.1, skewness: 0, kurtosis: 3 })).toBeNaN();
  });
});

it('the interval of a normal history is that of Lo (2002)', () => {
  const { value, low, high } = sharpeOf({ n: 401, sharpe: 0.5, skewness: 0, kurtosis: 3 });
  const half = 1.959964 * Math.sqrt((1 + 0.125) / 400);
  expect([value, low, high].map((x) => x.toFixed(6))).toEqual([0.5, 0.5 - half, 0.5 + half].map((x) => x.toFixed(6)));
});

it('the interval of a skewed history holds the truth in 95 of 100', () => {
  // Exponential losses around a gain: mean 0.2, deviation 1, skewness −2, kurtosis 9.
  const [trials, n] = [1000, 500];
  let held = 0;
  for (let trial = 0; trial < trials; trial++) {
    const stream = streamOf('sharpe coverage', trial);
    const returns = Float64Array.from({ length: n }, () => 1.2 - stream.exponential());
    const { low, high } = sharpeOf(returnMomentsOf(returns));
    if (low <= 0.2 && high >= 0.2) held++;
  }
  // √(0.95·0.05/1,000) = 0.7 %; four of them.
  expect(Math.abs(held / trials - 0.95)).toBeLessThan(0.028);
});

it('of a strategy without skill the probabilistic ratio is uniform', () => {
  const trials = 400;
  let sum = 0;
  for (let trial = 0; trial < trials; trial++) {
    sum += probabilisticSharpe(returnMomentsOf(normals(streamOf('no skill', trial), 250)));
  }
  // Mean of uniforms: √(1/12/400) = 0.0144; four of them.
  expect(Math.abs(sum / trials - 0.5)).toBeLessThan(0.058);
});

it.each([[[]], [[0.1]], [[0.1, 0.1]]])('of the history %j nothing is known', (returns) => {
  const degenerate = returnMomentsOf(returns);
  expect(probabilisticSharpe(degenerate)).toBeNaN();
  expect(minimumTrackRecord(degenerate)).toBeNaN();
  expect(sharpeOf(degenerate)).toMatchObject({ value: Number.NaN, low: Number.NaN, n: returns.length });
});
