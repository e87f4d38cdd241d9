/** Losses end an episode, and gains count, up to so many typical results. */
const LOSS_SCALES = 2;
const GAIN_SCALES = 10;
/** Below it a bound would be rounding. */
const LEAST = 1e-9;

/** Bounds of what an episode of a null run can show, fractions of the initial equity. */
export interface Bounds {
  /** An episode ends at the first mark at which it has lost so much. */
  readonly loss: number;
  /** A larger gain counts as this. */
  readonly gain: number;
}

/**
 * Bounds from the total returns of a pilot run: with m the median size of those that are not zero, a loss of 2 m and a gain of 10 m.
 *
 * A strategy that doubles its stake, or holds losers and sells winners, gains a little nearly always and loses all hardly ever; a sample that
 * happens to have no such loss would say that it always gains. Ended at a small loss the same account is still a fair game, for a
 * martingale stopped is a martingale (Doob's optional stopping), and has no rare loss any more. Gains that are cut lower the mean, so they
 * raise no alarm; uncut, one episode could outweigh all others.
 */
export function boundsOf(returns: Float64Array, ruin: number): Bounds {
  const sizes = returns
    .filter((value) => Math.abs(value) > LEAST)
    .map(Math.abs)
    .sort();
  if (sizes.length === 0) return { loss: 1 - ruin, gain: Number.POSITIVE_INFINITY };
  const scale = sizes[sizes.length >> 1]!;
  return { loss: Math.min(1 - ruin, LOSS_SCALES * scale), gain: GAIN_SCALES * scale };
}
