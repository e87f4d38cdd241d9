import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/index.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { Simulation } from '../../src/loop/simulation.ts';
import { CorrelatedShocks, choleskyFactor, smallestEigenvalue } from '../../src/market/correlation.ts';
import { stream } from './paths.ts';

const MATRIX = [
  [1, 0.8, -0.3],
  [0.8, 1, 0.1],
  [-0.3, 0.1, 1],
];
const N = 200_000;

function begun(matrix: readonly (readonly number[])[], episode = 0): CorrelatedShocks {
  const shocks = new CorrelatedShocks(matrix);
  for (const i of matrix.keys()) shocks.lane(i).begin(stream(episode, `symbol ${i}`));
  return shocks;
}

function config(change: Record<string, unknown>): Config {
  const market = { process: 'gbm', price: 100, volatility: 0.5 };
  const heston = { process: 'heston', price: 100, longRunVariance: 0.3, meanReversionSpeed: 2, volOfVol: 0.5 };
  const markets = { A: market, B: market, C: heston };
  return parseConfig({ steps: 100, markets, strategy: { use: 'buy-and-hold' }, ...change });
}

describe('CorrelatedShocks', () => {
  it('are standard normals with the correlations asked for', () => {
    const shocks = begun(MATRIX);
    const columns = MATRIX.map((_, i) => {
      const column = new Float64Array(N);
      shocks.lane(i).fillNormal(column, 0, N);
      return column;
    });
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j <= i; j++) {
        const rho = MATRIX[i]![j]!;
        const covariance = columns[i]!.reduce((sum, x, k) => sum + x * columns[j]![k]!, 0) / N;
        // The mean of N products of normals with correlation ρ has variance (1 + ρ²)/N.
        expect(Math.abs(covariance - rho)).toBeLessThan(5 * Math.sqrt((1 + rho * rho) / N));
      }
    }
  });

  it('are the same in whatever portions and order the symbols take them', () => {
    const whole = MATRIX.map(() => new Float64Array(3_000));
    const shocks = begun(MATRIX, 1);
    for (const [i, column] of whole.entries()) shocks.lane(i).fillNormal(column, 0, 3_000);
    const portion = fc.record({ lane: fc.nat(2), count: fc.integer({ min: 1, max: 700 }), oneByOne: fc.boolean() });
    fc.assert(
      fc.property(fc.array(portion, { minLength: 1, maxLength: 20 }), (portions) => {
        const again = begun(MATRIX, 1);
        const taken = [0, 0, 0];
        const out = MATRIX.map(() => new Float64Array(3_000));
        for (const { lane, count, oneByOne } of portions) {
          const to = Math.min(3_000, taken[lane]! + count);
          if (oneByOne) for (let k = taken[lane]!; k < to; k++) out[lane]![k] = again.lane(lane).normal();
          else again.lane(lane).fillNormal(out[lane]!, taken[lane]!, to);
          taken[lane] = to;
        }
        for (const [lane, n] of taken.entries()) {
          expect(Array.from(out[lane]!.subarray(0, n))).toEqual(Array.from(whole[lane]!.subarray(0, n)));
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('start anew with an episode, also out of the middle of one', () => {
    const shocks = begun(MATRIX, 2);
    const first = new Float64Array(600);
    shocks.lane(2).fillNormal(first, 0, 600);
    shocks.lane(0).fillNormal(new Float64Array(10), 0, 10);
    for (const i of MATRIX.keys()) shocks.lane(i).begin(stream(2, `symbol ${i}`));
    const again = new Float64Array(600);
    shocks.lane(2).fillNormal(again, 0, 600);
    expect(Array.from(again)).toEqual(Array.from(first));
  });

  it('leave the first symbol its own normals', () => {
    const own = new Float64Array(500);
    stream(3, 'symbol 0').fillNormal(own, 0, 500);
    const shocks = new Float64Array(500);
    begun(MATRIX, 3).lane(0).fillNormal(shocks, 0, 500);
    expect(Array.from(shocks)).toEqual(Array.from(own));
  });

  it('are mirrored where the streams are', () => {
    const plain = new Float64Array(500);
    begun(MATRIX, 4).lane(1).fillNormal(plain, 0, 500);
    const mirrored = new CorrelatedShocks(MATRIX);
    for (const i of MATRIX.keys()) {
      const random = stream(4, `symbol ${i}`);
      random.mirror(true);
      mirrored.lane(i).begin(random);
    }
    const out = new Float64Array(500);
    mirrored.lane(1).fillNormal(out, 0, 500);
    expect(Array.from(out)).toEqual(Array.from(plain, (x) => -x));
  });
});

describe('choleskyFactor', () => {
  it('multiplies out to any matrix that a set of vectors has', () => {
    const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(vector, { minLength: 2, maxLength: 6 }), (vectors) => {
        const units = vectors.map((v) => {
          const length = Math.hypot(...v);
          return length < 1e-3 ? [1, 0, 0] : v.map((x) => x / length);
        });
        const gram = units.map((u) => units.map((w) => u[0]! * w[0]! + u[1]! * w[1]! + u[2]! * w[2]!));
        for (const [i, row] of gram.entries()) row[i] = 1;
        const { factor, deficit } = choleskyFactor(gram);
        expect(deficit).toBeLessThan(1e-4);
        for (let i = 0; i < gram.length; i++) {
          for (let j = 0; j <= i; j++) {
            const product = factor[i]!.reduce((sum, x, k) => sum + x * factor[j]![k]!, 0);
            expect(Math.abs(product - gram[i]![j]!)).toBeLessThan(1e-4);
          }
        }
      }),
      { seed: 1 },
    );
  });

  it('takes perfect correlation', () => {
    expect(
      choleskyFactor([
        [1, -1],
        [-1, 1],
      ]).factor.map((row) => Array.from(row)),
    ).toEqual([
      [1, 0],
      [-1, 0],
    ]);
    expect(
      choleskyFactor([
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
      ]).deficit,
    ).toBe(0);
  });
});

describe('smallestEigenvalue', () => {
  it('is that of matrices with known eigenvalues', () => {
    // All correlations ρ: 1 − ρ and 1 + (n − 1)ρ. The example of Higham 2002, "Computing the nearest correlation matrix": 1 − √2.
    expect(
      smallestEigenvalue([
        [1, -0.6, -0.6],
        [-0.6, 1, -0.6],
        [-0.6, -0.6, 1],
      ]),
    ).toBeCloseTo(-0.2, 12);
    expect(
      smallestEigenvalue([
        [1, 1, 0],
        [1, 1, 1],
        [0, 1, 1],
      ]),
    ).toBeCloseTo(1 - Math.SQRT2, 12);
    expect(
      smallestEigenvalue([
        [1, 0],
        [0, 1],
      ]),
    ).toBe(1);
  });
});

describe('a correlation in a config', () => {
  it('correlates the returns of the markets', () => {
    const correlation = {
      symbols: ['B', 'A'],
      matrix: [
        [1, 0.6],
        [0.6, 1],
      ],
    };
    const simulation = new Simulation(config({ correlation, steps: 4_000 }));
    const returns: [number[], number[]] = [[], []];
    const last = [0, 0];
    simulation.begin(0, {
      recorder: {
        fill() {},
        steps(columns, from, to) {
          for (let slot = from; slot <= to; slot++) {
            for (const s of [0, 1]) {
              const x = Math.log(columns.price[s]![slot]!);
              if (columns.base + slot > 0) returns[s]!.push(x - last[s]!);
              last[s] = x;
            }
          }
        },
      },
    });
    while (simulation.advance() !== 'ended');
    const [a, b] = returns;
    const sum = (f: (i: number) => number) => a.reduce((total, _, i) => total + f(i), 0);
    const correlationFound =
      sum((i) => a[i]! * b[i]!) / Math.sqrt(sum((i) => a[i]! * a[i]!) * sum((i) => b[i]! * b[i]!));
    // Of 4,000 pairs the correlation has standard error (1 − ρ²)/√n = 0.010.
    expect(Math.abs(correlationFound - 0.6)).toBeLessThan(0.05);
  });

  it.each([
    [
      {
        symbols: ['A', 'X'],
        matrix: [
          [1, 0],
          [0, 1],
        ],
      },
      'correlation.symbols[1]: must be one of the markets A, B, C, got "X"',
    ],
    [{ symbols: ['A', 'B'], matrix: [[1, 0.5]] }, 'correlation.matrix: must have 2 rows, one for each symbol, got 1'],
    [
      { symbols: ['A', 'B'], matrix: [[1, 0.5], [0.5]] },
      'correlation.matrix[1]: must have 2 numbers, one for each symbol, got 1',
    ],
    [
      {
        symbols: ['A', 'B'],
        matrix: [
          [1, 0.5],
          [0.4, 1],
        ],
      },
      'correlation.matrix[1][0]: must be that of [0][1], 0.5, got 0.4',
    ],
    [
      {
        symbols: ['A', 'B'],
        matrix: [
          [0.9, 0.5],
          [0.5, 1],
        ],
      },
      'correlation.matrix[0][0]: must be 1, a symbol correlates with itself, got 0.9',
    ],
    [
      {
        symbols: ['A', 'B', 'C'],
        matrix: [
          [1, 0.9, -0.9],
          [0.9, 1, 0.9],
          [-0.9, 0.9, 1],
        ],
      },
      'correlation.matrix: must be positive semidefinite: no numbers have these correlations all at once, got "smallest eigenvalue -0.800"; 0.5555 times those off the diagonal would do',
    ],
    [{ symbols: ['A'], matrix: [[1]] }, 'correlation.symbols: needs at least two symbols, got ["A"]'],
    [
      {
        symbols: ['A', 'B'],
        matrix: [
          [1, 1.2],
          [1.2, 1],
        ],
      },
      'correlation.matrix[0][1]: must be at most 1, got 1.2',
    ],
  ])('is refused: %j', (correlation, message) => {
    expect(() => new Simulation(config({ correlation }))).toThrow(message);
  });

  it('is refused for histories, which have no shocks', () => {
    const markets = { A: { process: 'gbm', price: 1, volatility: 1 }, B: { process: 'bootstrap', file: 'b.csv' } };
    const correlation = {
      symbols: ['A', 'B'],
      matrix: [
        [1, 0],
        [0, 1],
      ],
    };
    expect(() => new Simulation(config({ markets, correlation }))).toThrow(
      'correlation.symbols[1]: must be a simulated market, bootstrap has no shocks, got "B"; histories move together with joint: true, or with start: random',
    );
  });

  it('is refused where the candles of one have more sub-steps than those of another', () => {
    const market = { process: 'gbm', price: 1, volatility: 1 };
    const markets = { A: { ...market, candles: { substeps: 4 } }, B: { ...market, candles: true } };
    const correlation = {
      symbols: ['A', 'B'],
      matrix: [
        [1, 0],
        [0, 1],
      ],
    };
    expect(() => new Simulation(config({ markets, correlation }))).toThrow(
      'correlation.symbols[1]: must have the candles.substeps that A has, 4, to be correlated with it, got 1; set candles: { substeps: 4 } for each of them',
    );
  });
});
