import { meanKnown } from '../ensemble/moments.ts';

/** Sums over the blocks of one half of the time, for every subset of them: bit b of the subset's number is block b. */
interface SubsetSums {
  readonly steps: Float64Array;
  /** Subsets × trials, row by row. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Calls `visit` with the Sharpe ratios a step of all trials in sample and out of sample, for every way to put half of the blocks of time
 * in sample; returns how many these are. NaN where a trial does not move. The arrays are used again.
 *
 * A split is a subset of the early blocks and one of the late blocks. The sums of all subsets are made once; so a split costs one
 * addition a trial, whatever the number of blocks.
 */
export function forEachSplit(
  returns: readonly Float64Array[],
  blocks: number,
  visit: (inSample: Float64Array, outOfSample: Float64Array) => void,
): number {
  const half = blocks / 2;
  // Squares of deviations from the mean keep their digits.
  const means = Float64Array.from(returns, (values) => meanKnown(values).mean);
  const centred = returns.map((values, k) => values.map((x) => x - means[k]!));
  const early = subsetSums(centred, blocks, 0);
  const late = subsetSums(centred, blocks, half);
  const inSample = new Float64Array(returns.length);
  const outOfSample = new Float64Array(returns.length);
  const all = (1 << half) - 1;
  let splits = 0;
  for (let first = 0; first <= all; first++) {
    for (let second = 0; second <= all; second++) {
      if (bits(first) + bits(second) !== half) continue;
      sharpeRatios(early, late, first, second, means, inSample);
      sharpeRatios(early, late, all - first, all - second, means, outOfSample);
      visit(inSample, outOfSample);
      splits++;
    }
  }
  return splits;
}

function sharpeRatios(
  early: SubsetSums,
  late: SubsetSums,
  first: number,
  second: number,
  means: Float64Array,
  out: Float64Array,
): void {
  const { length: trials } = out;
  const steps = early.steps[first]! + late.steps[second]!;
  for (let k = 0, i = first * trials, j = second * trials; k < trials; k++, i++, j++) {
    const mean = (early.sums[i]! + late.sums[j]!) / steps;
    const square = early.squares[i]! + late.squares[j]!;
    const variance = (square - steps * mean * mean) / (steps - 1);
    // Rounding leaves a little where nothing moves.
    out[k] = variance > 1e-12 * (square / steps) ? (mean + means[k]!) / Math.sqrt(variance) : Number.NaN;
  }
}

/** Of the half of the blocks that starts at block `from`. */
function subsetSums(returns: readonly Float64Array[], blocks: number, from: number): SubsetSums {
  const half = blocks / 2;
  const trials = returns.length;
  const subsets = 1 << half;
  const steps = new Float64Array(subsets);
  const sums = new Float64Array(subsets * trials);
  const squares = new Float64Array(subsets * trials);
  const length = returns[0]!.length;
  for (let b = 0; b < half; b++) {
    const start = Math.floor(((from + b) * length) / blocks);
    const end = Math.floor(((from + b + 1) * length) / blocks);
    steps[1 << b] = end - start;
    returns.forEach((values, k) => {
      let sum = 0;
      let square = 0;
      for (let i = start; i < end; i++) {
        sum += values[i]!;
        square += values[i]! * values[i]!;
      }
      sums[(1 << b) * trials + k] = sum;
      squares[(1 << b) * trials + k] = square;
    });
  }
  for (let subset = 1; subset < subsets; subset++) {
    const lowest = subset & -subset;
    const rest = subset - lowest;
    if (rest === 0) continue;
    steps[subset] = steps[lowest]! + steps[rest]!;
    for (let k = 0; k < trials; k++) {
      const at = subset * trials + k;
      sums[at] = sums[lowest * trials + k]! + sums[rest * trials + k]!;
      squares[at] = squares[lowest * trials + k]! + squares[rest * trials + k]!;
    }
  }
  return { steps, sums, squares };
}

function bits(subset: number): number {
  let count = 0;
  for (let rest = subset; rest > 0; rest &= rest - 1) count++;
  return count;
}
