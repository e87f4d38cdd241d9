import type { Operator } from './assertion.ts';

export type Verdict = 'passed' | 'failed' | 'undecided';

/** Ends of an interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export function holds(value: number, operator: Operator, bound: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
}

/** Decided only where the assertion holds in the whole interval, or nowhere in it. */
export function verdictOf({ low, high }: Interval, operator: Operator, bound: number): Verdict {
  const atLow = holds(low, operator, bound);
  if (Number.isNaN(low) || Number.isNaN(high) || atLow !== holds(high, operator, bound)) return 'undecided';
  return atLow ? 'passed' : 'failed';
}

/** How far a value is on the wrong side of a bound; negative where it is on the right one. */
export function excessOf(value: number, operator: Operator, bound: number): number {
  return operator === '<' || operator === '<=' ? value - bound : bound - value;
}
