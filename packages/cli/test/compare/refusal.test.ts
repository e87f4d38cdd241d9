import { marketDifferences } from '@ergodic/analysis';
import { parseConfig } from '@ergodic/core';
import type { Manifest } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/compare/refusal.ts';
import { applyEdits, parseSet } from '../../src/config/set.ts';

const GBM = { process: 'gbm', price: 100, drift: 0.1, volatility: 0.5 };
const BASE = {
  seed: 'a b',
  steps: 50,
  markets: { 'BRK.B': GBM, X: GBM },
  strategy: { use: 'sma-cross', fast: 3, slow: 8 },
};

function manifestOf(config: object): Manifest {
  const parsed = parseConfig(config);
  return { config: parsed, seed: parsed.seed, inputs: [] } as unknown as Manifest;
}

/** What `ergodic run` makes of the options. */
function withSettings(config: object, settings: readonly string[]): object {
  const words = settings.map((text) => /^--(\w+) (?:'(.*)'|(.*))$/s.exec(text)!);
  const edits = words.filter(([, option]) => option === 'set').map(([, , quoted, bare]) => parseSet((quoted ?? bare)!));
  const seed = words.find(([, option]) => option === 'seed');
  const edited = applyEdits(config, edits) as object;
  return seed === undefined ? edited : { ...edited, seed: seed[2] ?? seed[3] };
}

describe('the way out of a refusal', () => {
  it.each([
    ['a seed with a blank', { seed: 'other' }],
    ['numbers', { steps: 60, markets: { 'BRK.B': { ...GBM, volatility: 0.7 }, X: { ...GBM, price: 3 } } }],
    [
      'another process',
      {
        markets: {
          ...BASE.markets,
          X: { process: 'ou', price: 1, longRunMean: 1, meanReversionSpeed: 2, volatility: 3 },
        },
      },
    ],
    ['a key more', { markets: { ...BASE.markets, X: { ...GBM, tickSize: 0.5 } } }],
    ['a market more', { markets: { ...BASE.markets, Y: GBM } }],
    ['a market less', { markets: { X: GBM } }],
    ['another order', { markets: { X: GBM, 'BRK.B': GBM } }],
    [
      'other draws, beside its own',
      { randomize: { 'markets.X.drift': { uniform: [0, 1] }, 'strategy.fast': { integer: [2, 4] } } },
    ],
    ['times', { start: '2027-01-01T00:00:00Z', calendar: { daysPerYear: 252 }, antithetic: true }],
  ])('brings %s to the market of the first', (_, changes) => {
    const other = { ...BASE, ...changes };
    const [a, b] = [manifestOf(BASE), manifestOf(other)];
    const { settings, removed } = settingsOf(a, b, marketDifferences(a, b));
    expect(settings.length).toBeGreaterThan(0);
    expect(removed).toEqual([]);
    const mended = manifestOf(withSettings(other, settings));
    expect(marketDifferences(a, mended)).toEqual([]);
    expect(mended.config.randomize['strategy.fast']).toEqual(b.config.randomize['strategy.fast']);
  });

  it('says what no option can take out', () => {
    const correlation = {
      symbols: ['BRK.B', 'X'],
      matrix: [
        [1, 0.5],
        [0.5, 1],
      ],
    };
    const [a, b] = [manifestOf(BASE), manifestOf({ ...BASE, correlation, interval: '1d' })];
    expect(settingsOf(a, b, marketDifferences(a, b))).toEqual({ settings: [], removed: ['interval', 'correlation'] });
    const back = settingsOf(b, a, marketDifferences(b, a));
    expect(manifestOf(withSettings(BASE, back.settings)).config).toMatchObject({ correlation, interval: '1d' });
  });
});
