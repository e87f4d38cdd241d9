import fc from 'fast-check';
import { expect, it } from 'vitest';
import { choleskyFactor, simulateExtremes } from '../../src/comparison/gaussian-process.ts';
import { streamOf } from '../draws.ts';

it('the factor times its transpose is the covariance, also of a singular one', () => {
  const vectors = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 5, maxLength: 5 }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(vectors, (rows) => {
      const size = 5;
      const covariance = new Float64Array(size * size);
      for (let at = 0; at < covariance.length; at++) {
        covariance[at] = rows.reduce((sum, row) => sum + row[Math.floor(at / size)]! * row[at % size]!, 0);
      }
      const factor = choleskyFactor(covariance, size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          let product = 0;
          for (let k = 0; k < size; k++) product += factor[i * size + k]! * factor[j * size + k]!;
          expect(product).toBeCloseTo(covariance[i * size + j]!, 4);
          if (j > i) expect(factor[i * size + j]).toBe(0);
        }
      }
    }),
  );
});

it('extremes are those of 0 and correlated normals', () => {
  // (z, −z): largest and lowest are |z| both, of mean √(2/π).
  const { largest, lowest } = simulateExtremes(Float64Array.of(1, 0, -1, 0), 2, 20_000, streamOf('extremes'));
  expect(largest).toEqual(lowest);
  const mean = largest.reduce((sum, x) => sum + x, 0) / largest.length;
  // Standard deviation √(1 − 2/π) = 0.603 over √20,000 is 0.0043; four of them.
  expect(Math.abs(mean - Math.sqrt(2 / Math.PI))).toBeLessThan(0.017);
});
