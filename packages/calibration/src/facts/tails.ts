import type { Fact } from './fact.ts';

const HILL =
  'Hill 1975, "A simple general approach to inference about the tail of a distribution", Annals of Statistics 3';
/** Of all returns, those that are taken for a tail. */
const TAIL_SHARE = 0.05;
const LARGEST_SHARE = 0.01;

/**
 * Hill's estimate of the exponent α of a tail P(X > x) ~ x^−α, from the largest 5 % of the values: k over the sum of the
 * log ratios of the k largest to the next one. `sorted` is ascending. NaN where that one is not above 0.
 */
export function hillIndex(sorted: Float64Array): number {
  const n = sorted.length;
  const k = Math.floor(TAIL_SHARE * n);
  const threshold = sorted[n - k - 1]!;
  if (!(threshold > 0)) return Number.NaN;
  let sum = 0;
  for (let i = n - k; i < n; i++) sum += Math.log(sorted[i]! / threshold);
  return sum > 0 ? k / sum : Number.NaN;
}

export const upperTail: Fact = {
  name: 'upperTailIndex',
  label: 'tail index of gains (Hill)',
  unit: 'number',
  source: HILL,
  fewest: 200,
  memory: 0,
  measure: ({ sorted }) => hillIndex(sorted),
};

export const lowerTail: Fact = {
  name: 'lowerTailIndex',
  label: 'tail index of losses (Hill)',
  unit: 'number',
  source: HILL,
  fewest: 200,
  memory: 0,
  measure: ({ sorted }) => hillIndex(sorted.map((_, i) => -sorted[sorted.length - 1 - i]!)),
};

/** How much of the variation lies in a few moves: Σ r² over the largest 1 % of the moves, over all Σ r². */
export const largestMoves: Fact = {
  name: 'largestMovesShare',
  label: 'variance in largest 1 % of moves',
  unit: 'percent',
  source:
    'Cont 2001 (intermittency); Mandelbrot 1963, "The variation of certain speculative prices", Journal of Business 36',
  fewest: 200,
  memory: 0,
  measure: ({ absolute }) => {
    const sizes = absolute.toSorted();
    const first = sizes.length - Math.max(1, Math.round(LARGEST_SHARE * sizes.length));
    let all = 0;
    let largest = 0;
    for (let i = 0; i < sizes.length; i++) {
      const square = sizes[i]! * sizes[i]!;
      all += square;
      if (i >= first) largest += square;
    }
    return all > 0 ? largest / all : Number.NaN;
  },
};
