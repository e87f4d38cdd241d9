import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Comparison, compareIndependent, compareSamples } from '../../src/comparison/compare.ts';
import { meanOf } from '../../src/ensemble/mean.ts';
import type { Estimate } from '../../src/estimate.ts';
import { antithetic, normals, plain, streamOf } from '../draws.ts';
import golden from '../golden/comparison.json' with { type: 'json' };

const DIFFERENCES = ['meanDifference', 'differenceOfMedians', 'differenceOfQ05', 'differenceOfEs05'] as const;

function ends({ value, low, high }: Estimate): number[] {
  return [value, low, high];
}

function expectClose(received: readonly number[], expected: readonly number[], digits: number): void {
  expect(received).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(received[i]!).toBeCloseTo(value, digits);
  });
}

describe('paired samples', () => {
  it.each([
    ['episodes', compareSamples(plain(golden.a), plain(golden.b)), golden.paired],
    ['antithetic pairs', compareSamples(antithetic(golden.a), antithetic(golden.b)), golden.antithetic],
  ])('of %s agree with the infinitesimal jackknife, taken numerically', (_, comparison, expected) => {
    // Student's quantile has six digits.
    expectClose(ends(comparison.correlation), expected.correlation, 5);
    expectClose(ends(comparison.varianceRatio), expected.varianceRatio, 4);
    expect(comparison.pValue).toBeCloseTo(expected.pValue, 9);
  });

  it('that are shifted by a constant differ by it in every figure, without doubt', () => {
    // Eighths: the shift is exact.
    const a = normals(streamOf('shift'), 400).map((x) => Math.round(x * 8) / 8);
    const comparison = compareSamples(plain(a), plain(a.map((x) => x + 0.125)));
    for (const figure of [...DIFFERENCES, 'medianOfDifferences'] as const) {
      expectClose(ends(comparison[figure]), [0.125, 0.125, 0.125], 12);
    }
    expect(ends(comparison.correlation)).toEqual([1, 1, 1]);
    expect(ends(comparison.varianceRatio)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(comparison.pValue).toBeNaN();
  });

  it('that differ by a constant but for rounding save no variance that could be told', () => {
    const a = normals(streamOf('rounding'), 400).map((x) => 10_000 + 100 * x);
    expect(compareSamples(plain(a), plain(a.map((x) => x + 0.1))).varianceRatio.value).toBeNaN();
  });

  it('that are the same differ by nothing', () => {
    const sample = plain(normals(streamOf('same'), 300));
    const comparison = compareSamples(sample, sample);
    for (const figure of [...DIFFERENCES, 'medianOfDifferences'] as const) {
      expect(ends(comparison[figure])).toEqual([0, 0, 0]);
    }
    expect(comparison.pValue).toBe(1);
    expect(comparison.probabilityOfImprovement.value).toBe(0.5);
    expect(comparison.probabilityOfImprovement.low).toBeLessThan(0.5);
  });

  const value = fc.integer({ min: -20, max: 20 });

  it('swapped, have every difference with the other sign', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 40 }), (rows) => {
        const [a, b] = [plain(rows.map(([x]) => x)), plain(rows.map(([, y]) => y))];
        const [there, back] = [compareSamples(a, b), compareSamples(b, a)];
        for (const figure of DIFFERENCES) {
          const { value, low, high } = back[figure];
          expectSame(ends(there[figure]), [-value, -high, -low]);
        }
        const { value, low, high } = back.probabilityOfImprovement;
        expectSame(ends(there.probabilityOfImprovement), [1 - value, 1 - high, 1 - low]);
        expectSame([there.pValue, ...ends(there.varianceRatio)], [back.pValue, ...ends(back.varianceRatio)]);
      }),
    );
  });

  it('leave out the episodes that either misses', () => {
    const a = plain([1, 2, Number.NaN, 4, 5, 9]);
    const b = plain([2, 2.5, 3, Number.NaN, 8, 9.5]);
    const both = compareSamples(plain([1, 2, 5, 9]), plain([2, 2.5, 8, 9.5]));
    expect(compareSamples(a, b)).toEqual(both);
    expect(both.n).toEqual([4, 4]);
  });

  it('save variance as common shocks cancel: sharing all but a tenth of the variance saves ten times', () => {
    const n = 20_000;
    const stream = streamOf('saved');
    const [common, x, y] = [normals(stream, n), normals(stream, n), normals(stream, n)];
    const at = (own: Float64Array) => common.map((z, i) => Math.sqrt(0.9) * z + Math.sqrt(0.1) * own[i]!);
    const { varianceRatio, correlation } = compareSamples(plain(at(x)), plain(at(y)));
    // log ratio = −log(1 − r), so its standard error is (1 + ρ)/√n = 0.0134; four of them.
    expect(Math.abs(Math.log(varianceRatio.value / 10))).toBeLessThan(0.054);
    expect(varianceRatio.low).toBeLessThan(10);
    expect(varianceRatio.high).toBeGreaterThan(10);
    expect(correlation.value).toBeCloseTo(0.9, 2);
  });

  it('the p-value is below the tail where the interval leaves out zero', () => {
    for (let trial = 0; trial < 200; trial++) {
      const d = plain(normals(streamOf('inversion', trial), 30).map((x) => Math.exp(x) - 1.2));
      const { pValue } = compareSamples(plain(new Float64Array(30)), d);
      const holdsZero = (tail: number) => {
        const { low, high } = meanOf(d, tail);
        return low <= 0 && high >= 0;
      };
      // Student's quantile has six digits.
      expect(holdsZero(0.99 * pValue)).toBe(true);
      if (pValue < 0.98) expect(holdsZero(1.01 * pValue)).toBe(false);
    }
  });

  it.each([0, 1])('of %i episodes have no interval', (n) => {
    const comparison = compareSamples(plain(new Float64Array(n).fill(1)), plain(new Float64Array(n).fill(2)));
    expect(comparison.meanDifference.low).toBeNaN();
    expect(comparison.pValue).toBeNaN();
    expect(comparison.correlation.value).toBeNaN();
    expect(comparison.n).toEqual([n, n]);
  });

  it('of different lengths are refused, with the way out', () => {
    expect(() => compareSamples(plain([1, 2, 3]), plain([1, 2]))).toThrow(/got 3 and 2; .*compareIndependent/);
  });
});

