import { expect, it } from 'vitest';
import { expectedShortfallOf } from '../../src/ensemble/expected-shortfall.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

const independent = (values: ArrayLike<number>) => ({ values: Float64Array.from(values), antithetic: false });
const sample = independent(golden.returns);

it('is the weighted mean of the tail, with a part of the value at the quantile', () => {
  for (const { p, value } of golden.shortfalls)
    expect(expectedShortfallOf(sample, p).value, `${p}`).toBeCloseTo(value, 12);
  for (const { p, value } of golden.smallShortfalls) {
    expect(expectedShortfallOf(independent(golden.small), p).value, `${p}`).toBeCloseTo(value, 12);
  }
});

it("is empyrical's conditional value at risk where the tail has a whole number of episodes", () => {
  expect(expectedShortfallOf(sample, 0.05).value).toBeCloseTo(golden.conditionalValueAtRisk, 12);
});

it('of an upper tail is that of the lower one of the values with the other sign', () => {
  const upper = expectedShortfallOf(sample, 0.95);
  const lower = expectedShortfallOf(independent(sample.values.map((x) => -x)), 0.05);
  expect(upper.value).toBeCloseTo(-lower.value, 12);
  expect(upper.low).toBeCloseTo(-lower.high, 9);
  expect(upper.high).toBeCloseTo(-lower.low, 9);
});

it('counts an atom at the quantile by its part', () => {
  // The lowest 30 % of (-1, 0 × 9): all of −1 and two tenths at 0.
  expect(expectedShortfallOf(independent([-1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 0.3).value).toBeCloseTo(-1 / 3, 12);
});

it('has no interval with fewer than two values in the tail', () => {
  const { value, low, high } = expectedShortfallOf(independent(golden.small), 0.05);
  expect([value, low, high]).toEqual([-0.4, Number.NaN, Number.NaN]);
});

it('with an infinite value in the tail has no interval; elsewhere it does not matter', () => {
  const values = sample.values.slice();
  values[17] = -Infinity;
  expect(expectedShortfallOf(independent(values), 0.05)).toMatchObject({ value: -Infinity, low: Number.NaN });
  values[17] = Infinity;
  expect(expectedShortfallOf(independent(values), 0.05).low).toBeLessThan(-0.5);
  expect(expectedShortfallOf(independent([1, 2, Infinity, Infinity, Infinity]), 0.4).value).toBe(1.5);
});

it('counts pairs that are the same once', () => {
  const values = sample.values.slice(0, 500);
  const doubled = Float64Array.from({ length: 1000 }, (_, i) => values[i >> 1]!);
  const single = expectedShortfallOf({ values, antithetic: false }, 0.1);
  const paired = expectedShortfallOf({ values: doubled, antithetic: true }, 0.1);
  expect(paired.value).toBeCloseTo(single.value, 12);
  // But for the quantiles around the edge, which are between other values.
  expect((paired.high - paired.low) / (single.high - single.low)).toBeCloseTo(1, 1);
});
