import { describe, expect, it } from 'vitest';
import { type DominanceOptions, dominance } from '../../src/comparison/dominance.ts';
import { antithetic, normals, plain, streamOf } from '../draws.ts';
import golden from '../golden/comparison.json' with { type: 'json' };

/** Four standard errors of a p-value that both sides simulate. */
function tolerance(p: number, ours: number, theirs: number): number {
  return 4 * Math.sqrt(p * (1 - p) * (1 / ours + 1 / theirs)) + 1 / ours;
}

describe('agrees', () => {
  it.each(golden.dominance)('with plain resampling in numpy: order $order, antithetic $antithetic', (expected) => {
    const wrap = expected.antithetic ? antithetic : plain;
    const order = expected.order as 1 | 2;
    const { againstA, againstB } = dominance(wrap(golden.a), wrap(golden.b), order, { replications: 20_000 });
    [againstA, againstB].forEach(({ excess, pValue }, k) => {
      expect(excess).toBeCloseTo(expected.excess[k]!, 12);
      const p = expected.pValues[k]!;
      expect(Math.abs(pValue - p)).toBeLessThan(tolerance(p, 20_000, 100_000));
    });
  });

  const { a, b, replications, tests } = golden.pysdtest;
  it.each(tests)('with PySDTest: order $order, paired $paired, against $against', (expected) => {
    const order = expected.order as 1 | 2;
    const result = dominance(plain(a), plain(b), order, { isPaired: expected.paired, replications: 20_000 });
    const { excess, pValue } = expected.against === 'A' ? result.againstA : result.againstB;
    expect(excess).toBeCloseTo(expected.excess, 9);
    // It resamples episodes, whose maximum has steps of 1/200: 0.02 of probability.
    expect(Math.abs(pValue - expected.pValue)).toBeLessThan(tolerance(expected.pValue, 20_000, replications) + 0.02);
  });
});

describe('verdict', () => {
  const n = 2000;
  const stream = streamOf('verdict');
  const z = normals(stream, n);
  const own = normals(stream, n);
  const a = plain(z);

  it.each([1, 2] as const)('a gain in every episode dominates in order %i', (order) => {
    const better = plain(z.map((x, i) => x + 0.1 * Math.abs(own[i]!)));
    expect(dominance(a, better, order).verdict).toBe('B dominates');
    expect(dominance(better, a, order).verdict).toBe('A dominates');
  });

  it('the same mean with less risk dominates in the second order, and crosses in the first', () => {
    const calm = plain(z.map((x) => 0.7 * x));
    expect(dominance(a, calm, 1).verdict).toBe('neither');
    expect(dominance(a, calm, 2).verdict).toBe('B dominates');
  });

  it('a higher mean with more risk dominates in neither order', () => {
    const bold = plain(z.map((x) => 1.5 * x + 0.2));
    expect(dominance(a, bold, 1).verdict).toBe('neither');
    expect(dominance(a, bold, 2).verdict).toBe('neither');
  });

  it.each([1, 2] as const)('identical samples are equal in order %i', (order) => {
    const { verdict, againstA, againstB } = dominance(a, a, order);
    expect(verdict).toBe('equal within noise');
    expect([againstA, againstB]).toEqual(Array(2).fill({ excess: 0, at: Number.NaN, pValue: 1 }));
  });

  it('a crossing that is seen but not significant leaves dominance undecided', () => {
    // Better by a lot in half of the episodes, a little worse in those below the 20 % quantile.
    const some = z.slice(0, 400);
    const crossing = plain(some.map((x, i) => (x < -0.85 ? x - 0.2 : x + 0.5 + 0.3 * own[i]!)));
    const { verdict, againstA, againstB } = dominance(plain(some), crossing, 1);
    expect(againstA.pValue).toBeLessThan(0.025);
    expect(againstB.pValue).toBeGreaterThan(0.025);
    expect(againstB.pValue).toBeLessThan(0.1);
    expect(verdict).toBe('undecided');
  });

  it('tells where the distributions differ most', () => {
    // Half of the values of B lie at 2, where all of A lie at 1: the excess is at 1, 0.5 of the probability.
    const b = plain(Array.from({ length: 100 }, (_, i) => 1 + (i % 2)));
    expect(dominance(plain(new Float64Array(100).fill(1)), b, 1).againstA).toMatchObject({ excess: 0.5, at: 1 });
  });
});

