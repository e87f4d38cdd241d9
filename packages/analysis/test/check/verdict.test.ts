import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excessOf, holds, verdictOf } from '../../src/check/verdict.ts';

const OPERATORS = ['<', '<=', '>', '>='] as const;

describe('a verdict', () => {
  it('is the one that every value of the interval has', () => {
    const number = fc.integer({ min: -4, max: 4 });
    const given = [number, number, number, fc.constantFrom(...OPERATORS)] as const;
    fc.assert(
      fc.property(...given, (one, other, bound, operator) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const within = Array.from({ length: 2 * (high - low) + 1 }, (_, i) => low + i / 2);
        const every = (wanted: boolean): boolean => within.every((value) => holds(value, operator, bound) === wanted);
        const expected = every(true) ? 'passed' : every(false) ? 'failed' : 'undecided';
        expect(verdictOf({ low, high }, operator, bound)).toBe(expected);
      }),
    );
  });

  it('is undecided without an interval, and where an open one reaches over the bound', () => {
    const { NaN: missing, NEGATIVE_INFINITY: open } = Number;
    expect(verdictOf({ low: missing, high: missing }, '>', 0)).toBe('undecided');
    expect(verdictOf({ low: open, high: 1 }, '>', 0)).toBe('undecided');
    expect(verdictOf({ low: open, high: 1 }, '<', 2)).toBe('passed');
    expect(verdictOf({ low: open, high: 1 }, '>', 1)).toBe('failed');
  });
});

describe('an excess', () => {
  it('is above zero exactly on the wrong side', () => {
    expect(excessOf(0.03, '<', 0.01)).toBeCloseTo(0.02, 12);
    expect(excessOf(0.03, '<=', 0.04)).toBeCloseTo(-0.01, 12);
    expect(excessOf(0.03, '>', 0.05)).toBeCloseTo(0.02, 12);
    expect(excessOf(0.03, '>=', 0.01)).toBeCloseTo(-0.02, 12);
  });
});
