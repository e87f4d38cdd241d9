import { RandomStream, rootKey, substreamKey } from '@ergodic/core';
import type { Sample } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { type Contender, completed, correct } from '../../src/compare/correction.ts';
import { compareMetric } from '../../src/compare/metric.ts';

const N = 400;

function normals(n: number, episode: number): Float64Array {
  const values = new Float64Array(n);
  new RandomStream(substreamKey(rootKey('correction'), episode, 'test')).fillNormal(values, 0, n);
  return values;
}

/** Contenders against one baseline on n paths, each with a mean difference of its own. */
function contenders(shifts: readonly number[], isPaired = true, n = N): Contender[] {
  const base: Sample = { values: normals(n, 0), antithetic: false };
  return shifts.map((shift, k) => {
    const noise = normals(n, k + 1);
    const values = base.values.map((x, i) => x + shift + 0.3 * noise[i]!);
    const other: Sample = { values, antithetic: false };
    // A column without dominance, which takes long.
    const metric = compareMetric('turnover', base, other, { isPaired, comparisons: shifts.length, failedPairs: 0 });
    return { metric, differences: isPaired ? values.map((x, i) => x - base.values[i]!) : undefined };
  });
}

describe('correct', () => {
  it('leaves a single comparison as it is', () => {
    const one = contenders([0.1]);
    expect(correct(one, false)).toEqual({ metrics: [one[0]!.metric], correction: undefined });
  });

  it('declares none of forty that are no better, of which some look so alone', () => {
    const many = contenders(Array(40).fill(0));
    // Of 40 tests at 5 % none is below with probability 0.13; at this seed some are.
    expect(many.some(({ metric }) => metric.verdict !== 'undecided')).toBe(true);
    const { metrics, correction } = correct(many, false);
    expect(metrics.map(({ verdict }) => verdict)).toEqual(Array(40).fill('undecided'));
    expect(correction).toMatchObject({ comparisons: 40, method: expect.stringContaining('Romano–Wolf') });
    for (const [i, { adjustedPValue }] of metrics.entries()) {
      expect(adjustedPValue).toBeGreaterThanOrEqual(many[i]!.metric.pValue);
    }
  });

  it('finds the one among them that is better, and the one that is worse', () => {
    // 0.1 ÷ (0.3 ÷ √400) = 6.7 standard errors.
    const { metrics } = correct(contenders([0.1, 0, 0, -0.1, 0]), false);
    expect(metrics.map(({ verdict }) => verdict)).toEqual(['higher', 'undecided', 'undecided', 'lower', 'undecided']);
  });

  it('adjusts independent runs by Holm', () => {
    const many = contenders([0.5, 0, 0.4], false);
    const { metrics, correction } = correct(many, false);
    expect(correction?.method).toContain('Holm');
    const [first, second, third] = many.map(({ metric }) => metric.pValue) as [number, number, number];
    expect(metrics[0]!.adjustedPValue).toBeCloseTo(3 * first, 12);
    expect(metrics[2]!.adjustedPValue).toBeCloseTo(Math.max(3 * first, 2 * third), 12);
    expect(metrics[1]!.adjustedPValue).toBeCloseTo(Math.max(2 * third, second), 12);
  });

  it('lets runs that do not differ, and runs without pairs, out of the count', () => {
    const [one, two] = contenders([0.1, 0]);
    const none = { values: new Float64Array(N).fill(Number.NaN), antithetic: false };
    const empty: Contender = {
      metric: compareMetric('turnover', none, none, { isPaired: true, comparisons: 3, failedPairs: N }),
      differences: none.values,
    };
    const { metrics } = correct([one!, two!, empty], false);
    expect(metrics.map(({ verdict }) => verdict)).toEqual(['higher', 'undecided', 'unknown']);
    expect(metrics[2]!.adjustedPValue).toBeNaN();
  });

  it('comes to the same from means of blocks where there are very many episodes', () => {
    const n = 90_000;
    // 1.0 and 3.3 standard errors.
    const { metrics } = correct(contenders([0.3 / Math.sqrt(n), 1 / Math.sqrt(n)], true, n), false);
    const alone = contenders([0.3 / Math.sqrt(n), 1 / Math.sqrt(n)], true, n).map(({ metric }) => metric.pValue);
    // Two comparisons: between the p-value alone and twice it, give or take 1,000 resamples: 4·√(p ÷ 1000).
    for (const [i, { adjustedPValue }] of metrics.entries()) {
      const slack = 4 * Math.sqrt(alone[i]! / 1_000) + 2 / 1_001;
      expect(adjustedPValue).toBeGreaterThan(alone[i]! - slack);
      expect(adjustedPValue).toBeLessThan(2 * alone[i]! + slack);
    }
  });
});

describe('completed', () => {
  it('keeps the mean of what is known, and its standard error', () => {
    const known = normals(600, 9);
    const values = new Float64Array(1_000).fill(Number.NaN);
    known.forEach((x, i) => {
      values[i] = x;
    });
    const complete = completed(values, 1_200);
    const mean = known.reduce((sum, x) => sum + x, 0) / 600;
    const error = Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 599 / 600);
    expect(complete).toHaveLength(1_200);
    expect(complete.reduce((sum, x) => sum + x, 0) / 1_200).toBeCloseTo(mean, 12);
    const filled = Math.sqrt(complete.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 1_199 / 1_200);
    // The divisors n − 1 differ: √(599 × 1200 ÷ (600 × 1199)).
    expect(filled / error).toBeCloseTo(Math.sqrt((599 * 1_200) / (600 * 1_199)), 12);
  });

  it('changes nothing where nothing is missing', () => {
    const values = normals(50, 3);
    expect(completed(values, 50)).toEqual(values);
  });
});
