import type { RandomStream } from '../random/stream.ts';

/** Whole numbers 0 … n - 1. */
export interface DiscreteSpace {
  readonly type: 'discrete';
  readonly n: number;
}

/** One whole number for each entry of `nvec`, below it. */
export interface MultiDiscreteSpace {
  readonly type: 'multi-discrete';
  readonly nvec: readonly number[];
}

/** float32 numbers within bounds, row by row; bounds may be infinite. */
export interface BoxSpace {
  readonly type: 'box';
  readonly shape: readonly number[];
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** What observations and actions are, as Gymnasium names it. */
export type Space = DiscreteSpace | MultiDiscreteSpace | BoxSpace;

/** How many numbers an element of the space has. */
export function sizeOf(space: Space): number {
  if (space.type === 'discrete') return 1;
  return space.type === 'multi-discrete' ? space.nvec.length : space.low.length;
}

/** Whether `values[at…]` is an element of the space. */
export function contains(space: Space, values: ArrayLike<number>, at: number = 0): boolean {
  return firstOutside(space, values, at) < 0;
}

/** The first of an element's numbers that the space does not have; -1 where it has all. */
export function firstOutside(space: Space, values: ArrayLike<number>, at: number): number {
  if (space.type === 'discrete') return isIndex(values[at], space.n) ? -1 : 0;
  if (space.type === 'multi-discrete') {
    const { nvec } = space;
    for (let i = 0; i < nvec.length; i++) if (!isIndex(values[at + i], nvec[i]!)) return i;
    return -1;
  }
  const { low, high } = space;
  for (let i = 0; i < low.length; i++) {
    // As float32, like the bounds: 0.95 is no more than a bound of 0.95.
    const value = Math.fround(values[at + i] ?? Number.NaN);
    if (!(value >= low[i]! && value <= high[i]! && value - value === 0)) return i;
  }
  return -1;
}

function isIndex(value: number | undefined, n: number): boolean {
  return value !== undefined && value >= 0 && value < n && value === Math.floor(value);
}

/**
 * Draws an element uniformly; a number without a finite bound as Gymnasium does: exponential from a bound, normal
 * without any.
 */
export function sample(space: Space, random: RandomStream, out: { [i: number]: number }, at: number = 0): void {
  if (space.type === 'discrete') {
    out[at] = random.integer(space.n);
    return;
  }
  if (space.type === 'multi-discrete') {
    for (let i = 0; i < space.nvec.length; i++) out[at + i] = random.integer(space.nvec[i]!);
    return;
  }
  for (let i = 0; i < space.low.length; i++) out[at + i] = sampleBetween(space.low[i]!, space.high[i]!, random);
}

function sampleBetween(low: number, high: number, random: RandomStream): number {
  const hasLow = low > Number.NEGATIVE_INFINITY;
  const hasHigh = high < Number.POSITIVE_INFINITY;
  if (hasLow && hasHigh) return low + (high - low) * random.nextDouble();
  if (!hasLow && !hasHigh) return random.normal();
  const distance = -Math.log1p(-random.nextDouble());
  return hasLow ? low + distance : high - distance;
}

/** A space in words, for errors: `Discrete(3)`, `Box(0, 1, (2,))`. */
export function describeSpace(space: Space): string {
  if (space.type === 'discrete') return `Discrete(${space.n})`;
  if (space.type === 'multi-discrete') return `MultiDiscrete([${space.nvec.join(', ')}])`;
  const ends = [Math.min(...space.low), Math.max(...space.high)];
  return `Box(${ends.join(', ')}, (${space.shape.join(', ')},))`;
}
