import { END_REASONS, type EndReason, RandomStream, rootKey, substreamKey } from '@ergodic/core';
import type { EpisodeTable } from '@ergodic/statistics';

/** Episodes with these columns. One that is NaN in the first column failed; `ends` says otherwise. */
export function tableOf(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  { ends = [], antithetic = false }: { ends?: readonly EndReason[]; antithetic?: boolean } = {},
): EpisodeTable {
  const [first] = Object.values(columns);
  const reasonOf = (value: number): EndReason => (Number.isNaN(value) ? 'failed' : 'completed');
  return {
    episodes: first!.length,
    antithetic,
    stepsPerYear: 365,
    columns: Object.keys(columns),
    endReason: Uint8Array.from(first!, (value, i) => END_REASONS.indexOf(ends[i] ?? reasonOf(value))),
    column: (name) => Float64Array.from(columns[name]!),
  };
}

/** A source of random numbers of a test. */
export function streamOf(seed: string): RandomStream {
  return new RandomStream(substreamKey(rootKey(seed), 0, 'test'));
}

/** Standard normals. */
export function normals(n: number, seed: string): Float64Array {
  const stream = streamOf(seed);
  return Float64Array.from({ length: n }, () => stream.normal());
}
