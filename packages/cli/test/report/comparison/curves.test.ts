import { RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { curvesOf } from '../../../src/report/comparison/data/curves.ts';

function normals(n: number, episode: number): Float64Array {
  const values = new Float64Array(n);
  new RandomStream(substreamKey(rootKey('curves'), episode, 'test')).fillNormal(values, 0, n);
  return values;
}

const NONE = new Float64Array();

describe('curvesOf', () => {
  it('has the shares above each value, and their difference between its ends', () => {
    const a = normals(500, 0);
    const b = a.map((x) => x + 0.1);
    for (const { x, a: shareA, b: shareB, gap, low, high } of curvesOf({ a, b, antithetic: false, sorted: NONE })) {
      expect(shareA).toBe(a.filter((y) => y > x).length / 500);
      expect(shareB).toBe(b.filter((y) => y > x).length / 500);
      expect(gap).toBeCloseTo(shareB - shareA, 12);
      // Only the pairs that x falls between count: Wald's interval of their share.
      const between = gap * 500;
      const error = Math.sqrt((between / 500) * (1 - between / 500)) / Math.sqrt(500);
      expect(high - gap).toBeCloseTo(1.959964 * error, 6);
      expect(gap - low).toBeCloseTo(high - gap, 12);
    }
  });

  it('counts antithetic pairs once: twice the same episode says no more', () => {
    const [a, b] = [normals(200, 1), normals(200, 2)];
    const twice = (values: Float64Array): Float64Array => Float64Array.from({ length: 400 }, (_, i) => values[i >> 1]!);
    const alone = curvesOf({ a, b, antithetic: false, sorted: NONE });
    const doubled = curvesOf({ a: twice(a), b: twice(b), antithetic: true, sorted: NONE });
    for (const [i, { gap, low, high }] of doubled.entries()) {
      expect(gap).toBeCloseTo(alone[i]!.gap, 1);
      if (Math.abs(doubled[i]!.x - alone[i]!.x) < 1e-12)
        expect(high - low).toBeCloseTo(alone[i]!.high - alone[i]!.low, 12);
    }
  });

  it('leaves out what is missing and draws nothing of one value', () => {
    const a = Float64Array.of(1, Number.NaN, 2, 3);
    const points = curvesOf({ a, b: Float64Array.of(2, Number.NaN, 2, 4), antithetic: false, sorted: NONE });
    expect(points[0]!.a).toBe(2 / 3);
    expect(curvesOf({ a: Float64Array.of(1, 1), b: Float64Array.of(1, 1), antithetic: false, sorted: NONE })).toEqual(
      [],
    );
    expect(curvesOf({ a: NONE, b: NONE, antithetic: false, sorted: NONE })).toEqual([]);
  });
});
