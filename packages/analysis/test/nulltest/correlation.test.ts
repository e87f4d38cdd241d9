import { describe, expect, it } from 'vitest';
import { correlationOf, sampleCorrelation } from '../../src/nulltest/correlation.ts';
import type { MarketRows } from '../../src/nulltest/rows.ts';
import { configWith } from './support.ts';

describe('sampleCorrelation', () => {
  it('is the sum of products over the root of the sums of squares', () => {
    // Deviations −1.5, −0.5, 1.5, 0.5 and −1.75, −2.75, 1.25, 3.25: products 7.5, squares 5 and 22.75.
    const [[, upper], [lower]] = sampleCorrelation([Float64Array.of(1, 2, 4, 3), Float64Array.of(2, 1, 5, 7)]) as [
      number[],
      number[],
    ];
    expect(upper).toBeCloseTo(7.5 / Math.sqrt(5 * 22.75), 14);
    expect(lower).toBe(upper);
  });

  it('is none with a column that does not vary', () => {
    expect(sampleCorrelation([Float64Array.of(1, 2, 3), Float64Array.of(5, 5, 5)])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('correlationOf', () => {
  const rows = (symbol: string, ...returns: number[]): MarketRows => ({
    symbol,
    returns: Float64Array.from(returns),
    changes: Float64Array.from(returns),
    volumes: null,
  });
  const gbm = { process: 'gbm', price: 100, volatility: 0.6 };
  const history = { process: 'replay', file: 'a.csv' };

  it('is undefined where markets are independent', () => {
    expect(correlationOf(configWith({ markets: { A: gbm, B: gbm } }), [[rows('A', 1), rows('B', 1)]])).toBeUndefined();
  });

  it('puts that of the config beside that of histories', () => {
    const config = configWith({
      markets: { A: gbm, B: gbm, C: history, D: history },
      correlation: {
        symbols: ['B', 'A'],
        matrix: [
          [1, 0.5],
          [0.5, 1],
        ],
      },
    });
    const groups = [
      [rows('A', 1, 2), rows('B', 1, 2)],
      [rows('C', 1, 3, 1, 3), rows('D', 3, 1, 3, 1)],
    ];
    expect(correlationOf(config, groups)).toEqual({
      symbols: ['B', 'A', 'C', 'D'],
      matrix: [
        [1, 0.5, 0, 0],
        [0.5, 1, 0, 0],
        [0, 0, 1, -1],
        [0, 0, -1, 1],
      ],
    });
  });
});
