import { parseConfig } from '@ergodic/core';
import { describe, expect, test } from 'vitest';
import { historyOf, isOneHistory, returnsOf } from '../../src/index.ts';
import { dataWith } from '../sweep/support.ts';

const REPLAY = { process: 'replay', file: 'btc.csv' };

function configOf(
  markets: Readonly<Record<string, unknown>>,
  randomize: Readonly<Record<string, unknown>> = {},
): boolean {
  return isOneHistory(parseConfig(dataWith({ markets, randomize })));
}

describe('one history is', () => {
  test.each([
    ['files replayed from the first candle', { A: REPLAY, B: REPLAY }, {}, true],
    ['also where the strategy is drawn', { A: REPLAY }, { 'strategy.fast': { integer: [2, 5] } }, true],
    ['not a file replayed from random candles', { A: { ...REPLAY, start: 'random' } }, {}, false],
    ['not a bootstrap', { A: { process: 'bootstrap', file: 'btc.csv' } }, {}, false],
    ['not a file beside a simulated market', { A: REPLAY, B: { process: 'gbm', price: 1, volatility: 1 } }, {}, false],
    ['not one of drawn length', { A: REPLAY }, { steps: { integer: [20, 50] } }, false],
  ])('%s', (_, markets, randomize, expected) => {
    expect(configOf(markets, randomize)).toBe(expected);
  });
});

test('the key is that of files and window, whatever the symbols are called and wherever the files are', () => {
  const layout = { startMs: 5, intervalMs: 60_000, steps: 100 };
  const inputs = (name: string, path: string, sha256: string) => [{ role: 'candles' as const, name, path, sha256 }];
  const one = historyOf({ inputs: inputs('BTC', '/a/btc.csv', 'f1'), layout: layout as never });
  expect(one).toMatchObject({ files: ['f1'], names: ['btc.csv'], steps: 100 });
  expect(historyOf({ inputs: inputs('XBT', '/b/btc.csv', 'f1'), layout: layout as never }).key).toBe(one.key);
  expect(historyOf({ inputs: inputs('BTC', '/a/btc.csv', 'f2'), layout: layout as never }).key).not.toBe(one.key);
  const shorter = { ...layout, steps: 99 };
  expect(historyOf({ inputs: inputs('BTC', '/a/btc.csv', 'f1'), layout: shorter as never }).key).not.toBe(one.key);
});

describe('returns of the equity', () => {
  test('are simple, of every step', () => {
    const { values, everySteps } = returnsOf(Float64Array.of(0, 1, 2), Float64Array.of(100, 110, 99));
    expect(everySteps).toBe(1);
    expect([...values]).toEqual([110 / 100 - 1, 99 / 110 - 1]);
  });

  test('of every third leave the shorter rest out', () => {
    const { values, everySteps } = returnsOf(Float64Array.of(0, 3, 6, 7), Float64Array.of(100, 110, 99, 1));
    expect([values.length, everySteps]).toEqual([2, 3]);
  });

  test('of no step or one are none or one', () => {
    expect(returnsOf(new Float64Array(0), new Float64Array(0)).values).toHaveLength(0);
    expect(returnsOf(Float64Array.of(0), Float64Array.of(1)).values).toHaveLength(0);
    expect(returnsOf(Float64Array.of(0, 1), Float64Array.of(1, 2)).values).toEqual(Float64Array.of(1));
  });
});
