import { RandomStream, rootKey, substreamKey } from '@ergodic/core';

/** Seed of resampling where none is named. */
export const RESAMPLING_SEED = 'resampling';

/** The stream that one purpose draws from: the same draws for the same seed and purpose, in every process. */
export function resamplingStream(purpose: string, seed = RESAMPLING_SEED): RandomStream {
  return new RandomStream(substreamKey(rootKey(seed), 0, `statistics/${purpose}`));
}

/**
 * Counts how often each of n values is drawn when n are drawn with replacement (Efron 1979, "Bootstrap methods"), for several
 * resamples at once: `counts[i·width + r]` of value i in resample r.
 */
export function drawCounts(stream: RandomStream, counts: Float64Array, width: number): void {
  const n = counts.length / width;
  counts.fill(0);
  for (let r = 0; r < width; r++) {
    for (let i = 0; i < n; i++) {
      const at = stream.integer(n) * width + r;
      counts[at] = counts[at]! + 1;
    }
  }
}
