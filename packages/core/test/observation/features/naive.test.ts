import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObservedMarket } from '../../../src/observation/feature.ts';
import { builtinFeatures } from '../../../src/observation/features/index.ts';
import { featureOf, histories, play, type Step, SYMBOLS, setupOf } from '../market.ts';
import { naive } from '../naive.ts';

/** Declarations that small histories can fill. */
const cases: readonly (readonly [string, Record<string, unknown>])[] = [
  ['returns', { count: 1, span: 1 }],
  ['returns', { count: 4, span: 1 }],
  ['returns', { count: 3, span: 5 }],
  ['moving-average', { window: 2, kind: 'simple' }],
  ['moving-average', { window: 7, kind: 'simple' }],
  ['moving-average', { window: 7, kind: 'exponential' }],
  ['volatility', { window: 2 }],
  ['volatility', { window: 9, annualize: true }],
  ['range', {}],
  ['rsi', { window: 1 }],
  ['rsi', { window: 6 }],
  ['volume', { window: 2 }],
  ['volume', { window: 8 }],
  ['position', {}],
  ['unrealized', {}],
  ['equity', {}],
  ['drawdown', {}],
];

/** Once a symbol or once in all. */
const isPerSymbol = (use: string): boolean => 'symbol' in builtinFeatures[use]!.parameters;

function recomputed(use: string, given: Record<string, unknown>, symbols: number, steps: readonly Step[]): number[][] {
  return steps.map((_, k) => {
    const past = steps.slice(0, k + 1);
    const accounts = past.map(({ account }) => account);
    const indices = isPerSymbol(use) ? [0, 1, 2].slice(0, symbols) : [0];
    return indices.flatMap((symbolIndex) => {
      const rows = past.flatMap((step) => step.rows.filter((row: ObservedMarket) => row.symbolIndex === symbolIndex));
      return [...naive[use]!({ rows, accounts, symbolIndex }, given as never)];
    });
  });
}

describe.each(cases)('%s %o', (use, given) => {
  test('is what its definition gives from the whole past, for each symbol in the order of the config', () => {
    fc.assert(
      fc.property(histories, ({ symbols, steps }) => {
        const actual = play(featureOf(use, given, setupOf(symbols)), steps);
        const expected = recomputed(use, given, symbols, steps);
        for (const [k, numbers] of expected.entries()) {
          expect(actual[k]!.length).toBe(numbers.length);
          for (const [i, number] of numbers.entries()) {
            // A few hundred roundings of numbers that are at most 1,000 times the result, and of logarithms below 1,000.
            const tolerance = 1e-9 * Math.max(1e-3, Math.abs(number));
            expect(Math.abs(actual[k]![i]! - number), `step ${k}: ${actual[k]![i]} for ${number}`).toBeLessThan(
              tolerance,
            );
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  if (isPerSymbol(use)) {
    test('of one symbol is the part of that symbol', () => {
      fc.assert(
        fc.property(histories, fc.nat({ max: 2 }), ({ symbols, steps }, chosen) => {
          const index = chosen % symbols;
          const all = featureOf(use, given, setupOf(symbols));
          const one = featureOf(use, { ...given, symbol: SYMBOLS[index] }, setupOf(symbols));
          const size = one.labels.length;
          expect(all.labels.slice(index * size, (index + 1) * size)).toEqual(one.labels);
          const part = play(all, steps).map((numbers) => numbers.slice(index * size, (index + 1) * size));
          expect(play(one, steps)).toEqual(part);
        }),
        { numRuns: 30 },
      );
    });
  }
});
