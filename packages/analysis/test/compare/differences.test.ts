import { parseConfig } from '@ergodic/core';
import { marketSection } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/compare/changes.ts';
import { differencesOf } from '../../src/compare/differences.ts';
import { marketDifferences } from '../../src/compare/market-differences.ts';

describe('differencesOf', () => {
  it('finds the leaves that differ, whatever the order of keys', () => {
    const a = { x: 1, y: { p: 'a', q: [1, { z: 2, w: 3 }] }, only: true };
    const b = { y: { q: [1, { w: 3, z: 2 }], p: 'b' }, x: 1, more: null };
    expect(differencesOf(a, b)).toEqual([
      { path: ['y', 'p'], a: 'a', b: 'b' },
      { path: ['only'], a: true, b: undefined },
      { path: ['more'], a: undefined, b: null },
    ]);
  });

  it('takes lists as a whole', () => {
    expect(differencesOf({ l: [1, 2] }, { l: [1, 2, 3] })).toEqual([{ path: ['l'], a: [1, 2], b: [1, 2, 3] }]);
    expect(differencesOf([[0.5]], [[0.5]])).toEqual([]);
  });
});

const GBM = { process: 'gbm', price: 100, drift: 0.1, volatility: 0.5 };
const BASE = {
  seed: 's',
  episodes: 10,
  steps: 50,
  markets: { A: GBM, B: GBM },
  strategy: { use: 'sma-cross', fast: 3, slow: 8 },
};
const described = (changes: object, inputs: readonly { name: string; sha256: string }[] = []) => ({
  config: parseConfig({ ...BASE, ...changes }),
  inputs: inputs.map((one) => ({ role: 'candles' as const, path: `/data/${one.name}.csv`, ...one })),
});

describe('marketDifferences', () => {
  const moving: readonly (readonly [string, object])[] = [
    ['seed', { seed: 't' }],
    ['steps', { steps: 60 }],
    ['interval', { interval: '1d' }],
    ['start', { start: '2027-01-01T00:00:00Z' }],
    ['calendar.daysPerYear', { calendar: { daysPerYear: 252 } }],
    ['antithetic', { antithetic: true }],
    ['markets.B.volatility', { markets: { A: GBM, B: { ...GBM, volatility: 0.6 } } }],
    ['markets.B', { markets: { A: GBM } }],
    ['order of markets', { markets: { B: GBM, A: GBM } }],
    [
      'correlation',
      {
        correlation: {
          symbols: ['A', 'B'],
          matrix: [
            [1, 0.5],
            [0.5, 1],
          ],
        },
      },
    ],
    ['randomize.markets.A.volatility', { randomize: { 'markets.A.volatility': { uniform: [0.1, 0.9] } } }],
    ['randomize.steps', { randomize: { steps: { integer: [10, 50] } } }],
  ];

  it.each(moving)('names %s, which moves the paths', (name, changes) => {
    const [a, b] = [described({}), described(changes)];
    expect(marketDifferences(a, b).map(({ path }) => path.join('.'))).toEqual([name]);
    expect(keyOf(a)).not.toBe(keyOf(b));
  });

  it.each([
    { episodes: 20 },
    { strategy: { use: 'buy-and-hold' } },
    { execution: { fees: { taker: 0.01 } } },
    { randomize: { 'strategy.fast': { integer: [2, 4] } } },
    { record: { episodes: 0 } },
  ])('is empty where the paths stay: %j', (changes) => {
    const [a, b] = [described({}), described(changes)];
    expect(marketDifferences(a, b)).toEqual([]);
    expect(keyOf(a)).toBe(keyOf(b));
  });

  it('knows files by what is in them', () => {
    const markets = { A: { process: 'replay', file: '/data/A.csv' } };
    const a = described({ markets }, [{ name: 'A', sha256: 'aaaa' }]);
    const moved = described({ markets: { A: { process: 'replay', file: '/elsewhere/A.csv' } } }, [
      { name: 'A', sha256: 'aaaa' },
    ]);
    const changed = described({ markets }, [{ name: 'A', sha256: 'bbbb' }]);
    expect(marketDifferences(a, moved)).toEqual([]);
    expect(marketDifferences(a, changed)).toEqual([
      { path: ['markets', 'A', 'file'], a: 'A.csv, SHA-256 aaaa', b: 'A.csv, SHA-256 bbbb' },
    ]);
  });

  function keyOf({ config, inputs }: ReturnType<typeof described>): string {
    return JSON.stringify(marketSection(config, new Map(inputs.map(({ name, sha256 }) => [name, sha256]))));
  }
});

describe('changesOf', () => {
  it('tells what a run does otherwise, and nothing of the market', () => {
    const changes = changesOf(
      described({}),
      described({
        seed: 't',
        strategy: { use: 'sma-cross', fast: 4, slow: 8 },
        execution: { fees: { taker: 0.001 } },
        randomize: { 'markets.A.drift': { uniform: [0, 1] }, 'strategy.slow': { integer: [8, 9] } },
      }),
    );
    expect(changes.map(({ path }) => path.join('.'))).toEqual([
      'strategy.fast',
      'execution.fees.taker',
      'randomize.strategy.slow',
    ]);
  });

  it('tells two versions of one strategy file apart', () => {
    const own = (sha256: string) => ({
      config: parseConfig({ ...BASE, strategy: { use: '/home/me/own.ts' } }),
      inputs: [{ role: 'strategy' as const, name: '/home/me/own.ts', path: '/home/me/own.ts', sha256 }],
    });
    expect(changesOf(own('1234567890'), own('1234567890'))).toEqual([]);
    expect(changesOf(own('1234567890'), own('abcdefghij'))).toEqual([
      { path: ['strategy', 'use'], a: 'own.ts (sha256 12345678)', b: 'own.ts (sha256 abcdefgh)' },
    ]);
  });
});
