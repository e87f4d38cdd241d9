import { sortedOf } from '../ensemble/sorted.ts';

/** Most values at which two distributions are compared. */
export const GRID_POINTS = 256;

/** Cell of a missing value. */
export const NO_CELL = 0xffff;

/**
 * Values at which two distributions are compared, ascending: all that occur in either, or 256 quantiles of both together where there are more.
 * The last is the largest that occurs. NaN is left out.
 */
export function pooledGrid(a: Float64Array, b: Float64Array): Float64Array {
  const pooled = merge(sortedOf(a), sortedOf(b));
  const { length: n } = pooled;
  const distinct: number[] = [];
  for (let i = 0; i < n && distinct.length <= GRID_POINTS; i++) {
    if (i === 0 || pooled[i] !== pooled[i - 1]) distinct.push(pooled[i]!);
  }
  if (distinct.length <= GRID_POINTS) return Float64Array.from(distinct);
  const quantiles = new Set<number>();
  for (let k = 1; k <= GRID_POINTS; k++) quantiles.add(pooled[Math.ceil((k * n) / GRID_POINTS) - 1]!);
  return Float64Array.from(quantiles);
}

/** Of two ascending lists. */
function merge(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let at = 0; at < merged.length; at++) {
    merged[at] = j === b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!;
  }
  return merged;
}

/** For each value the first point of the grid that is not below it; `NO_CELL` for NaN. */
export function cellsOf(values: Float64Array, grid: Float64Array): Uint16Array {
  const cells = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    let low = 0;
    let high = grid.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (grid[middle]! < value) low = middle + 1;
      else high = middle;
    }
    cells[i] = Number.isNaN(value) ? NO_CELL : low;
  }
  return cells;
}
