import { describe, expect, it } from 'vitest';
import { brunnerMunzel } from '../../src/comparison/brunner-munzel.ts';
import { improvementOf, tangoInterval } from '../../src/comparison/improvement.ts';
import { pairUp } from '../../src/comparison/pairs.ts';
import { shareOfCount } from '../../src/ensemble/share.ts';
import { antithetic, normals, plain, streamOf } from '../draws.ts';
import golden from '../golden/comparison.json' with { type: 'json' };

describe('improvement of the same episodes', () => {
  it.each(golden.tango)(
    "Tango's interval of $better better and $worse worse of $n",
    ({ better, worse, n, interval }) => {
      const [low, high] = tangoInterval(better, worse, n, 0.05);
      // The reference maximises the likelihood numerically.
      expect(low).toBeCloseTo(interval[0]!, 6);
      expect(high).toBeCloseTo(interval[1]!, 6);
    },
  );

  it("is Wilson's interval where nothing ties", () => {
    const differences = normals(streamOf('wilson'), 90);
    const { value, low, high } = improvementOf(pairUp(plain(new Float64Array(90)), plain(differences)));
    const wilson = shareOfCount(differences.filter((x) => x > 0).length, 90);
    expect(value).toBeCloseTo(wilson.value, 12);
    expect(low).toBeCloseTo(wilson.low, 9);
    expect(high).toBeCloseTo(wilson.high, 9);
  });

  it('counts a tie as half', () => {
    const { value } = improvementOf(pairUp(plain([0, 0, 0, 0]), plain([1, 0, 0, -1])));
    expect(value).toBe(0.5);
    expect(improvementOf(pairUp(plain([0, 0, 0, 0]), plain([1, 1, 0, 0]))).value).toBe(0.75);
  });

  it('is surer of antithetic pairs that balance, and less sure of those that agree', () => {
    const balanced = Float64Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 1 : i % 10 === 1 ? 1 : -1));
    const agreeing = Float64Array.from({ length: 200 }, (_, i) => (Math.floor(i / 2) % 5 < 3 ? 1 : -1));
    const zeros = new Float64Array(200);
    const width = (sample: ReturnType<typeof plain>) => {
      const { low, high } = improvementOf(pairUp({ ...sample, values: zeros }, sample));
      return high - low;
    };
    expect(width(antithetic(balanced))).toBeLessThan(0.8 * width(plain(balanced)));
    // Half as many independent ones: the width grows by √2, a little less for a score interval.
    expect(width(antithetic(agreeing)) / width(plain(agreeing))).toBeCloseTo(Math.SQRT2, 1);
  });

  it('is unknown of no episode', () => {
    expect(improvementOf(pairUp(plain([]), plain([]))).value).toBeNaN();
  });
});

describe('improvement of independent episodes', () => {
  it('of samples that do not overlap has an interval all the same', () => {
    const { value, low, high } = brunnerMunzel(plain([1, 2, 3]), plain([4, 5, 6, 7]));
    expect(value).toBe(1);
    // Three of three, as Wilson has it: 3/(3 + 1.96²).
    expect(low).toBeCloseTo(3 / (3 + 1.959964 ** 2), 6);
    expect(high).toBe(1);
  });

  it('stays within 0 and 1 where they hardly overlap', () => {
    const { low, high } = brunnerMunzel(plain([1, 2, 3, 5]), plain([4, 6, 7, 8]));
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(1);
  });

  it('is the rest of what swapped samples have', () => {
    const [a, b] = [plain([3, 1, 4, 1, 5]), plain([9, 2, 6, 5, 3, 5])];
    const [there, back] = [brunnerMunzel(a, b), brunnerMunzel(b, a)];
    expect(there.value).toBeCloseTo(1 - back.value, 12);
    expect(there.low).toBeCloseTo(1 - back.high, 12);
  });

  it.each([
    ['no values', [], [1, 2]],
    ['equal values only', [2, 2, 2], [2, 2]],
  ])('%s have no interval', (_, a, b) => {
    expect(brunnerMunzel(plain(a), plain(b)).low).toBeNaN();
  });

  it('counts antithetic pairs once', () => {
    const values = normals(streamOf('placements'), 100);
    const twice = Float64Array.from({ length: 200 }, (_, i) => values[Math.floor(i / 2)]!);
    const other = plain(normals(streamOf('placements', 1), 150));
    const once = brunnerMunzel(other, plain(values));
    const pairs = brunnerMunzel(other, antithetic(twice));
    expect(pairs.value).toBeCloseTo(once.value, 12);
    // The other sample's share of the variance counts as before; of the pairs only the divisor of the variance is the same.
    expect(pairs.high - pairs.low).toBeCloseTo(once.high - once.low, 6);
  });
});
