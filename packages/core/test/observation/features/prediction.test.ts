import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featureOf, normals, pathOf, play } from '../market.ts';
import { logReturns } from '../naive.ts';

/** Prices whose log returns are given. */
function pricesFrom(returns: ArrayLike<number>): number[] {
  const prices = [100];
  for (const r of Array.from(returns)) prices.push(prices.at(-1)! * Math.exp(r));
  return prices;
}

/** Log returns r = phi · (the one before) + noise of deviation 0.01. */
function autoregressive(seed: string, count: number, phi: number): Float64Array {
  const noise = normals(seed, count);
  for (let i = 0; i < count; i++) noise[i] = 0.01 * noise[i]! + (i === 0 ? 0 : phi * noise[i - 1]!);
  return noise;
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, x) => sum + x, 0) / n;
  const [meanA, meanB] = [mean(a), mean(b)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB);
    aa += (a[i]! - meanA) * (a[i]! - meanA);
    bb += (b[i]! - meanB) * (b[i]! - meanB);
  }
  return ab / Math.sqrt(aa * bb);
}

/** Solves a small symmetric system by elimination. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    for (let k = i + 1; k < n; k++) {
      const factor = rows[k]![i]! / rows[i]![i]!;
      for (let j = i; j <= n; j++) rows[k]![j]! -= factor * rows[i]![j]!;
    }
  }
  const solution = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i]![n]!;
    for (let j = i + 1; j < n; j++) sum -= rows[i]![j]! * solution[j]!;
    solution[i] = sum / rows[i]![i]!;
  }
  return solution;
}

/** The inputs of each MARKET that has `lags` returns, latest first, standardised by those so far; and the deviation. */
function standardised(returns: readonly number[], lags: number): { inputs: number[][]; deviations: number[] } {
  const raw: number[][] = [];
  const deviations: number[] = [];
  for (let t = lags; t <= returns.length; t++) raw.push(returns.slice(t - lags, t).reverse());
  const inputs = raw.map((row, t) =>
    row.map((x, i) => {
      const column = raw.slice(0, t + 1).map((other) => other[i]!);
      const mean = column.reduce((a, b) => a + b) / column.length;
      const deviation = Math.sqrt(column.reduce((sum, y) => sum + (y - mean) * (y - mean), 0) / column.length);
      if (i === 0) deviations.push(deviation);
      return column.length === 1 ? 0 : (x - mean) / deviation;
    }),
  );
  return { inputs, deviations };
}

/** What the ridge regression with exponential weights over all pairs so far predicts at the last MARKET. */
function ridgePrediction(returns: readonly number[], lags: number, forgetting: number, covariance: number): number {
  if (returns.length < lags) return 0;
  const { inputs, deviations } = standardised(returns, lags);
  const pairs = returns.slice(lags).map((y, i) => ({ x: [...inputs[i]!, 1], y }));
  const n = lags + 1;
  const power = (k: number): number => Math.exp(k * Math.log(forgetting));
  const matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      const ridge = i === j ? power(pairs.length) / covariance : 0;
      return pairs.reduce((sum, { x }, t) => sum + power(pairs.length - 1 - t) * x[i]! * x[j]!, ridge);
    }),
  );
  const right = Array.from({ length: n }, (_, i) =>
    pairs.reduce((sum, { x, y }, t) => sum + power(pairs.length - 1 - t) * x[i]! * y, 0),
  );
  const weights = solve(matrix, right);
  const predicted = [...inputs.at(-1)!, 1].reduce((sum, x, i) => sum + x * weights[i]!, 0);
  return deviations.at(-1)! === 0 ? 0 : Math.max(-10, Math.min(10, predicted / deviations.at(-1)!));
}

