import type { Sample } from '../sample.ts';
import { type CellMoments, cellMoments } from './cell-moments.ts';
import { cellsOf, NO_CELL, pooledGrid } from './dominance-grid.ts';
import { choleskyFactor } from './gaussian-process.ts';

/** A's distribution function less B's at the points of a grid, and its error. Of second order: the integral of that from −∞. */
export interface DifferenceProcess {
  readonly grid: Float64Array;
  readonly difference: Float64Array;
  /** points × points, lower triangular: times independent normals it is the error of `difference`. */
  readonly factor: Float64Array;
  readonly n: readonly [a: number, b: number];
  /** Independent episodes, of the smaller sample. */
  readonly clusters: number;
}

/** Paired samples miss the same episodes. */
export function differenceProcess(a: Sample, b: Sample, order: 1 | 2, isPaired: boolean): DifferenceProcess {
  const grid = pooledGrid(a.values, b.values);
  const size = grid.length;
  const first = { cells: cellsOf(a.values, grid), sign: 1 } as const;
  const second = { cells: cellsOf(b.values, grid), sign: -1 } as const;
  const parts: readonly CellMoments[] = isPaired
    ? [cellMoments([first, second], a.antithetic, size)]
    : [cellMoments([first], a.antithetic, size), cellMoments([second], b.antithetic, size)];
  const mass = sum(parts.map(({ mean }) => mean));
  const factor = choleskyFactor(sum(parts.map(({ covariance }) => covariance)), size);
  const n = [parts[0]!.n, parts.at(-1)!.n] as const;
  const clusters = Math.min(...parts.map((part) => part.clusters));
  if (order === 1) return { grid, difference: cumulate(mass, 1), factor: cumulate(factor, size), n, clusters };
  const sumsA = sumsByCell(a.values, first.cells, grid);
  const sumsB = sumsByCell(b.values, second.cells, grid);
  const difference = integral(
    cumulate(mass, 1),
    cumulate(
      sumsA.sums.map((s, j) => s / n[0] - sumsB.sums[j]! / n[1]),
      1,
    ),
    grid,
    1,
  );
  // Within a cell the simulated values lie at the cell's mean.
  const moments = factor.map((value, at) => {
    const j = Math.floor(at / size);
    return (value * (sumsA.sums[j]! + sumsB.sums[j]!)) / (sumsA.counts[j]! + sumsB.counts[j]!);
  });
  return {
    grid,
    difference,
    factor: integral(cumulate(factor, size), cumulate(moments, size), grid, size),
    n,
    clusters,
  };
}

/** ∫F up to each x: x·(mass at or below it) − (sum of the values at or below it); values are counted from the first point. */
function integral(mass: Float64Array, sums: Float64Array, grid: Float64Array, width: number): Float64Array {
  return mass.map((value, at) => (grid[Math.floor(at / width)]! - grid[0]!) * value - sums[at]!);
}

/** Running sums over rows of the given width. */
function cumulate(rows: Float64Array, width: number): Float64Array {
  for (let at = width; at < rows.length; at++) rows[at] = rows[at]! + rows[at - width]!;
  return rows;
}

/** Sums of the values of each cell, as distances from the first point of the grid, and how many they are. */
function sumsByCell(values: Float64Array, cells: Uint16Array, grid: Float64Array) {
  const sums = new Float64Array(grid.length);
  const counts = new Float64Array(grid.length);
  for (let i = 0; i < values.length; i++) {
    const cell = cells[i]!;
    if (cell === NO_CELL) continue;
    sums[cell] = sums[cell]! + values[i]! - grid[0]!;
    counts[cell] = counts[cell]! + 1;
  }
  return { sums, counts };
}

function sum(parts: readonly Float64Array[]): Float64Array {
  return parts[0]!.map((value, i) => parts.reduce((total, part, k) => (k === 0 ? total : total + part[i]!), value));
}
