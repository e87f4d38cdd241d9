import { shareOfCount } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { newcombe } from '../../src/compare/ruin.ts';

describe('newcombe', () => {
  it('gives the intervals of the paper', () => {
    // Newcombe 1998, table II, method 10: 56/70 − 48/80 and 9/10 − 3/10.
    const first = newcombe(shareOfCount(48, 80), shareOfCount(56, 70));
    expect(first.value).toBeCloseTo(0.2, 12);
    expect(first.low).toBeCloseTo(0.0524, 4);
    expect(first.high).toBeCloseTo(0.3339, 4);
    const second = newcombe(shareOfCount(3, 10), shareOfCount(9, 10));
    expect(second.low).toBeCloseTo(0.1705, 4);
    expect(second.high).toBeCloseTo(0.809, 3);
  });

  it('says something where nothing was seen in either', () => {
    const none = newcombe(shareOfCount(0, 10), shareOfCount(0, 10));
    expect(none.low).toBeCloseTo(-0.2775, 4);
    expect(none.high).toBeCloseTo(0.2775, 4);
  });
});
