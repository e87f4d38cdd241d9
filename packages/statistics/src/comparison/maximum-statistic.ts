import type { RandomStream } from '@ergodic/core';
import { drawCounts } from './resampling.ts';

/** Resamples at once: their sums stay in registers. */
const WIDTH = 4;

/** What resampling says of the largest of several studentised means. */
export interface ResampledMaxima {
  /** Of each, in how many resamples the largest statistic of it and all that come after it reaches the observed one. */
  readonly reached: Float64Array;
  /** Largest statistic of all, by resample. */
  readonly maxima: Float64Array;
}

/**
 * Resamples episodes, the same for all series. A statistic is the mean over its standard error, both of the resample; the error counts as at
 * least half that of the sample, so that a series that differs from its mean in a few episodes only, which a resample may all miss, cannot
 * make the maximum infinite.
 *
 * @param scores Deviations from the mean ÷ standard deviation, by series, in falling order of the observed statistics; of one length.
 * @param observed Statistics of the sample, falling.
 */
export function resampleMaxima(
  scores: readonly Float64Array[],
  observed: Float64Array,
  isTwoSided: boolean,
  replications: number,
  stream: RandomStream,
): ResampledMaxima {
  const reached = new Float64Array(scores.length);
  const maxima = new Float64Array(replications);
  const counts = new Float64Array((scores[0]?.length ?? 0) * WIDTH);
  const statistics = new Float64Array(scores.length * WIDTH);
  for (let from = 0; from < replications; from += WIDTH) {
    drawCounts(stream, counts, WIDTH);
    for (let k = 0; k < scores.length; k++) resample(scores[k]!, counts, statistics, k * WIDTH);
    for (let r = 0; r < Math.min(WIDTH, replications - from); r++) {
      maxima[from + r] = countReached(statistics, r, isTwoSided, observed, reached);
    }
  }
  return { reached, maxima };
}

/** Writes the studentised means of WIDTH resamples. */
function resample(scores: Float64Array, counts: Float64Array, out: Float64Array, at: number): void {
  const { length: n } = scores;
  let [s0, s1, s2, s3, q0, q1, q2, q3] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0, j = 0; i < n; i++, j += WIDTH) {
    const x = scores[i]!;
    const y0 = counts[j]! * x;
    const y1 = counts[j + 1]! * x;
    const y2 = counts[j + 2]! * x;
    const y3 = counts[j + 3]! * x;
    s0 += y0;
    s1 += y1;
    s2 += y2;
    s3 += y3;
    q0 += y0 * x;
    q1 += y1 * x;
    q2 += y2 * x;
    q3 += y3 * x;
  }
  out[at] = statisticOf(s0, q0, n);
  out[at + 1] = statisticOf(s1, q1, n);
  out[at + 2] = statisticOf(s2, q2, n);
  out[at + 3] = statisticOf(s3, q3, n);
}

function statisticOf(sum: number, squares: number, n: number): number {
  const variance = (squares - (sum * sum) / n) / (n - 1);
  return sum / Math.sqrt(n * Math.max(variance, 1 / 4));
}

/** Counts for each series whether the largest statistic from it on reaches its observed one. Returns the largest of all. */
function countReached(
  statistics: Float64Array,
  r: number,
  isTwoSided: boolean,
  observed: Float64Array,
  reached: Float64Array,
): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = observed.length - 1; k >= 0; k--) {
    const value = statistics[k * WIDTH + r]!;
    largest = Math.max(largest, isTwoSided ? Math.abs(value) : value);
    if (largest >= observed[k]!) reached[k] = reached[k]! + 1;
  }
  return largest;
}
