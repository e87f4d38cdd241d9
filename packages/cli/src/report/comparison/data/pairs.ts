import { END_REASONS } from '@ergodic/core';
import type { EpisodeTable } from '@ergodic/statistics';

/** One column of two runs on the same paths. */
export interface PairedValues {
  /** Index is the episode; NaN in both where either has no value. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Episodes 2k and 2k + 1 are antithetic pairs. */
  readonly antithetic: boolean;
  /** B less A of the episodes that both know, ascending. */
  readonly sorted: Float64Array;
}

export function pairedValues(a: EpisodeTable, b: EpisodeTable, column: string): PairedValues {
  const [x, y] = [a.column(column), b.column(column)];
  const sorted = new Float64Array(x.length);
  let n = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = y[i]! - x[i]!;
    if (!Number.isNaN(difference)) sorted[n++] = difference;
  }
  return { a: knownWith(x, y), b: knownWith(y, x), antithetic: a.antithetic, sorted: sorted.subarray(0, n).sort() };
}

/** The values, NaN where the other is missing; a million are not copied for nothing. */
function knownWith(values: Float64Array, other: Float64Array): Float64Array {
  if (!other.some(Number.isNaN)) return values;
  return values.map((value, i) => (Number.isNaN(other[i]!) ? Number.NaN : value));
}

/** The first episodes that neither failed: of these, streams can be held against each other. */
export function sharedEpisodes(a: EpisodeTable, b: EpisodeTable, below: number): number[] {
  const failed = END_REASONS.indexOf('failed');
  const shared: number[] = [];
  for (let i = 0; i < Math.min(below, a.episodes, b.episodes); i++) {
    if (a.endReason[i] !== failed && b.endReason[i] !== failed) shared.push(i);
  }
  return shared;
}
