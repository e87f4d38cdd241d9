import { describe, expect, it } from 'vitest';
import { deflatedSharpe, expectedMaximumSharpe } from '../../src/history/deflated-sharpe.ts';
import { returnMomentsOf } from '../../src/history/moments.ts';
import { normals, streamOf } from '../draws.ts';
import golden from '../golden/history.json' with { type: 'json' };

describe('expected maximum', () => {
  it.each(golden.expectedMaximum)(
    'of %d trials of variance %d agrees with holdout-backtest',
    (count, sharpeVariance, expected) => {
      expect(expectedMaximumSharpe({ count: count!, sharpeVariance: sharpeVariance! })).toBeCloseTo(expected!, 6);
    },
  );

  it('is never below that of one trial', () => {
    for (const count of [1, 1.01, 1.2, 1.5]) {
      expect(expectedMaximumSharpe({ count, sharpeVariance: 1 })).toBeGreaterThanOrEqual(0);
    }
  });

  it('refuses less than one trial, and a negative variance', () => {
    expect(() => expectedMaximumSharpe({ count: 0.5, sharpeVariance: 1 })).toThrow('count must be 1 or more, got 0.5');
    expect(() => expectedMaximumSharpe({ count: 5, sharpeVariance: -1 })).toThrow('got -1');
    expect(() => expectedMaximumSharpe({ count: 5, sharpeVariance: Number.NaN })).toThrow('got NaN');
  });
});

describe('deflated ratio', () => {
  // Bailey and López de Prado 2014, "A numerical example": 5 years of daily returns, annual Sharpe ratio 2.5, variance of the trials' ½ a year.
  const track = { n: 1250, sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10 };
  it.each([
    [100, 0.9004],
    [46, 0.9505],
  ])('is the published one of %i trials', (count, published) => {
    expect(deflatedSharpe(track, { count, sharpeVariance: 1 / 2 / 250 })).toBeCloseTo(published, 3);
  });

  const moments = returnMomentsOf(golden.moments.returns);
  it.each(golden.moments.deflated)(
    'of %d trials of variance %d agrees with holdout-backtest',
    (count, variance, expected) => {
      expect(deflatedSharpe(moments, { count: count!, sharpeVariance: variance! })).toBeCloseTo(expected!, 6);
    },
  );

  it('does not take the best of 500 strategies without skill for good, in 19 of 20 tries', () => {
    let alarms = 0;
    let undeflated = 0;
    const tries = 40;
    for (let attempt = 0; attempt < tries; attempt++) {
      const stream = streamOf('deflated', attempt);
      const trials = Array.from({ length: 500 }, () => returnMomentsOf(normals(stream, 250)));
      const best = trials.reduce((a, b) => (b.sharpe > a.sharpe ? b : a));
      const sharpeVariance = returnMomentsOf(trials.map(({ sharpe }) => sharpe)).deviation ** 2;
      if (deflatedSharpe(best, { count: 500, sharpeVariance }) > 0.95) alarms++;
      if (deflatedSharpe(best, { count: 1, sharpeVariance }) > 0.95) undeflated++;
    }
    // Binomial of 40 at 5 %: 8 or more once in 1,000. Without deflation every one would pass.
    expect(alarms).toBeLessThan(8);
    expect(undeflated).toBe(tries);
  });
});
