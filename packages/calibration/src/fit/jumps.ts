import { fitNormal } from './normal.ts';

/** Log returns as a quiet part and the ones that stand out: where a search for jumps begins. */
export interface RoughJumps {
  /** Standard deviation of the quiet returns. */
  readonly quietDeviation: number;
  /** Standard deviation of all returns. */
  readonly deviation: number;
  readonly mean: number;
  /** Share of the returns that stand out, more than zero. */
  readonly share: number;
  /** Mean and root mean square of those, about the mean of the others. */
  readonly jumpMean: number;
  readonly jumpDeviation: number;
}

/** Returns beyond so many deviations of the others stand out. */
const OUTLIER = 3.5;

/** Sets apart, again and again, what is far from the rest. */
export function roughJumps(returns: Float64Array): RoughJumps {
  const all = fitNormal(returns);
  let quiet = all;
  let jumps = new Float64Array(0);
  for (let round = 0; round < 20; round++) {
    const limit = OUTLIER * Math.sqrt(quiet.variance);
    const isJump = (r: number): boolean => Math.abs(r - quiet.mean) > limit;
    const found = returns.filter(isJump);
    if (found.length === jumps.length || found.length > returns.length / 4) break;
    jumps = found;
    const rest = returns.filter((r) => !isJump(r));
    quiet = fitNormal(rest);
  }
  const deviation = Math.sqrt(all.variance);
  const jumpMean = jumps.reduce((sum, r) => sum + (r - quiet.mean) / jumps.length, 0);
  const square = jumps.reduce((sum, r) => sum + ((r - quiet.mean) * (r - quiet.mean)) / jumps.length, 0);
  return {
    quietDeviation: Math.sqrt(quiet.variance) || deviation / 2,
    deviation,
    mean: all.mean,
    share: Math.max(jumps.length, 1) / returns.length,
    jumpMean,
    jumpDeviation: jumps.length > 1 ? Math.sqrt(square) : 3 * deviation,
  };
}
