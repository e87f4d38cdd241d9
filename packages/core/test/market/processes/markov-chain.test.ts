import { describe, expect, it } from 'vitest';
import { closedClasses, stationaryDistribution, transitionMatrix } from '../../../src/market/processes/markov-chain.ts';
import golden from '../golden/stochvol.json' with { type: 'json' };

const names = Object.keys(golden.chain.rates);
const rates = Object.values<Record<string, number>>(golden.chain.rates).map((row) => names.map((to) => row[to] ?? 0));

function expectMatrix(got: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  for (const [i, row] of expected.entries()) {
    for (const [k, p] of row.entries()) expect(Math.abs(got[i]![k]! / p - 1)).toBeLessThan(1e-12);
  }
}

describe('transitionMatrix', () => {
  it('stays where it is without time or without rates', () => {
    expect(transitionMatrix(rates, 0)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(
      transitionMatrix(
        [
          [0, 0],
          [0, 0],
        ],
        1,
      ),
    ).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it.each(golden.chain.transitions)('agrees with scipy after $years years', ({ years, matrix }) => {
    expectMatrix(transitionMatrix(rates, years), matrix);
  });

  it('keeps the relative accuracy of seldom transitions beside quick ones', () => {
    // Of two states: P(0 → 1) = a/(a + b)·(1 − e^(−(a + b)t)).
    const [a, b] = [1e-9, 1e5];
    const [row] = transitionMatrix(
      [
        [0, a],
        [b, 0],
      ],
      1 / 365,
    );
    const expected = (a / (a + b)) * -Math.expm1(-(a + b) / 365);
    expect(row![1]! / expected).toBeCloseTo(1, 10);
  });
});

describe('closedClasses', () => {
  it.each([
    { what: 'one, where all reach each other', rates, classes: [[0, 1, 2]] },
    {
      what: 'each absorbing state',
      rates: [
        [0, 1, 1],
        [0, 0, 0],
        [0, 0, 0],
      ],
      classes: [[1], [2]],
    },
    {
      what: 'a group that others only enter',
      rates: [
        [0, 1, 0],
        [0, 0, 2],
        [0, 3, 0],
      ],
      classes: [[1, 2]],
    },
    {
      what: 'every state of a chain without rates',
      rates: [
        [0, 0],
        [0, 0],
      ],
      classes: [[0], [1]],
    },
  ])('finds $what', ({ rates, classes }) => {
    expect(closedClasses(rates)).toEqual(classes);
  });
});

describe('stationaryDistribution', () => {
  it('agrees with numpy', () => {
    for (const [i, p] of stationaryDistribution(rates, [0, 1, 2]).entries()) {
      expect(p / golden.chain.stationary[i]!).toBeCloseTo(1, 12);
    }
  });

  it('leaves nothing in states that are left for good', () => {
    expect(
      stationaryDistribution(
        [
          [0, 1, 0],
          [0, 0, 1],
          [0, 3, 0],
        ],
        [1, 2],
      ),
    ).toEqual([0, 0.75, 0.25]);
  });

  it('loses no digits to rates of very different size', () => {
    const [a, b] = [1e-12, 1e6];
    const [calm, crash] = stationaryDistribution(
      [
        [0, a],
        [b, 0],
      ],
      [0, 1],
    );
    expect(crash! / (a / (a + b))).toBeCloseTo(1, 14);
    expect(calm).toBeCloseTo(1, 14);
  });
});
