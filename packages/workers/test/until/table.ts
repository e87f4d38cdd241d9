import { END_REASONS, RandomStream, rootKey, substreamKey } from '@ergodic/core';
import type { EpisodeTable } from '@ergodic/statistics';

/** Episodes of one column, totalReturn; NaN where one failed. */
export function tableOf(totalReturn: Float64Array): EpisodeTable {
  const failed = END_REASONS.indexOf('failed');
  const completed = END_REASONS.indexOf('completed');
  return {
    episodes: totalReturn.length,
    antithetic: false,
    stepsPerYear: 365,
    columns: ['totalReturn'],
    endReason: Uint8Array.from(totalReturn, (value) => (Number.isNaN(value) ? failed : completed)),
    column: () => totalReturn,
  };
}

/** Returns of a lognormal wealth: e^(s·z) − 1, z normal. Its mean is e^(s²/2) − 1. */
export function lognormalReturns(n: number, s: number, seed: string): Float64Array {
  const stream = new RandomStream(substreamKey(rootKey(seed), 0, 'test'));
  return Float64Array.from({ length: n }, () => Math.exp(s * stream.normal()) - 1);
}
