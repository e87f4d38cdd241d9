import { expect, it } from 'vitest';
import { interquartileMeanOf } from '../../src/ensemble/interquartile-mean.ts';
import golden from '../golden/ensemble.json' with { type: 'json' };

const independent = (values: ArrayLike<number>) => ({ values: Float64Array.from(values), antithetic: false });

it("is scipy's trimmed mean with its interval", () => {
  const { value, low, high } = interquartileMeanOf(independent(golden.returns));
  expect(value).toBeCloseTo(golden.interquartile.value, 12);
  // Six digits of Student's quantile.
  expect(low).toBeCloseTo(golden.interquartile.interval[0]!, 6);
  expect(high).toBeCloseTo(golden.interquartile.interval[1]!, 6);
});

it('counts the values at the quartiles by their part', () => {
  // Of 5 the middle 2.5: three quarters of 2, all of 3, three quarters of 10.
  expect(interquartileMeanOf(independent([1, 2, 3, 10, 100])).value).toBeCloseTo((0.75 * 2 + 3 + 0.75 * 10) / 2.5, 12);
});

it('does not see the outer half', () => {
  const values = Float64Array.from(golden.returns).sort();
  const plain = interquartileMeanOf(independent(values));
  values[0] = -Infinity;
  values[999] = Infinity;
  expect(interquartileMeanOf(independent(values))).toEqual(plain);
});
