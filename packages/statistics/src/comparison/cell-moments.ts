import { NO_CELL } from './dominance-grid.ts';

/** Values by the cell they are in, one an episode. */
export interface SignedCells {
  readonly cells: Uint16Array;
  /** What a value adds to its cell. */
  readonly sign: 1 | -1;
}

/** Share of values in each cell, and how sure that is. */
export interface CellMoments {
  /** Signed sums over values, by cell, ÷ episodes. */
  readonly mean: Float64Array;
  /** Of `mean`, cells × cells, row by row. */
  readonly covariance: Float64Array;
  /** Episodes. */
  readonly n: number;
  /** Independent ones: pairs of antithetic episodes, else episodes. */
  readonly clusters: number;
}

/**
 * Mean and covariance of signed cell counts of episodes; the lists, such as a and −b of paired episodes, miss the same ones. The covariance is
 * G/(G − 1)·Σ(u − mean·m)(u − mean·m)ᵀ ÷ n² over the G clusters of m episodes, as in `momentsOf`. A cluster has counts u in four cells at
 * most: the cost is O(episodes + cells²).
 */
export function cellMoments(lists: readonly SignedCells[], antithetic: boolean, size: number): CellMoments {
  const mean = new Float64Array(size);
  const weighted = new Float64Array(size);
  const covariance = new Float64Array(size * size);
  const episodes = lists[0]!.cells.length;
  const width = antithetic ? 2 : 1;
  const at = new Uint16Array(width * lists.length);
  const signs = new Float64Array(width * lists.length);
  let n = 0;
  let clusters = 0;
  let squares = 0;
  for (let i = 0; i < episodes; i += width) {
    let entries = 0;
    let members = 0;
    for (let e = i; e < Math.min(i + width, episodes); e++) {
      if (lists[0]!.cells[e] === NO_CELL) continue;
      members++;
      for (const { cells, sign } of lists) {
        at[entries] = cells[e]!;
        signs[entries++] = sign;
      }
    }
    if (members === 0) continue;
    clusters++;
    n += members;
    squares += members * members;
    for (let j = 0; j < entries; j++) {
      mean[at[j]!] = mean[at[j]!]! + signs[j]!;
      weighted[at[j]!] = weighted[at[j]!]! + members * signs[j]!;
      for (let k = 0; k < entries; k++) {
        const cell = at[j]! * size + at[k]!;
        covariance[cell] = covariance[cell]! + signs[j]! * signs[k]!;
      }
    }
  }
  const scale = clusters / (clusters - 1) / (n * n);
  for (let j = 0; j < size; j++) mean[j] = mean[j]! / n;
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < size; k++) {
      const cross = weighted[j]! * mean[k]! + mean[j]! * weighted[k]! - squares * mean[j]! * mean[k]!;
      covariance[j * size + k] = (covariance[j * size + k]! - cross) * scale;
    }
  }
  return { mean, covariance, n, clusters };
}
