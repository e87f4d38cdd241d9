import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type OnlineRegressor,
  RecursiveLeastSquares,
  Standardizer,
  StochasticGradient,
} from '../../../src/observation/regression/index.ts';
import { normals } from '../market.ts';

const models: readonly (readonly [string, (size: number) => OnlineRegressor])[] = [
  ['recursive least squares', (size) => new RecursiveLeastSquares(size, { forgetting: 0.97 })],
  ['stochastic gradient descent', (size) => new StochasticGradient(size, { schedule: 'inverse-scaling', l2: 0.01 })],
];

const value = fc.double({ min: -10, max: 10, noNaN: true });
const examples = fc.array(fc.tuple(fc.tuple(value, value), value), { minLength: 1, maxLength: 60 });

describe.each(models)('%s', (_, create) => {
  test('predicts 0 before it has learned', () => {
    expect(create(2).predict([3, -4])).toBe(0);
  });

  test('that was reset equals a new one, whatever it had learned', () => {
    fc.assert(
      fc.property(examples, examples, (before, after) => {
        const used = create(2);
        const fresh = create(2);
        for (const [x, y] of before) used.learn(x, y);
        used.reset();
        for (const [x, y] of after) {
          expect(used.predict(x)).toBe(fresh.predict(x));
          used.learn(x, y);
          fresh.learn(x, y);
        }
      }),
    );
  });

  test('stays finite after 100,000 inputs that do not vary, and learns when they do', () => {
    const model = create(3);
    for (let t = 0; t < 100_000; t++) model.learn([0, 0, 0], 0.001);
    expect(model.predict([1, -1, 1])).toBeCloseTo(0.001, 4);
    const random = normals('excited', 30_000);
    for (let t = 0; t < 10_000; t++) {
      const x = [random[3 * t]!, random[3 * t + 1]!, random[3 * t + 2]!];
      model.learn(x, 2 * x[0]! - x[2]!);
      expect(Number.isFinite(model.predict(x))).toBe(true);
    }
    // The target has no noise; what is left is the penalty of 0.01 on weights of 2.
    expect(Math.abs(model.predict([1, 0, 0]) - 2)).toBeLessThan(0.05);
  });

  test('stays finite after an input beyond any scale, and learns what follows', () => {
    const model = create(2);
    const random = normals('beyond', 20_000);
    model.learn([1, 2], 3);
    model.learn([Number.MAX_VALUE, -Number.MAX_VALUE], 1);
    expect(Number.isFinite(model.predict([1, 1]))).toBe(true);
    for (let t = 0; t < 10_000; t++) {
      const x = [random[2 * t]!, random[2 * t + 1]!];
      model.learn(x, x[0]! - x[1]!);
    }
    // The target has no noise; what is left is the penalty of 0.01 on weights of 1.
    expect(Math.abs(model.predict([1, -1]) - 2)).toBeLessThan(0.05);
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %d as its size', (size) => {
    expect(() => create(size)).toThrow(RangeError);
  });
});

