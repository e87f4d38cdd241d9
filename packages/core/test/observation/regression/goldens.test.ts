import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type OnlineRegressor,
  RecursiveLeastSquares,
  type RecursiveLeastSquaresOptions,
  Standardizer,
  StochasticGradient,
  type StochasticGradientOptions,
} from '../../../src/observation/regression/index.ts';

/** See regression.py beside it. */
interface Case<O> {
  readonly options: O;
  readonly predictions: readonly number[];
  readonly weights: readonly number[];
  readonly intercept: number;
}

interface Goldens {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly rls: readonly Case<RecursiveLeastSquaresOptions>[];
  readonly diffuse: { readonly from: number; readonly estimates: readonly (readonly number[])[] };
  readonly sgd: readonly Case<StochasticGradientOptions>[];
  readonly standardizer: { readonly constant: number; readonly transformed: readonly (readonly number[])[] };
  readonly pipeline: Case<StochasticGradientOptions>;
}

const goldens = JSON.parse(readFileSync(new URL('../golden/regression.json', import.meta.url), 'utf8')) as Goldens;
const { x, y } = goldens;

type Model = OnlineRegressor & { weight(i: number): number; readonly intercept: number };

function expectCase(model: Model, { predictions, weights, intercept }: Case<unknown>, inputs = x): void {
  // Sixty updates of numbers of size 1, each with a few roundings: errors near 1e-14.
  for (const [t, input] of inputs.entries()) {
    expect(model.predict(input), `prediction ${t}`).toBeCloseTo(predictions[t]!, 11);
    model.learn(input, y[t]!);
  }
  for (const [i, weight] of weights.entries()) expect(model.weight(i)).toBeCloseTo(weight, 11);
  expect(model.intercept).toBeCloseTo(intercept, 11);
}

describe('recursive least squares', () => {
  test.each(goldens.rls)('solves the ridge regression with exponential weights: $options', (golden) => {
    expectCase(new RecursiveLeastSquares(3, golden.options), golden);
  });

  test('with a wide prior is the recursive least squares of statsmodels', () => {
    const model = new RecursiveLeastSquares(3, { initialCovariance: 1e7 });
    const { from, estimates } = goldens.diffuse;
    for (const [t, input] of x.entries()) {
      model.learn(input, y[t]!);
      if (t + 1 < from) continue;
      // What the ridge of 1e-7 moves weights of size 1 by, where the inputs' smallest sum of squares is about 1.
      for (let i = 0; i < 3; i++) expect(model.weight(i)).toBeCloseTo(estimates[t + 1 - from]![i]!, 5);
      expect(model.intercept).toBeCloseTo(estimates[t + 1 - from]![3]!, 5);
    }
  });
});

describe('stochastic gradient descent', () => {
  test.each(goldens.sgd)('is that of scikit-learn and river: $options', (golden) => {
    expectCase(new StochasticGradient(3, golden.options), golden);
  });
});

describe('the standardizer', () => {
  test('is that of river, with 0 for what never varied', () => {
    const standardizer = new Standardizer(4);
    const out = new Float64Array(4);
    for (const [t, row] of x.entries()) {
      const input = [...row, goldens.standardizer.constant];
      standardizer.learn(input);
      standardizer.transform(input, out);
      for (let i = 0; i < 4; i++) expect(out[i]).toBeCloseTo(goldens.standardizer.transformed[t]![i]!, 12);
    }
    expect(out[3]).toBe(0);
  });

  test('before the regression is the pipeline of river', () => {
    const standardizer = new Standardizer(3);
    const inputs = x.map((row) => {
      standardizer.learn(row);
      const out = new Float64Array(3);
      standardizer.transform(row, out);
      return [...out];
    });
    expectCase(new StochasticGradient(3, goldens.pipeline.options), goldens.pipeline, inputs);
  });
});
