import type { Fact } from './fact.ts';
import { meanOf } from './sample.ts';
import { slopeOf } from './slope.ts';

const DFA =
  'Peng et al. 1994, "Mosaic organization of DNA nucleotides", Physical Review E 49 (detrended fluctuation analysis)';
const SMALLEST_BOX = 10;
const BOXES_AT_LEAST = 4;
const SIZES = 16;

/**
 * Hurst exponent by detrended fluctuation analysis of order 1: the slope, in logarithms, of the root mean square of the
 * running sum around its straight line in boxes of n steps, over n; 16 sizes from 10 to a quarter of the series. 0.5 for
 * independent values, more where they persist. Unlike the rescaled range it is not misled by slow trends. NaN where the series
 * does not move.
 */
export function hurstExponent(series: Float64Array): number {
  const profile = runningSum(series);
  const x: number[] = [];
  const y: number[] = [];
  for (const size of boxSizes(series.length)) {
    const fluctuation = fluctuationIn(profile, size);
    if (!(fluctuation > 0)) return Number.NaN;
    x.push(Math.log(size));
    y.push(Math.log(fluctuation));
  }
  return slopeOf(x, y);
}

function boxSizes(n: number): number[] {
  const largest = Math.floor(n / BOXES_AT_LEAST);
  const step = Math.log(largest / SMALLEST_BOX) / (SIZES - 1);
  const sizes = Array.from({ length: SIZES }, (_, i) => Math.round(SMALLEST_BOX * Math.exp(i * step)));
  return [...new Set(sizes)];
}

/** Σ of the deviations from the mean up to each value. */
function runningSum(series: Float64Array): Float64Array {
  const mean = meanOf(series);
  const sums = new Float64Array(series.length);
  let sum = 0;
  for (let i = 0; i < series.length; i++) {
    sum += series[i]! - mean;
    sums[i] = sum;
  }
  return sums;
}

/** Root mean square around the line of each box. */
function fluctuationIn(profile: Float64Array, size: number): number {
  const boxes = Math.floor(profile.length / size);
  const middle = (size - 1) / 2;
  const spread = (size * (size * size - 1)) / 12;
  let squares = 0;
  for (let box = 0; box < boxes; box++) {
    const start = box * size;
    let mean = 0;
    for (let i = 0; i < size; i++) mean += profile[start + i]!;
    mean /= size;
    let [xy, yy] = [0, 0];
    for (let i = 0; i < size; i++) {
      const deviation = profile[start + i]! - mean;
      xy += (i - middle) * deviation;
      yy += deviation * deviation;
    }
    squares += Math.max(0, yy - (xy * xy) / spread);
  }
  return Math.sqrt(squares / (boxes * size));
}

const LONG_MEMORY = 'long memory does not survive resampling in blocks';

export const hurstOfReturns: Fact = {
  name: 'hurst',
  label: 'Hurst exponent of r',
  unit: 'number',
  source: DFA,
  fewest: 100,
  memory: LONG_MEMORY,
  measure: ({ returns }) => hurstExponent(returns),
};

export const hurstOfAbsolute: Fact = {
  name: 'hurstAbsolute',
  label: 'Hurst exponent of |r|',
  unit: 'number',
  source: DFA,
  fewest: 100,
  memory: LONG_MEMORY,
  measure: ({ absolute }) => hurstExponent(absolute),
};
