import fc from 'fast-check';
import { expect, it } from 'vitest';
import { independentValues } from '../../src/comparison/independent-values.ts';
import { momentsOf } from '../../src/ensemble/moments.ts';

it('have the mean and the standard error of the sample, whatever is missing', () => {
  const values = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { nil: Number.NaN }), {
    minLength: 2,
    maxLength: 30,
  });
  fc.assert(
    fc.property(values, fc.boolean(), (row, antithetic) => {
      const sample = { values: Float64Array.from(row), antithetic };
      const expected = momentsOf(sample);
      fc.pre(expected.clusters > 1);
      const received = momentsOf({ values: independentValues(sample), antithetic: false });
      expect(received.mean).toBeCloseTo(expected.mean, 9);
      expect(received.standardError).toBeCloseTo(expected.standardError, 9);
      expect(received.n).toBe(expected.clusters);
    }),
  );
});
