import { join } from 'node:path';
import { parseConfig } from '@ergodic/core';
import { readCandleFile } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { openOwnMarkets } from '../../src/nulltest/own-markets.ts';
import { rowGroups } from '../../src/nulltest/rows.ts';
import { shuffledConfig, unshuffled } from '../../src/nulltest/shuffled.ts';
import { candleFile, configWith, folderWith, meanOf } from './support.ts';

const home = folderWith({
  'a.csv': candleFile([100, 110, 99, 99, 120]),
  'b.csv': candleFile([50, 25, 50, 60, 66], { volume: false }),
});
const GBM = { process: 'gbm', price: 100, drift: 0.5, volatility: 0.6 };

function shuffledOf(changes: Record<string, unknown>) {
  const own = openOwnMarkets(configWith({ interval: '1d', ...changes }));
  const dir = join(folderWith(), 'candles');
  const groups = rowGroups(own);
  return { dir, ...shuffledConfig(own, groups, dir) };
}

describe('shuffledConfig', () => {
  it('draws single candles from a table of the returns, for candles and for quotes', () => {
    const markets = { 'BTC/USDT': { ...GBM, candles: true, lotSize: 0.1, tickSize: 0.1 }, Q: GBM };
    const correlation = {
      symbols: ['BTC/USDT', 'Q'],
      matrix: [
        [1, 0.9],
        [0.9, 1],
      ],
    };
    const { config, returns, dir } = shuffledOf({ markets, correlation });
    expect(returns).toEqual({ 'BTC/USDT': 20_040, Q: 20_040 });
    const file = join(dir, '1-BTC-USDT.csv');
    const drawn = { process: 'bootstrap', blocks: 'stationary', blockLength: 1, joint: true };
    expect(config.markets).toEqual({
      'BTC/USDT': { ...drawn, file, lotSize: 0.1 },
      Q: { ...drawn, file: join(dir, '2-Q.csv') },
    });
    expect(config.correlation).toBeUndefined();
    expect(parseConfig(config)).toEqual(config);
    const [candles, quotes] = [file, join(dir, '2-Q.csv')].map((path) => readCandleFile(path).series);
    expect(candles!.close[0]).toBe(100);
    expect(quotes!.high).toEqual(quotes!.close);
    expect(candles!.high).not.toEqual(candles!.close);
    const [a, b] = [candles!, quotes!].map(({ close }) => close.slice(1).map((value, i) => value / close[i]! - 1));
    expect(Math.abs(meanOf(a!))).toBeLessThan(1e-13);
    // Of 50,000 rows with correlation 0.9: error (1 − 0.81)/√20,040 = 0.0013; 5 of them.
    const product = meanOf(a!.map((value, i) => value * b![i]!));
    const size = Math.sqrt(meanOf(a!.map((value) => value * value)) * meanOf(b!.map((value) => value * value)));
    expect(Math.abs(product / size - 0.9)).toBeLessThan(5 * 0.0013);
  });

  it('keeps the rows of histories together, and those of others apart', () => {
    const replay = (name: string) => ({ process: 'replay', file: join(home, name) });
    const { dir } = shuffledOf({ markets: { A: replay('a.csv'), B: replay('b.csv') } });
    const [a, b] = ['1-A.csv', '2-B.csv'].map((name) => readCandleFile(join(dir, name)).series);
    // A fell by 10 % on the day that B doubled.
    const growth = (close: Float64Array): Float64Array => close.slice(1).map((value, i) => value / close[i]!);
    const [ga, gb] = [growth(a!.close), growth(b!.close)];
    const falls = [...ga.keys()].filter((row) => ga[row]! < 0.9);
    expect(Math.abs(falls.length - ga.length / 4)).toBeLessThan(1);
    expect(falls.every((row) => gb[row]! > 1.5)).toBe(true);
    expect(new Set(a!.volume.slice(1))).toEqual(new Set([2, 3, 4, 5]));
  });

  it('runs on times and length of the config’s own markets', () => {
    const { steps: _, ...config } = configWith({ markets: { A: { process: 'replay', file: join(home, 'a.csv') } } });
    const own = openOwnMarkets(config);
    const { config: shuffled } = shuffledConfig(own, rowGroups(own), join(folderWith(), 'candles'));
    expect(shuffled).toMatchObject({ start: '2024-01-02T00:00:00.000Z', interval: '1d', steps: 4 });
    expect(shuffled.markets.A).toMatchObject({ joint: false });
  });
});

describe('unshuffled', () => {
  it('names a market whose price is not always positive', () => {
    const own = openOwnMarkets(configWith({ markets: { A: GBM, B: { process: 'abm', price: 1, volatility: 50 } } }));
    expect(unshuffled(rowGroups(own))).toBe('B');
    expect(unshuffled(rowGroups(openOwnMarkets(configWith())))).toBeUndefined();
  });
});
