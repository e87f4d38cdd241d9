import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cellMoments } from '../../src/comparison/cell-moments.ts';
import { cellsOf, NO_CELL, pooledGrid } from '../../src/comparison/dominance-grid.ts';
import { momentsOf } from '../../src/ensemble/moments.ts';

const SIZE = 4;
const cell = fc.integer({ min: 0, max: SIZE - 1 });

it('the error of every combination of cells is that of its mean over episodes', () => {
  const episodes = fc.array(fc.option(fc.tuple(cell, cell)), { minLength: 4, maxLength: 20 });
  const weights = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: SIZE, maxLength: SIZE });
  fc.assert(
    fc.property(episodes, weights, fc.boolean(), (rows, c, antithetic) => {
      fc.pre(rows.filter((row) => row !== null).length > 3);
      const at = (k: 0 | 1) => Uint16Array.from(rows, (row) => (row === null ? NO_CELL : row[k]));
      const { mean, covariance, n, clusters } = cellMoments(
        [
          { cells: at(0), sign: 1 },
          { cells: at(1), sign: -1 },
        ],
        antithetic,
        SIZE,
      );
      const values = Float64Array.from(rows, (row) => (row === null ? Number.NaN : c[row[0]]! - c[row[1]]!));
      const expected = momentsOf({ values, antithetic });
      const variance = covariance.reduce((sum, x, i) => sum + x * c[Math.floor(i / SIZE)]! * c[i % SIZE]!, 0);
      expect(mean.reduce((sum, x, i) => sum + x * c[i]!, 0)).toBeCloseTo(expected.mean, 10);
      expect(variance).toBeCloseTo(expected.standardError ** 2, 10);
      expect([n, clusters]).toEqual([expected.n, expected.clusters]);
    }),
  );
});

it('a value is in the cell of the first point that is not below it', () => {
  const grid = pooledGrid(Float64Array.of(3, 1, Number.NaN), Float64Array.of(2, 1));
  expect([...grid]).toEqual([1, 2, 3]);
  expect([...cellsOf(Float64Array.of(0.5, 1, 1.5, 3, Number.NaN), grid)]).toEqual([0, 0, 1, 2, NO_CELL]);
});

it('a grid of many values ends at the largest and has as many values in each cell', () => {
  const values = Float64Array.from({ length: 25_600 }, (_, i) => i);
  const grid = pooledGrid(values.subarray(0, 10_000), values.subarray(10_000));
  expect(grid.length).toBe(256);
  expect(grid.at(-1)).toBe(25_599);
  expect(grid[0]).toBe(99);
});