describe('equal distributions are told apart', () => {
  const designs: [string, 1 | 2, (x: number[]) => [number, number], DominanceOptions][] = [
    ['paired, first order', 1, ([c, x, y]) => [c! + 0.5 * x!, c! + 0.5 * y!], {}],
    ['paired, second order', 2, ([c, x, y]) => [c! + 0.5 * x!, c! + 0.5 * y!], {}],
    ['independent, first order', 1, ([, x, y]) => [x!, y!], { isPaired: false }],
    ['independent, second order', 2, ([, x, y]) => [x!, y!], { isPaired: false }],
  ];
  it.each(designs)('in at most 5 % of tries: %s', (name, order, make, options) => {
    const [trials, n] = [300, 100];
    let apart = 0;
    for (let trial = 0; trial < trials; trial++) {
      const stream = streamOf(`size/${name}`, trial);
      const rows = Array.from({ length: n }, () => make([0, 1, 2].map(() => Math.round(stream.normal() * 5) / 5)));
      const [a, b] = [plain(rows.map(([x]) => x)), plain(rows.map(([, y]) => y))];
      const { verdict } = dominance(a, b, order, { ...options, replications: 400, seed: `${trial}` });
      if (verdict !== 'equal within noise') apart++;
    }
    // Binomial of 300 at 5 %: 29 or more once in 1,000.
    expect(apart).toBeLessThan(29);
  });
});

describe('a shift is found', () => {
  it('in 9 of 10 tries at four standard errors of the mean', () => {
    const [trials, n] = [100, 400];
    let found = 0;
    for (let trial = 0; trial < trials; trial++) {
      const stream = streamOf('power', trial);
      const rows = Array.from({ length: n }, () => {
        const common = stream.normal();
        return [common, common + 0.3 * stream.normal() + (4 * 0.3) / Math.sqrt(n)].map((x) => Math.round(x * 5) / 5);
      });
      const [a, b] = [plain(rows.map(([x]) => x!)), plain(rows.map(([, y]) => y!))];
      const { verdict } = dominance(a, b, 2, { replications: 400, seed: `${trial}` });
      if (verdict === 'B dominates') found++;
    }
    expect(found).toBeGreaterThan(85);
  });
});

describe('degenerate', () => {
  it.each([0, 1, 19])('%i episodes decide nothing', (n) => {
    const result = dominance(plain(new Float64Array(n)), plain(new Float64Array(n).fill(1)), 1);
    expect(result.verdict).toBe('undecided');
    expect(result.againstA.pValue).toBeNaN();
    expect(result.n).toEqual([n, n]);
  });

  it('episodes that either misses are left out', () => {
    const [a, b] = [normals(streamOf('missing'), 60), normals(streamOf('missing', 1), 60)];
    const [longer, other] = [Float64Array.of(...a, Number.NaN, 5), Float64Array.of(...b, -5, Number.NaN)];
    expect(dominance(plain(longer), plain(other), 1)).toEqual(dominance(plain(a), plain(b), 1));
  });

  it('independent samples may differ in length', () => {
    const result = dominance(plain(normals(streamOf('lengths'), 50)), plain(normals(streamOf('lengths', 1), 80)), 1, {
      isPaired: false,
    });
    expect(result.n).toEqual([50, 80]);
  });
});

it('compares large samples at 256 values, with the excess that is there', () => {
  const stream = streamOf('large');
  const a = normals(stream, 50_000);
  const b = normals(stream, 50_000).map((x) => x + 0.5);
  const { points, againstA, verdict } = dominance(plain(a), plain(b), 1);
  expect(points).toBe(256);
  expect(verdict).toBe('B dominates');
  // 2·Φ(0.25) − 1 = 0.1974 at 0.25; its standard error is √(2·0.24/50,000) = 0.003, and a cell has 1/256; four and one of them.
  expect(Math.abs(againstA.excess - 0.1974)).toBeLessThan(0.016);
  expect(Math.abs(againstA.at - 0.25)).toBeLessThan(0.25);
});