describe('independent samples', () => {
  const comparison = compareIndependent(plain(golden.a), plain(golden.b.slice(0, 45)));

  it("agree with SciPy's Welch test", () => {
    expectClose([...ends(comparison.meanDifference), comparison.pValue], golden.independent.welch, 6);
  });

  it("agree with SciPy's Brunner–Munzel test", () => {
    expectClose(ends(comparison.probabilityOfImprovement), golden.independent.improvement, 6);
  });

  it('have no figure that needs the same paths', () => {
    for (const figure of ['medianOfDifferences', 'correlation', 'varianceRatio'] as const) {
      expect(comparison[figure]).toMatchObject({ value: Number.NaN, method: 'needs the same paths' });
    }
    expect(comparison.isPaired).toBe(false);
    expect(comparison.n).toEqual([60, 45]);
  });

  it('have wider intervals than the same samples paired', () => {
    const stream = streamOf('width');
    const a = normals(stream, 2000);
    const b = normals(stream, 2000).map((x, i) => a[i]! + 0.2 * x);
    const paired = compareSamples(plain(a), plain(b));
    const apart = compareIndependent(plain(a), plain(b));
    const width = (of: Comparison, figure: (typeof DIFFERENCES)[number]) => of[figure].high - of[figure].low;
    for (const figure of DIFFERENCES) expect(width(apart, figure)).toBeGreaterThan(2 * width(paired, figure));
  });

  it('of one value have no interval', () => {
    const { meanDifference, pValue } = compareIndependent(plain([1]), plain([2, 3]));
    expect(ends(meanDifference)).toEqual([1.5, Number.NaN, Number.NaN]);
    expect(pValue).toBeNaN();
  });
});

/** The same up to rounding, NaN and infinities included. */
function expectSame(received: readonly number[], expected: readonly number[]): void {
  received.forEach((value, i) => {
    if (Number.isFinite(expected[i]!)) expect(value).toBeCloseTo(expected[i]!, 7);
    else expect(value).toBe(expected[i]);
  });
}
