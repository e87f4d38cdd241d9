import { compareSamples, parseFigure, TAIL } from '@ergodic/statistics';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../src/check/difference.ts';
import { normals, streamOf, tableOf } from './table.ts';

const PAIRED = { factor: 1, isPaired: true, tail: TAIL };

/** Returns of two rules on common paths: lognormal, with a correlation near `rho`. */
function twoRuns(n: number, rho: number, seed: string): [own: Float64Array, baseline: Float64Array] {
  const stream = streamOf(seed);
  const own = new Float64Array(n);
  const baseline = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [shared, alone] = [stream.normal(), stream.normal()];
    baseline[i] = Math.exp(0.3 * shared) - 1;
    own[i] = Math.exp(0.33 * (rho * shared + Math.sqrt(1 - rho * rho) * alone)) - 1;
  }
  return [own, baseline];
}

function widthOf({ low, high }: { low: number; high: number }): number {
  return high - low;
}

describe('a paired difference', () => {
  const [a, b] = twoRuns(2_000, 0.95, 'pairs');
  const own = tableOf({ totalReturn: a });
  const baseline = tableOf({ totalReturn: b });

  it('of means is that of the comparison', () => {
    const { difference } = differenceOf(parseFigure('mean(totalReturn)'), own, baseline, PAIRED);
    const sample = (values: Float64Array) => ({ values, antithetic: false });
    const { meanDifference } = compareSamples(sample(b), sample(a));
    expect(difference).toMatchObject({ low: meanDifference.low, high: meanDifference.high, n: 2_000 });
  });

  it.each(['mean(totalReturn)', 'q05(totalReturn)', 'es05(totalReturn)', 'sd(totalReturn)', 'iqm(totalReturn)'])(
    'of %s is far narrower than one of independent runs',
    (text) => {
      const figure = parseFigure(text);
      const paired = differenceOf(figure, own, baseline, PAIRED);
      const apart = differenceOf(figure, own, baseline, { ...PAIRED, isPaired: false });
      expect(paired.difference.value).toBeCloseTo(apart.difference.value, 12);
      expect(apart.difference.value).toBe(apart.own.value - apart.baseline.value);
      expect(widthOf(paired.difference)).toBeLessThan(0.6 * widthOf(apart.difference));
      // Of independent runs the variances add up.
      const sum = Math.hypot(widthOf(apart.own), widthOf(apart.baseline));
      expect(widthOf(apart.difference)).toBeCloseTo(sum, 3);
    },
  );

  it('shrinks to nothing as runs become alike', () => {
    for (const text of ['q05(totalReturn)', 'es05(totalReturn)', 'probabilityOfLoss']) {
      const widths = [0.9, 0.999, 0.99999].map((rho) => {
        const [x, y] = twoRuns(4_000, rho, 'alike').map((totalReturn) => tableOf({ totalReturn }));
        return widthOf(differenceOf(parseFigure(text), x!, y!, PAIRED).difference);
      });
      expect(widths[1]).toBeLessThan(0.6 * widths[0]!);
      expect(widths[2]).toBeLessThan(0.6 * widths[1]!);
    }
  });

  it('of runs that are the same in every episode is zero, without noise', () => {
    for (const text of ['mean(totalReturn)', 'q05(totalReturn)', 'probabilityOfRuin']) {
      const { difference } = differenceOf(parseFigure(text), own, own, PAIRED);
      expect(difference).toMatchObject({ value: 0, low: 0, high: 0, method: 'the same in every episode' });
    }
    // One episode says nothing of noise, even so.
    const one = tableOf({ totalReturn: [0.1] });
    expect(differenceOf(parseFigure('mean(totalReturn)'), one, one, PAIRED).difference.low).toBeNaN();
  });

  it('of probabilities has a width where no episode differs in the hit but others do', () => {
    const { difference } = differenceOf(parseFigure('probability(totalReturn < -2)'), own, baseline, PAIRED);
    expect(difference.value).toBe(0);
    expect(difference.low).toBeLessThan(0);
    expect(difference.high).toBeGreaterThan(0);
    expect(widthOf(difference)).toBeLessThan(0.005);
  });

  it('leaves out episodes that either run does not know', () => {
    const holes = a.slice();
    holes.fill(Number.NaN, 0, 50);
    const { difference } = differenceOf(
      parseFigure('mean(totalReturn)'),
      tableOf({ totalReturn: holes }),
      baseline,
      PAIRED,
    );
    const rest = [a, b].map((values) => tableOf({ totalReturn: values.subarray(50) }));
    const expected = differenceOf(parseFigure('mean(totalReturn)'), rest[0]!, rest[1]!, PAIRED);
    expect(difference).toMatchObject({ low: expected.difference.low, high: expected.difference.high, n: 1_950 });
  });

  it('with a factor is own less factor × baseline', () => {
    for (const text of ['mean(totalReturn)', 'q05(totalReturn)', 'probabilityOfLoss']) {
      const figure = parseFigure(text);
      const found = differenceOf(figure, own, baseline, { ...PAIRED, factor: 0.5 });
      expect(found.difference.value).toBeCloseTo(found.own.value - 0.5 * found.baseline.value, 12);
      expect(found.difference.low).toBeLessThan(found.difference.value);
      expect(found.difference.high).toBeGreaterThan(found.difference.value);
    }
  });

  it('of antithetic episodes counts pairs', () => {
    // Both of a pair differ in the same way: as many values say half as much.
    const z = normals(1_000, 'pairs');
    const twice = (scale: number): Float64Array => Float64Array.from({ length: 2_000 }, (_, i) => scale * z[i >> 1]!);
    const width = (antithetic: boolean, text: string): number => {
      const [x, y] = [1.1, 1].map((scale) => tableOf({ totalReturn: twice(scale) }, { antithetic }));
      return widthOf(differenceOf(parseFigure(text), x!, y!, PAIRED).difference);
    };
    expect(width(true, 'mean(totalReturn)') / width(false, 'mean(totalReturn)')).toBeCloseTo(Math.SQRT2, 2);
    expect(width(true, 'es05(totalReturn)') / width(false, 'es05(totalReturn)')).toBeCloseTo(Math.SQRT2, 1);
  });

  it('of extremes has no interval, and of what is undefined in one run no value', () => {
    expect(differenceOf(parseFigure('min(totalReturn)'), own, baseline, PAIRED).difference.low).toBeNaN();
    const none = tableOf({ totalReturn: new Float64Array(2_000).fill(Number.NaN) });
    expect(differenceOf(parseFigure('mean(totalReturn)'), own, none, PAIRED).difference.value).toBeNaN();
  });
});

