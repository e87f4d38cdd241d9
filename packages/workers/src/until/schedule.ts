import { normalQuantile } from '@ergodic/core';
import { TAIL } from '@ergodic/statistics';

/**
 * Episodes before the first check. Below some thousand, intervals of skewed figures do not cover what they promise; and a
 * multiple of the rows of a policy.
 */
export const FIRST_CHECK = 1_024;
/** Above it, no number of episodes is named: no config may have more. */
const MOST = 1e9;

/** Episodes at the k-th check, from 1: twice as many each time, and at last all that the config allows. */
export function sizeOf(check: number, first: number, cap: number): number {
  return Math.min(cap, first * 2 ** (check - 1));
}

/** How many checks a run may come to; known before its first episode. */
export function checksOf(first: number, cap: number): number {
  return 1 + Math.max(0, Math.ceil(Math.log2(cap / first)));
}

/**
 * Error probability of the interval at each check: equal at all, as with Pocock (1977, "Group sequential methods in the design and
 * analysis of clinical trials", Biometrika 64), and TAIL in sum. By the union bound all intervals of a run hold at once with 1 − TAIL,
 * whichever of them ends it, and whatever the figure: no two checks need to be independent, or normal.
 */
export function tailOf(first: number, cap: number): number {
  return TAIL / checksOf(first, cap);
}

/**
 * About how many episodes a run needs that did not come to its half-width within its cap: the interval shrinks with 1/√n, and that of a higher
 * cap has more checks. To two digits, upwards; null where no config can have so many.
 */
export function episodesNeeded(half: number, wanted: number, first: number, cap: number): number | null {
  let needed = cap;
  // Checks grow with the logarithm of episodes: this settles after two or three rounds.
  for (let round = 0; round < 8; round++) {
    const wider = normalQuantile(tailOf(first, needed) / 2) / normalQuantile(tailOf(first, cap) / 2);
    needed = cap * ((half * wider) / wanted) ** 2;
    if (!(needed <= MOST)) return null;
  }
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(needed)) - 1);
  // The rounding of doubles is no episode more.
  return Math.ceil(needed / unit - 1e-9) * unit;
}
