import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinFeatures } from '../../../src/observation/features/index.ts';
import { featureOf, histories, pathOf, play, SYMBOLS, setupOf, streamOf } from '../market.ts';

/** Each feature with windows that a small history fills, and what else it can be. */
const cases: readonly (readonly [string, Record<string, unknown> & { readonly of?: string }])[] = [
  ['returns', { count: 3 }],
  ['returns', { count: 2, span: 4 }],
  ['moving-average', { window: 5 }],
  ['moving-average', { window: 5, kind: 'exponential' }],
  ['volatility', { window: 5 }],
  ['range', {}],
  ['rsi', { window: 5 }],
  ['volume', { window: 5 }],
  ['position', {}],
  ['equity', {}],
  ['drawdown', {}],
  ['unrealized', {}],
  ['time', {}],
  ['time', { of: 'day' }],
  ['time', { of: 'week' }],
  ['prediction', { lags: 2 }],
  ['prediction', { lags: 2, forgetting: 0.5, initialCovariance: 1e9 }],
  ['prediction', { lags: 2, unit: 'return' }],
  ['prediction', { lags: 2, model: 'sgd' }],
  ['prediction', { lags: 3, model: 'sgd', learningRate: 1 }],
  ['noise', { size: 3 }],
];

test('every built-in feature is among the cases, under its own name', () => {
  expect(new Set(cases.map(([use]) => use))).toEqual(new Set(Object.keys(builtinFeatures)));
  for (const [name, definition] of Object.entries(builtinFeatures)) expect(definition.name).toBe(name);
});

describe.each(cases)('%s %o', (use, given) => {
  const create = (symbols: number, steps?: number) => featureOf(use, given, setupOf(symbols, steps));

  test('is finite and within its bounds, whatever happens', () => {
    fc.assert(
      fc.property(histories, ({ symbols, steps }) => {
        const feature = create(symbols);
        for (const number of play(feature, steps).flat()) {
          expect(Number.isFinite(number)).toBe(true);
          expect(number).toBeGreaterThanOrEqual(feature.low);
          expect(number).toBeLessThanOrEqual(feature.high);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('does not see what comes later', () => {
    fc.assert(
      fc.property(histories, histories, fc.nat({ max: 60 }), (one, other, at) => {
        const now = Math.min(at, one.steps.length);
        const later = other.steps.map(({ rows, account }) => ({
          rows: rows.filter(({ symbolIndex }) => symbolIndex < one.symbols),
          account,
        }));
        fc.pre(other.symbols >= one.symbols);
        const changed = [...one.steps.slice(0, now), ...later];
        const before = play(create(one.symbols), one.steps).slice(0, now);
        expect(play(create(one.symbols), changed).slice(0, now)).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });

  test('begins an episode as a new one would, whatever the one before was', () => {
    fc.assert(
      fc.property(histories, histories, (first, second) => {
        const symbols = Math.max(first.symbols, second.symbols);
        const widened = [first, second].map(({ steps }) =>
          steps.map(({ rows, account }) => {
            const widen = (values: Float64Array, fill: number): Float64Array =>
              Float64Array.from({ length: symbols }, (_, i) => values[i] ?? fill);
            const { position, price, avgPx } = account;
            const wide = { position: widen(position, 0), price: widen(price, Number.NaN), avgPx: widen(avgPx, 0) };
            return { rows, account: { ...account, ...wide } };
          }),
        );
        const used = create(symbols);
        play(used, widened[0]!);
        expect(play(used, widened[1]!)).toEqual(play(create(symbols), widened[1]!));
      }),
      { numRuns: 30 },
    );
  });

  test('answers the same when it is asked twice, unless it draws', () => {
    fc.assert(
      fc.property(histories, ({ symbols, steps }) => {
        const feature = create(symbols);
        play(feature, steps);
        const [one, two] = [0, 0].map(() => {
          const out = new Float64Array(feature.labels.length);
          feature.write(out, 0, steps.at(-1)!.account);
          return [...out];
        });
        if (use === 'noise') expect(one).not.toEqual(two);
        else expect(one).toEqual(two);
      }),
      { numRuns: 20 },
    );
  });

  test('is told apart by its labels', () => {
    for (const symbols of [1, 3]) {
      const { labels } = create(symbols);
      expect(new Set(labels).size).toBe(labels.length);
      expect(labels.some((label) => label.includes(SYMBOLS[0]!))).toBe(
        symbols > 1 && 'symbol' in builtinFeatures[use]!.parameters,
      );
    }
  });

  test('is 0 before the first MARKET, unless it draws or tells the time', () => {
    const feature = create(2);
    feature.begin(streamOf('none'));
    const out = new Float64Array(feature.labels.length).fill(9);
    feature.write(out, 0, { ...pathOf([1])[0]!.account, position: new Float64Array(2) });
    if (use === 'noise') expect([...out].every(Number.isFinite)).toBe(true);
    else expect([...out]).toEqual(given.of === undefined ? [...out].map(() => 0) : [0, 1]);
  });

  if ('symbol' in builtinFeatures[use]!.parameters) {
    test('refuses a symbol that is not there', () => {
      expect(() => featureOf(use, { ...given, symbol: 'XRP/USDT' }, setupOf(2))).toThrow(
        'symbol must be one of BTC/USDT, ETH/USDT, got XRP/USDT',
      );
    });
  }
});
