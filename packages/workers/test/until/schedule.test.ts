import { TAIL } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { checksOf, episodesNeeded, sizeOf, tailOf } from '../../src/until/schedule.ts';

/** Sizes of all checks. */
function sizes(first: number, cap: number): number[] {
  return Array.from({ length: checksOf(first, cap) }, (_, i) => sizeOf(i + 1, first, cap));
}

describe('checks', () => {
  it.each([
    [1, [1]],
    [1_000, [1_000]],
    [1_024, [1_024]],
    [1_025, [1_024, 1_025]],
    [2_048, [1_024, 2_048]],
    [10_000, [1_024, 2_048, 4_096, 8_192, 10_000]],
  ])('of a run of at most %i episodes are made at doubled sizes, the last at its end', (cap, expected) => {
    expect(sizes(1_024, cap)).toEqual(expected);
  });

  it('have error probabilities that add up to 5 % for any cap', () => {
    for (const cap of [1, 1_024, 1_025, 99_999, 1e9]) {
      expect(checksOf(1_024, cap) * tailOf(1_024, cap)).toBeCloseTo(TAIL, 12);
    }
  });
});

describe('the episodes that would do', () => {
  it('grow with the square of the half-width, where the checks stay as many', () => {
    // 600 to 1,000: one check for both.
    expect(episodesNeeded(0.011, 0.01, 1_024, 600)).toBe(730);
  });

  it('count the checks of a higher cap', () => {
    // 10,000 with 5 checks, z 2.5758; 40,000 and some with 7, z 2.6901: 10,000 × 4 × (2.6901 ÷ 2.5758)² = 43,628.
    expect(episodesNeeded(0.02, 0.01, 1_024, 10_000)).toBe(44_000);
  });

  it('are not named where no config can have so many', () => {
    expect(episodesNeeded(1, 1e-6, 1_024, 10_000)).toBeNull();
    expect(episodesNeeded(Number.POSITIVE_INFINITY, 1, 1_024, 10_000)).toBeNull();
  });
});
