import type { RandomStream } from '@ergodic/core';

/** Share of the largest variance below which a direction counts as not moving: rounding of a singular covariance. */
const SINGULAR = 1e-12;

/**
 * Lower triangle L, row by row in a full matrix, with L·Lᵀ = the covariance (Golub & Van Loan 2013, "Matrix Computations", §4.2). A
 * covariance may be singular: a direction that does not move has a column of zeros.
 */
export function choleskyFactor(covariance: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  let largest = 0;
  for (let j = 0; j < size; j++) largest = Math.max(largest, covariance[j * size + j]!);
  for (let j = 0; j < size; j++) {
    const rowJ = factor.subarray(j * size, j * size + j);
    const variance = covariance[j * size + j]! - dot(rowJ, rowJ, j);
    if (!(variance > SINGULAR * largest)) continue;
    const pivot = Math.sqrt(variance);
    factor[j * size + j] = pivot;
    for (let i = j + 1; i < size; i++) {
      const rowI = factor.subarray(i * size, i * size + j);
      factor[i * size + j] = (covariance[i * size + j]! - dot(rowI, rowJ, j)) / pivot;
    }
  }
  return factor;
}

/** Largest and least of 0 and the values of normal vectors L·z, one of each a replication. */
export interface Extremes {
  readonly largest: Float64Array;
  /** As a distance below 0. */
  readonly lowest: Float64Array;
}

/** Simulates vectors of the covariance that `factor` is of. */
export function simulateExtremes(
  factor: Float64Array,
  size: number,
  replications: number,
  stream: RandomStream,
): Extremes {
  const largest = new Float64Array(replications);
  const lowest = new Float64Array(replications);
  const normals = new Float64Array(size);
  for (let r = 0; r < replications; r++) {
    stream.fillNormal(normals, 0, size);
    let high = 0;
    let low = 0;
    for (let i = 0; i < size; i++) {
      let value = 0;
      for (let j = 0, at = i * size; j <= i; j++, at++) value += factor[at]! * normals[j]!;
      if (value > high) high = value;
      if (value < low) low = value;
    }
    largest[r] = high;
    lowest[r] = -low;
  }
  return { largest, lowest };
}

function dot(a: Float64Array, b: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i]! * b[i]!;
  return sum;
}
