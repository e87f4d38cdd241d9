import { describe, expect, it } from 'vitest';
import { ConfigError, EpisodeError } from '../../src/config/errors.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { MarketPaths } from '../../src/loop/market-paths.ts';
import type { Strategy } from '../../src/strategy/strategy.ts';
import { readCandles } from '../candle-file.ts';
import { configOf, simulationOf, TWO_MARKETS } from './simulate.ts';

const FILE = 'btc-usd-1d.csv';

/** What a strategy that trades at every step sees of each symbol: its prices, with the last one, which no strategy sees. */
function seenBy(changes: object, episode: number, parts = {}): Record<string, number[]> {
  const seen: Record<string, number[]> = {};
  const create = (): Strategy => ({
    onMarket: (market, context) => {
      context.random.nextDouble();
      context.signal(market.step % 2 === 0 ? 'LONG' : 'FLAT', { symbol: market.symbol });
    },
  });
  const simulation = simulationOf(changes, create, parts);
  simulation.begin(episode, {
    tracer: {
      event: () => {},
      step: () => {},
      market: ({ symbol, timeMs, open, high, low, close, volume }) => {
        seen[symbol] = [...(seen[symbol] ?? []), timeMs, open, high, low, close, volume];
      },
    },
  });
  while (simulation.advance() !== 'ended');
  return seen;
}

function pathsOf(changes: object, episode: number, parts = {}): Record<string, number[]> {
  const paths = new MarketPaths(parseConfig(configOf(changes)), parts);
  return Object.fromEntries(
    paths
      .path(episode)
      .map(({ symbol, timeMs, open, high, low, close, volume }) => [
        symbol,
        Array.from(timeMs).flatMap((time, i) => [time, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!]),
      ]),
  );
}

describe('MarketPaths', () => {
  it('gives the very prices that a run with trading sees, in any order of the episodes', () => {
    const changes = { markets: TWO_MARKETS, steps: 1_300 };
    for (const episode of [3, 0, 3]) expect(pathsOf(changes, episode)).toEqual(seenBy(changes, episode));
    expect(pathsOf(changes, 1).A).not.toEqual(pathsOf(changes, 2).A);
  });

  it('gives candles in the episodes that draw them, and knows so beforehand', () => {
    const quotes = { process: 'gbm', price: 100, volatility: 0.5 };
    const randomize = { 'markets.A': { choice: [quotes, { ...quotes, candles: true }] } };
    const changes = { markets: { A: quotes, B: quotes }, steps: 50, randomize };
    const paths = new MarketPaths(parseConfig(configOf(changes)));
    expect([paths.hasCandles('A'), paths.hasCandles('B')]).toEqual([true, false]);
    const widths = Array.from({ length: 10 }, (_, episode) => {
      const [path] = paths.path(episode);
      return path!.high.reduce((sum, high, i) => sum + high - path!.low[i]!, 0);
    });
    expect(widths.some((width) => width === 0)).toBe(true);
    expect(widths.some((width) => width > 0)).toBe(true);
    for (const episode of [0, 1, 2, 3]) expect(pathsOf(changes, episode)).toEqual(seenBy(changes, episode));
  });

  it('gives candles with their volume, beside quotes', () => {
    const series = readCandles(FILE);
    const markets = { A: { process: 'bootstrap', file: FILE, blockLength: 5 }, B: TWO_MARKETS.B };
    const changes = { markets, interval: '1d', steps: 600 };
    const candles = { A: series };
    expect(pathsOf(changes, 2, { candles })).toEqual(seenBy(changes, 2, { candles }));
    const paths = new MarketPaths(parseConfig(configOf(changes)), { candles });
    expect([paths.hasCandles('A'), paths.hasCandles('B')]).toEqual([true, false]);
    const [a, b] = paths.path(0);
    expect(a!.high.some((high, i) => high > a!.close[i]!)).toBe(true);
    expect(b!.high).toBe(b!.close);
    expect(b!.volume.every(Number.isNaN)).toBe(true);
  });

  it('follows what an episode draws of its market, whatever else it draws', () => {
    const randomize = {
      'markets.A.volatility': { uniform: [0.2, 2] },
      'execution.fees.taker': { uniform: [0, 0.01] },
      steps: { integer: [5, 20] },
    };
    const changes = { randomize };
    const lengths = new Set<number>();
    for (let episode = 0; episode < 5; episode++) {
      const seen = seenBy(changes, episode);
      expect(pathsOf(changes, episode)).toEqual(seen);
      lengths.add(seen.A!.length);
    }
    expect(lengths.size).toBeGreaterThan(1);
  });

  it('looks at no strategy, component, reward or order', () => {
    const trading = {
      strategy: { use: './none.ts' },
      components: [{ use: './none.ts' }],
      rewards: [{ use: 'nonsense' }],
      execution: { participationRate: 0.1, latency: '1h' },
      heartbeat: '1m',
    };
    expect(pathsOf(trading, 4)).toEqual(seenBy({}, 4));
  });

  it.each(['constructor', 'toString'])('takes %s for the name of a market like any other', (name) => {
    const market = { process: 'gbm', price: 100, volatility: 0.5 };
    const drawn = { [`markets.${name}.volatility`]: { choice: [0.1, 0.9] } };
    for (const randomize of [{}, drawn]) {
      expect(pathsOf({ markets: { [name]: market }, randomize }, 0)[name]!.length).toBeGreaterThan(6);
    }
  });

  it('has a price for an episode without steps, and fails where a run would', () => {
    expect(pathsOf({ steps: 0 }, 0).A!.length).toBe(6);
    const wild = {
      markets: { A: { process: 'gbm', price: 1, drift: 1e9, volatility: 0 } },
      steps: 100,
      interval: '365d',
    };
    expect(() => pathsOf(wild, 0)).toThrow(EpisodeError);
    expect(() => pathsOf({ steps: undefined }, 0)).toThrow(ConfigError);
  });
});