describe('the interval of a difference', () => {
  // Closed forms of e^(s·z) − 1, s 0.33 less s 0.3.
  const q05 = Math.exp(0.33 * -1.6448536269514722) - Math.exp(0.3 * -1.6448536269514722);
  const mean = Math.exp((0.33 * 0.33) / 2) - Math.exp((0.3 * 0.3) / 2);

  it.each([
    ['mean(totalReturn)', 0.99, true, mean],
    ['q05(totalReturn)', 0.9, true, q05],
    ['q05(totalReturn)', 0.99, true, q05],
    ['q05(totalReturn)', 0, false, q05],
  ])(
    'of %s at a correlation of %d, paired: %s, holds the true one in 95 %% of trials',
    (text, rho, isPaired, truth) => {
      const trials = 400;
      const figure = parseFigure(text);
      let hits = 0;
      for (let i = 0; i < trials; i++) {
        const [x, y] = twoRuns(1_000, rho, `${text} ${rho} ${i}`).map((totalReturn) => tableOf({ totalReturn }));
        const { low, high } = differenceOf(figure, x!, y!, { ...PAIRED, isPaired }).difference;
        if (low <= truth && truth <= high) hits++;
      }
      // 400 trials at 95 %: 380 ± 4.4; four standard errors, below which chance leads once in 30,000.
      expect(hits).toBeGreaterThanOrEqual(363);
      expect(hits).toBeLessThanOrEqual(397);
    },
  );
});
