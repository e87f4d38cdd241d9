import { join } from 'node:path';
import { MarketPaths, parseConfig } from '@ergodic/core';
import { loadCandles, readCandleFile } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { ownConfig, permutedConfig, withoutHistory } from '../../src/nulltest/history.ts';
import { openOwnMarkets } from '../../src/nulltest/own-markets.ts';
import { candleFile, configWith, folderWith } from './support.ts';

const dir = folderWith({
  'a.csv': candleFile([100, 110, 99, 98, 120]),
  'b.csv': candleFile([50, 25, 50, 60, 66]),
  'c.csv': candleFile([1, 2, 3], { day: 1 }),
});
const replay = (name: string, more: object = {}) => ({ process: 'replay', file: join(dir, name), ...more });
const execution = { fees: { taker: 0.001 } };

describe('ownConfig', () => {
  it('is the config with fewer episodes', () => {
    const config = configWith({ execution });
    expect(ownConfig(config, 12)).toMatchObject({ episodes: 12, steps: 60, execution: config.execution });
  });

  it('runs a history from its first candle, and whole where it would start anywhere', () => {
    const random = ownConfig(configWith({ steps: 2, markets: { A: replay('a.csv', { start: 'random' }) } }), 5);
    expect(random.markets.A).toMatchObject({ start: 'first' });
    expect(random.steps).toBeUndefined();
    expect(ownConfig(configWith({ steps: 2, markets: { A: replay('a.csv') } }), 5).steps).toBe(2);
  });
});

describe('withoutHistory', () => {
  const reason = (changes: object) =>
    withoutHistory(openOwnMarkets(configWith({ interval: '1d', steps: 3, ...changes })));

  it('says which market has no true order', () => {
    const gbm = { process: 'gbm', price: 100, volatility: 0.6 };
    expect(reason({ markets: { A: replay('a.csv'), B: gbm } })).toBe('B is no replay');
    expect(reason({ markets: { A: { process: 'bootstrap', file: join(dir, 'a.csv') } } })).toBe('A is no replay');
  });

  it('says when rows of several files do not belong together', () => {
    const markets = { A: replay('a.csv'), C: replay('c.csv') };
    expect(reason({ markets })).toBe('the files have candles at different times');
    expect(reason({ markets: { A: replay('a.csv'), B: replay('b.csv') } })).toBeUndefined();
  });
});

describe('permutedConfig', () => {
  function pathsOf(config: ReturnType<typeof configWith>): MarketPaths {
    const candles = Object.fromEntries(loadCandles(config).map(({ symbol, series }) => [symbol, series]));
    return new MarketPaths(config, { candles });
  }

  it('has the candles of all markets in one random order, at their times, with the costs of the config', () => {
    const { steps: _, ...config } = configWith({
      execution,
      markets: { A: replay('a.csv', { lotSize: 0.5 }), B: replay('b.csv') },
    });
    const permuted = permutedConfig(ownConfig(config, 9), dir);
    expect(permuted).toMatchObject({ episodes: 9, steps: 4, interval: '1d', execution: config.execution });
    expect(permuted.markets.A).toMatchObject({
      file: join(dir, 'a.csv'),
      blocks: 'permuted',
      joint: true,
      lotSize: 0.5,
    });
    expect(parseConfig(permuted)).toEqual(permuted);
    const own = pathsOf(ownConfig(config, 9)).path(0);
    const orders = new Set<string>();
    for (let episode = 0; episode < 9; episode++) {
      const paths = pathsOf(permuted).path(episode);
      const days = Array.from(paths[0]!.volume.slice(1));
      orders.add(days.join());
      expect(days.toSorted()).toEqual([2, 3, 4, 5]);
      expect(Array.from(paths[1]!.volume.slice(1))).toEqual(days);
      for (const [i, path] of paths.entries()) {
        expect(path.timeMs).toEqual(own[i]!.timeMs);
        expect(path.close.at(-1)).toBeCloseTo(own[i]!.close.at(-1)!, 10);
      }
    }
    expect(orders.size).toBeGreaterThan(5);
  });

  it('has only the candles that the config uses', () => {
    const out = join(folderWith(), 'candles');
    const permuted = permutedConfig(ownConfig(configWith({ steps: 2, markets: { A: replay('a.csv') } }), 3), out);
    expect(permuted.markets.A).toMatchObject({ file: join(out, '1-A.csv'), joint: false });
    const { close, volume, timeMs } = readCandleFile(join(out, '1-A.csv')).series;
    expect([...close]).toEqual([100, 110, 99]);
    expect([...volume]).toEqual([1, 2, 3]);
    expect(timeMs[0]).toBe(Date.UTC(2024, 0, 1));
  });
});