describe('recursive least squares', () => {
  test.each([0, -0.5, 1.01, Number.NaN])('refuses %d as forgetting', (forgetting) => {
    expect(() => new RecursiveLeastSquares(1, { forgetting })).toThrow('forgetting must be above 0 and at most 1');
  });

  test.each([0, -1, Number.POSITIVE_INFINITY, Number.NaN])('refuses %d as initial covariance', (initialCovariance) => {
    expect(() => new RecursiveLeastSquares(1, { initialCovariance })).toThrow('initialCovariance must be a positive');
  });

  test('finds the weights of inputs so large that rounding makes its variances negative', () => {
    const model = new RecursiveLeastSquares(3, { initialCovariance: 1e9, forgetting: 0.99 });
    const random = normals('large', 9000);
    for (let t = 0; t < 3000; t++) {
      const [a, b, c] = [1e6 * random[3 * t]!, 1e6 * random[3 * t + 1]!, 1e6 * random[3 * t + 2]!];
      model.learn([a, b, c], a - 2 * b + 3 * c);
    }
    expect(model.weight(0)).toBeCloseTo(1, 6);
    expect(model.weight(1)).toBeCloseTo(-2, 6);
    expect(model.weight(2)).toBeCloseTo(3, 6);
  });

  test('does not forget while nothing varies: its uncertainty stays bounded', () => {
    const quiet = (examples: number): number => {
      const model = new RecursiveLeastSquares(1, { forgetting: 0.9 });
      for (let t = 0; t < examples; t++) model.learn([0], 1);
      model.learn([0.01], 2);
      return model.weight(0);
    };
    // After 100 examples the weight's variance is at its limit, 1,000 times 2: then more of them change nothing.
    expect(Math.abs(quiet(1000) / quiet(100) - 1)).toBeLessThan(0.15);
    expect(quiet(20)).toBeLessThan(0.2 * quiet(100));
  });

  test('follows a weight that changes when it forgets, and averages when it does not', () => {
    const keeps = new RecursiveLeastSquares(1);
    const forgets = new RecursiveLeastSquares(1, { forgetting: 0.99 });
    const random = normals('change', 4000);
    for (let t = 0; t < 4000; t++) {
      const y = (t < 2000 ? 1 : -1) * random[t]!;
      keeps.learn([random[t]!], y);
      forgets.learn([random[t]!], y);
    }
    // The weight is that of sums over 2,000 squares each: 0 with a standard error of sqrt(2 / 4000) = 0.022.
    expect(Math.abs(keeps.weight(0))).toBeLessThan(5 * 0.022);
    // What is left of the first half is 0.99^2000 = 2e-9 of the weight.
    expect(forgets.weight(0)).toBeCloseTo(-1, 6);
  });

  test('keeps its accuracy for 200,000 examples of inputs that are nearly the same', () => {
    const model = new RecursiveLeastSquares(2, { forgetting: 0.999 });
    const random = normals('collinear', 400_000);
    for (let t = 0; t < 200_000; t++) {
      const a = random[2 * t]!;
      const b = a + 1e-3 * random[2 * t + 1]!;
      model.learn([a, b], a + b);
    }
    expect(model.predict([1, 1])).toBeCloseTo(2, 6);
  });
});

describe('stochastic gradient descent', () => {
  test('with a learning rate that is too high starts anew instead of going to infinity', () => {
    const model = new StochasticGradient(2, { learningRate: 1e6 });
    const random = normals('diverging', 30_000);
    for (let t = 0; t < 10_000; t++) {
      model.learn([random[3 * t]!, random[3 * t + 1]!], random[3 * t + 2]!);
      expect(Number.isFinite(model.predict([1, 1]))).toBe(true);
    }
  });

  test.each([
    [{ learningRate: 0 }, 'learningRate must be'],
    [{ learningRate: Number.NaN }, 'learningRate must be'],
    [{ power: -1 }, 'power must be'],
    [{ l2: -1 }, 'l2 must be'],
    [{ l2: Number.POSITIVE_INFINITY }, 'l2 must be'],
  ])('refuses %o', (options, message) => {
    expect(() => new StochasticGradient(1, options)).toThrow(message);
  });
});

describe('the standardizer', () => {
  test('has the mean and deviation of all it has learned', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 100 }), (values) => {
        const standardizer = new Standardizer(1);
        for (const x of values) standardizer.learn([x]);
        const mean = values.reduce((a, b) => a + b) / values.length;
        const variance = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length;
        expect(standardizer.mean(0)).toBeCloseTo(mean, 12);
        // A root of a rounding of 1e-14 is 1e-7 where nothing varies.
        expect(standardizer.deviation(0)).toBeCloseTo(Math.sqrt(variance), 6);
      }),
    );
  });

  test('before it has learned gives 0', () => {
    const out = new Float64Array([9, 9]);
    new Standardizer(2).transform([1, 2], out);
    expect([...out]).toEqual([0, 0]);
    expect(new Standardizer(2).deviation(1)).toBe(0);
  });
});
