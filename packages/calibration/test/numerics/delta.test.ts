import { expect, it } from 'vitest';
import { inOtherParameters } from '../../src/numerics/delta.ts';

const fit = {
  values: [2, 3],
  standardErrors: [0.1, 0.2],
  covariance: [
    [0.01, 0.005],
    [0.005, 0.04],
  ],
  logLikelihood: -7,
  converged: true,
  remarks: [],
};

it('the covariance of a product follows by the delta method', () => {
  const { values, covariance, standardErrors, logLikelihood } = inOtherParameters(fit, ([a, b]) => [a! * b!, b!]);
  expect(values).toEqual([6, 3]);
  // b²·var(a) + 2ab·cov + a²·var(b), and b·cov + a·var(b).
  expect(covariance![0]![0]).toBeCloseTo(9 * 0.01 + 2 * 6 * 0.005 + 4 * 0.04, 9);
  expect(covariance![0]![1]).toBeCloseTo(3 * 0.005 + 2 * 0.04, 9);
  expect(covariance![1]![1]).toBeCloseTo(0.04, 9);
  expect(standardErrors[0]).toBeCloseTo(Math.sqrt(0.31), 9);
  expect(logLikelihood).toBe(-7);
});

it('what has no error has none in other parameters', () => {
  const known = {
    ...fit,
    standardErrors: [0.1, null],
    covariance: [
      [0.01, 0],
      [0, 0],
    ],
  };
  const { standardErrors, covariance } = inOtherParameters(known, ([a, b]) => [a! + b!, 2 * b!]);
  expect(standardErrors[0]).toBeCloseTo(0.1, 9);
  expect(standardErrors[1]).toBeNull();
  expect(covariance![1]).toEqual([0, 0]);
  const none = { ...fit, standardErrors: [null, null], covariance: null };
  expect(inOtherParameters(none, ([a, b]) => [b!, a!])).toMatchObject({ values: [3, 2], covariance: null });
});
