/** One value an episode, in the order of episodes. */
export interface Sample {
  /** NaN where it is missing: the episode failed, or the figure is not defined for it. */
  readonly values: Float64Array;
  /** Values 2k and 2k + 1 depend on one another: antithetic pairs. Intervals then count pairs. */
  readonly antithetic: boolean;
}

/** The values that are there, in order. */
export function knownOf({ values }: Sample): Float64Array {
  return values.filter((value) => !Number.isNaN(value));
}
