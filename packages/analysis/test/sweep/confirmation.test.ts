import { describe, expect, test } from 'vitest';
import type { Selection } from '../../src/sweep/selection.ts';
import { type FreshPaths, isConfirmed, selectionSentence } from '../../src/sweep/summary.ts';

function selectionWith(...better: number[]): Selection {
  return { trials: [], best: 1, compared: 500, better, episodes: 1_000, tail: 0.05, method: '' };
}

function freshWith(low: number | null, high: number | null): FreshPaths {
  const difference = { value: 0, low, high, n: 1_000, method: '' };
  return { seed: 's/holdout', trial: 1, digest: '', metric: difference, benchmark: null, difference };
}

const MAXIMIZE = { direction: 'maximize' } as const;
const MINIMIZE = { direction: 'minimize' } as const;
const ZERO = { benchmark: 'zero' } as const;

describe('what is declared better', () => {
  test('is confirmed where the whole interval on fresh paths is on the better side', () => {
    expect(isConfirmed(selectionWith(1), MAXIMIZE, freshWith(0.01, 0.02))).toBe(true);
    expect(isConfirmed(selectionWith(1), MAXIMIZE, freshWith(-0.01, 0.02))).toBe(false);
    expect(isConfirmed(selectionWith(1), MINIMIZE, freshWith(-0.02, -0.01))).toBe(true);
    expect(isConfirmed(selectionWith(1), MINIMIZE, freshWith(-0.02, 0.01))).toBe(false);
    expect(isConfirmed(selectionWith(1), MAXIMIZE, freshWith(null, null))).toBe(false);
  });

  test('needs no confirmation where nothing is declared, and has none without fresh paths', () => {
    expect(isConfirmed(selectionWith(), MAXIMIZE, freshWith(0.01, 0.02))).toBeNull();
    expect(isConfirmed(selectionWith(1), MAXIMIZE, null)).toBeNull();
  });

  test('is not called better where fresh paths do not confirm it', () => {
    const sentence = selectionSentence(selectionWith(1, 2, 3), ZERO, false);
    expect(sentence).toBe(
      'Not confirmed: 3 of 500 rules look better than doing nothing on these paths, but the best of all is not on fresh ones; chance makes one sweep in 20 look so.',
    );
    expect(selectionSentence(selectionWith(1, 2, 3), ZERO, true)).toMatch(
      /^3 of 500 rules are better than doing nothing, .* The best of all is better on fresh paths too\.$/,
    );
    expect(selectionSentence(selectionWith(1), ZERO, null)).toMatch(/\(5 % error for all together\)\.$/);
  });
});
