import { expect, it } from 'vitest';
import { deviationOf } from '../../src/ensemble/deviation.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

const values = Float64Array.from(golden.returns);

it("is numpy's with n - 1, within its interval", () => {
  const { value, low, high, n } = deviationOf({ values, antithetic: false });
  expect(value).toBeCloseTo(golden.moments.sd, 12);
  expect(n).toBe(1000);
  expect(low).toBeLessThan(value);
  // Squares are skewed upwards: more room above.
  expect(high - value).toBeGreaterThan(value - low);
});

it('scales with the values and does not see their place', () => {
  const plain = deviationOf({ values, antithetic: false });
  const moved = deviationOf({ values: values.map((x) => 3 - 2 * x), antithetic: false });
  expect(moved.value).toBeCloseTo(2 * plain.value, 12);
  expect(moved.low).toBeCloseTo(2 * plain.low, 12);
  expect(moved.high).toBeCloseTo(2 * plain.high, 12);
});
