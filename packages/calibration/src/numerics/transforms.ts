/** A parameter with bounds as a free number, so that a search needs none. */
export interface Transform {
  /** Value within the bounds → free number. */
  toFree(value: number): number;
  toValue(free: number): number;
  /** Of the value by the free number. */
  derivative(free: number): number;
  /** Whether the value has a bound that the free number can run towards without end. */
  readonly isBounded: boolean;
}

/** Any number. */
export const real: Transform = {
  isBounded: false,
  toFree: (value) => value,
  toValue: (free) => free,
  derivative: () => 1,
};

/** Any number, searched in units of `unit`: for values whose size is far from 1. */
export function scaled(unit: number): Transform {
  return {
    isBounded: false,
    toFree: (value) => value / unit,
    toValue: (free) => free * unit,
    derivative: () => unit,
  };
}

/** Numbers greater than `bound`. */
export function above(bound: number): Transform {
  return {
    isBounded: true,
    toFree: (value) => Math.log(value - bound),
    toValue: (free) => bound + Math.exp(free),
    derivative: (free) => Math.exp(free),
  };
}

/** Numbers greater than 0. */
export const positive: Transform = above(0);

/** Numbers between two bounds. */
export function between(lower: number, upper: number): Transform {
  const width = upper - lower;
  return {
    isBounded: true,
    toFree: (value) => Math.log((value - lower) / (upper - value)),
    toValue: (free) => lower + width / (1 + Math.exp(-free)),
    derivative: (free) => {
      const p = 1 / (1 + Math.exp(-free));
      return width * p * (1 - p);
    },
  };
}
