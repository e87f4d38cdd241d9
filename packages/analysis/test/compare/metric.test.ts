import { RandomStream, rootKey, substreamKey } from '@ergodic/core';
import type { Sample } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { compareMetric, type MetricOptions } from '../../src/compare/metric.ts';
import { betterOf } from '../../src/compare/orientation.ts';

const ALONE: MetricOptions = { isPaired: true, comparisons: 1, failedPairs: 0 };

function sample(values: readonly number[] | Float64Array, antithetic = false): Sample {
  return { values: Float64Array.from(values), antithetic };
}

/** b = a + shift + noise, a with a deviation of 1. */
function shifted(n: number, shift: number, noise: number, seed = 'metric'): [Sample, Sample] {
  const stream = new RandomStream(substreamKey(rootKey(seed), 0, 'test'));
  const normals = new Float64Array(2 * n);
  stream.fillNormal(normals, 0, 2 * n);
  const a = normals.slice(0, n);
  return [sample(a), sample(a.map((x, i) => x + shift + noise * normals[n + i]!))];
}

describe('compareMetric', () => {
  it('finds a small difference on the same paths that independent samples hide', () => {
    // Paired: 0.05 ÷ (0.2 ÷ √1000) = 7.9 standard errors; independent: 0.05 ÷ √(2 ÷ 1000) = 1.1.
    const [a, b] = shifted(1_000, 0.05, 0.2);
    const paired = compareMetric('totalReturn', a, b, ALONE);
    expect(paired.verdict).toBe('better');
    expect(compareMetric('totalReturn', b, a, ALONE).verdict).toBe('worse');
    // (1 + 1 + 0.04) ÷ 0.04 = 51 times as many episodes.
    expect(paired.varianceRatio.low).toBeLessThan(51);
    expect(paired.varianceRatio.high).toBeGreaterThan(51);
    expect(compareMetric('totalReturn', a, b, { ...ALONE, isPaired: false }).verdict).toBe('undecided');
  });

  it('says how many episodes would decide', () => {
    const [a, b] = shifted(400, 0.01, 0.3);
    const { verdict, mean, episodesToDecide } = compareMetric('totalReturn', a, b, ALONE);
    expect(verdict).toBe('undecided');
    const error = (mean.difference.high - mean.difference.low) / (2 * 1.959964);
    // 1.96 + 0.84 standard errors: found in four of five tries.
    expect(episodesToDecide / (400 * ((2.801585 * error) / mean.difference.value) ** 2)).toBeCloseTo(1, 4);
  });

  it('turns everything round where less is better', () => {
    const [a, b] = shifted(500, 0.1, 0.2);
    const more = compareMetric('totalReturn', a, b, ALONE);
    const negative = ({ values }: Sample): Sample => sample(values.map((x) => -x));
    const less = compareMetric('maxDrawdown', negative(a), negative(b), ALONE);
    expect([more.better, less.better]).toEqual(['higher', 'lower']);
    expect(less.verdict).toBe('better');
    expect(less.mean.difference).toMatchObject({
      value: -more.mean.difference.value,
      low: -more.mean.difference.high,
      high: -more.mean.difference.low,
    });
    expect(less.tailQuantile.a.value).toBe(-more.tailQuantile.a.value);
    expect(less.shortfall.b.value).toBe(-more.shortfall.b.value);
    expect(less.improvement).toEqual(more.improvement);
    expect(less.firstOrder?.verdict).toBe('B dominates');
    expect(less.firstOrder?.againstA.at).toBe(-more.firstOrder!.againstA.at);
  });

  it('calls no direction better where none is', () => {
    const [a, b] = shifted(500, 0.1, 0.2);
    const { verdict, firstOrder, secondOrder } = compareMetric('turnover', a, b, ALONE);
    expect([verdict, firstOrder, secondOrder]).toEqual(['higher', undefined, undefined]);
    expect(compareMetric('turnover', b, a, ALONE).verdict).toBe('lower');
  });

  it('is identical only where every pair is', () => {
    const a = sample([0.1, Number.NaN, -0.2, 0.3]);
    expect(compareMetric('totalReturn', a, a, ALONE)).toMatchObject({ verdict: 'identical', n: [3, 3] });
    expect(compareMetric('totalReturn', a, a, ALONE).median.difference.low).toBeNaN();
    const b = sample([0.1, 0.5, -0.2, 0.3000001]);
    expect(compareMetric('totalReturn', a, b, ALONE).verdict).toBe('undecided');
    // Independent runs that came to the same numbers are not the same runs.
    expect(compareMetric('totalReturn', a, a, { ...ALONE, isPaired: false }).verdict).toBe('undecided');
  });

  it('decides for a gain that is the same on every path', () => {
    const [a] = shifted(50, 0, 0);
    const b = sample(a.values.map((x) => Math.round(x * 1024) / 1024 + 0.25));
    const rounded = sample(a.values.map((x) => Math.round(x * 1024) / 1024));
    expect(compareMetric('totalReturn', rounded, b, ALONE).verdict).toBe('better');
  });

  it('leaves out pairs in which either is missing, also from the figures of the other', () => {
    const a = sample([1, 2, 3, Number.NaN, 5]);
    const b = sample([2, Number.NaN, 4, 100, 6]);
    const { n, mean, improvementBounds } = compareMetric('totalReturn', a, b, { ...ALONE, failedPairs: 2 });
    expect(n).toEqual([3, 3]);
    expect([mean.a.value, mean.b.value, mean.difference.value]).toEqual([3, 4, 1]);
    // Three of three improved; two might have gone either way.
    expect(improvementBounds).toEqual({ against: 3 / 5, for: 1 });
  });

  it.each([
    [[], []],
    [[1], [2]],
    [
      [Number.NaN, Number.NaN],
      [1, 2],
    ],
  ])('says nothing of %j and %j', (a, b) => {
    const metric = compareMetric('totalReturn', sample(a), sample(b), { ...ALONE, failedPairs: 1 });
    expect(metric.verdict).toBe('unknown');
    expect(metric.mean.difference.low).toBeNaN();
    expect(metric.episodesToDecide).toBeNaN();
  });
});

describe('betterOf', () => {
  it('knows what a trader wants of each column', () => {
    expect(['totalReturn', 'sharpe', 'reward_log-return', 'lowestReturn'].map(betterOf)).toEqual(
      Array(4).fill('higher'),
    );
    expect(['maxDrawdown', 'commission', 'spread', 'rejects'].map(betterOf)).toEqual(Array(4).fill('lower'));
    expect(['orders', 'exposure', 'finalPrice_A', 'draw_steps'].map(betterOf)).toEqual(Array(4).fill('none'));
  });
});