describe('prediction', () => {
  test('is the ridge regression over the pairs (lags, next return) seen so far', () => {
    const move = fc.integer({ min: -1000, max: 1000 }).map((x) => x / 10_000);
    const parameters = fc.record({
      lags: fc.integer({ min: 1, max: 4 }),
      forgetting: fc.constantFrom(1, 0.99, 0.9),
      initialCovariance: fc.constantFrom(0.1, 1, 10),
    });
    fc.assert(
      fc.property(fc.uniqueArray(move, { minLength: 1, maxLength: 30 }), parameters, (moves, given) => {
        const prices = pricesFrom(moves);
        const actual = play(featureOf('prediction', given), pathOf(prices));
        for (const t of prices.keys()) {
          const { lags, forgetting, initialCovariance } = given;
          const expected = ridgePrediction(logReturns(prices.slice(0, t + 1)), lags, forgetting, initialCovariance);
          // Differences of logarithms of 1e2 over deviations of 1e-3 have errors of 1e-12; the systems are well conditioned.
          expect(Math.abs(actual[t]![0]! - expected), `step ${t}`).toBeLessThan(1e-8);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('by gradient descent takes one step for each return, from the inputs of the step before', () => {
    const prices = pricesFrom(autoregressive('gradient', 60, 0.3));
    const given = {
      model: 'sgd',
      lags: 2,
      learningRate: 0.05,
      schedule: 'inverse-scaling',
      power: 0.5,
      unit: 'return',
    };
    const actual = play(featureOf('prediction', given), pathOf(prices));
    const returns = logReturns(prices);
    const { inputs } = standardised(returns, 2);
    let weights = [0, 0];
    let bias = 0;
    for (const [i, x] of inputs.entries()) {
      const predicted = bias + weights[0]! * x[0]! + weights[1]! * x[1]!;
      expect(actual[i + 2]![0]).toBeCloseTo(predicted, 12);
      const y = returns[i + 2];
      if (y === undefined) break;
      const step = (0.05 / Math.sqrt(i + 1)) * (y - predicted);
      weights = weights.map((weight, k) => weight + step * x[k]!);
      bias += step;
    }
  });

  test('as a return is the prediction in deviations times the deviation of the returns', () => {
    const prices = pricesFrom(autoregressive('units', 500, 0.5));
    const [inDeviations, asReturn] = ['deviation', 'return'].map((unit) =>
      play(featureOf('prediction', { unit, lags: 1 }), pathOf(prices)).flat(),
    );
    const { deviations } = standardised(logReturns(prices), 1);
    for (const [i, deviation] of deviations.entries()) {
      expect(asReturn![i + 1]).toBeCloseTo(inDeviations![i + 1]! * deviation, 12);
    }
  });

  const COUNT = 20_000;
  const PHI = 0.3;

  /** Predictions made at each step, and the conditional mean and the value of the return that came after. */
  function evaluate(
    phi: number,
    given: Record<string, unknown>,
  ): { predicted: number[]; truth: number[]; next: number[] } {
    const returns = autoregressive(`${JSON.stringify(given)} ${phi}`, COUNT, phi);
    const all = play(featureOf('prediction', given), pathOf(pricesFrom(returns))).flat();
    // Past the first 2,000 returns the model has settled.
    const from = 2000;
    const predicted = all.slice(from, -1);
    return {
      predicted,
      truth: Array.from(returns.subarray(from - 1, -1), (r) => phi * r),
      next: Array.from(returns.subarray(from)),
    };
  }

  test.each([
    // Excess variance of 5 weights: of RLS about 5 (1 - forgetting) / (1 + forgetting), of SGD 5 · rate / 2, of noise of variance 1.
    [{ model: 'rls', forgetting: 0.999 }, 5 * 0.0005],
    [{ model: 'rls', forgetting: 1 }, 5 / 2000],
    [{ model: 'sgd', learningRate: 0.001 }, 5 * 0.0005],
  ])('with %o finds that returns go on with 0.3 of the one before', (given, excess) => {
    const { predicted, truth, next } = evaluate(PHI, given);
    // The truth varies by phi² / (1 - phi²) of the noise's variance; the prediction adds the excess, at most twice that.
    const signal = (PHI * PHI) / (1 - PHI * PHI);
    expect(correlation(predicted, truth)).toBeGreaterThan(Math.sqrt(signal / (signal + 2 * excess)));
    // With the return itself at best phi; the standard error is 1 / sqrt(n), five of them, and what the excess takes.
    const best = PHI * Math.sqrt(signal / (signal + 2 * excess));
    expect(correlation(predicted, next)).toBeGreaterThan(best - 5 / Math.sqrt(next.length));
  });

  test.each([
    { model: 'rls', forgetting: 0.999 },
    { model: 'rls', forgetting: 1 },
    { model: 'sgd', learningRate: 0.001 },
  ])('with %o finds nothing in a martingale', (given) => {
    const { predicted, next } = evaluate(0, given);
    // A prediction from the past is uncorrelated with the next return: standard error 1 / sqrt(n), five of them.
    expect(Math.abs(correlation(predicted, next))).toBeLessThan(5 / Math.sqrt(next.length));
  });

  test('of a price that never moves is 0, and finite when it does at last', () => {
    const prices = [...new Array<number>(50_000).fill(100), 101, 99, 103, 100];
    const given = { forgetting: 0.99 };
    const predicted = play(featureOf('prediction', given), pathOf(prices)).flat();
    expect(predicted.slice(0, 50_000).every((value) => value === 0)).toBe(true);
    expect(predicted.every(Number.isFinite)).toBe(true);
  });
});
