import { meanOf, shareOfCount } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { episodesNeeded } from '../../src/check/needed.ts';
import { normals } from './table.ts';

describe('the episodes that would decide', () => {
  it('grow with the square of half-width over distance', () => {
    // The bound is at a tenth of the half-width: a hundred times the episodes.
    expect(episodesNeeded({ value: 0.5, low: 0, high: 1 }, 0.55, 100, false)).toBe(10_000);
    expect(episodesNeeded({ value: 0.5, low: 0, high: 1 }, 0.45, 100, false)).toBe(10_000);
  });

  it('take the side of a skewed interval that the bound is on', () => {
    expect(episodesNeeded({ value: 1, low: 0, high: 5 }, 0.5, 100, false)).toBe(400);
    expect(episodesNeeded({ value: 1, low: 0, high: 5 }, 3, 100, false)).toBe(400);
  });

  it('are rounded up to two digits, even, and more than there are', () => {
    // (1 ÷ 0.9)² × 1,000 = 1,234.6
    expect(episodesNeeded({ value: 0, low: -1, high: 1 }, 0.9, 1_000, false)).toBe(1_300);
    expect(episodesNeeded({ value: 0, low: -1, high: 1 }, 0.9, 3, false)).toBe(4);
    expect(episodesNeeded({ value: 0, low: -1, high: 1 }, 1, 5, false)).toBe(6);
  });

  it('of a share are those at which Wilson’s interval ends at the bound', () => {
    for (const [k, n, bound] of [
      [0, 100, 0.01],
      [2, 400, 0.01],
      [30, 1_000, 0.025],
      [97, 100, 0.98],
    ] as const) {
      const needed = episodesNeeded(shareOfCount(k, n), bound, n, true)!;
      const scaled = (episodes: number) => shareOfCount((k * episodes) / n, episodes);
      const isDecided = (episodes: number): boolean => scaled(episodes).high < bound || scaled(episodes).low > bound;
      expect(isDecided(needed), `${k} of ${n}`).toBe(true);
      // Less the rounding to two digits there are too few.
      expect(isDecided(0.9 * needed), `${k} of ${n}`).toBe(false);
    }
  });

  it('decide, where the figure stays where it is', () => {
    const values = normals(400, 'needed');
    const { value, low, high } = meanOf({ values, antithetic: false });
    const bound = value - (value - low) / 3;
    const needed = episodesNeeded({ value, low, high }, bound, 400, false)!;
    // The same values so many times over have the same mean.
    const times = Math.ceil(needed / 400);
    const more = Float64Array.from({ length: times * 400 }, (_, i) => values[i % 400]!);
    expect(meanOf({ values: more, antithetic: false }).low).toBeGreaterThan(bound);
    expect(times).toBeLessThanOrEqual(10);
  });

  it('are at least twice as many where the interval is open towards the bound', () => {
    const open = { value: 0.5, low: Number.NEGATIVE_INFINITY, high: 1 };
    expect(episodesNeeded(open, 0.1, 40, false)).toBe(80);
    expect(episodesNeeded(open, 0.45, 40, false)).toBe(4_000);
  });

  it('are not named at the bound, nor where no run could have so many, nor where both ends are open', () => {
    expect(episodesNeeded({ value: 0.5, low: 0, high: 1 }, 0.5, 100, false)).toBeNull();
    expect(episodesNeeded({ value: 0, low: 0, high: 0.04 }, 0, 100, true)).toBeNull();
    expect(episodesNeeded({ value: 0.5, low: 0, high: 1 }, 0.5 + 1e-7, 10_000, false)).toBeNull();
    const { NEGATIVE_INFINITY: low, POSITIVE_INFINITY: high } = Number;
    expect(episodesNeeded({ value: 0.5, low, high }, 0, 3, false)).toBeNull();
  });
});
