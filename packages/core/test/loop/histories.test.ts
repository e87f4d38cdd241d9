import { describe, expect, it } from 'vitest';
import { readCandles } from '../candle-file.ts';
import { candlesOf, configOf, flat, HOUR_MS, Recording, run, START_MS, simulationOf } from './simulate.ts';

const DAY_MS = 86_400_000;
const files = {
  BTC: readCandles('btc-usd-1d.csv'),
  ETH: readCandles('eth-usd-1d.csv'),
  LTC: readCandles('ltc-usd-1d.csv'),
};
type Symbol = keyof typeof files;
const symbols = Object.keys(files) as Symbol[];

const ONE_TO_TEN = candlesOf(Array.from({ length: 10 }, (_, i) => flat(10 + i)));
const THREE_TO_TWELVE = candlesOf(
  Array.from({ length: 10 }, (_, i) => flat(100 + i)),
  START_MS + 3 * HOUR_MS,
);

function recorded(simulation: ReturnType<typeof simulationOf>, episode: number): Recording {
  const recorder = new Recording();
  const { endReason, message } = run(simulation, episode, { recorder });
  if (endReason !== 'completed') throw new Error(`${endReason} ${message}`);
  return recorder;
}

describe('joint bootstraps', () => {
  const markets = Object.fromEntries(
    symbols.map((symbol) => [symbol, { process: 'bootstrap', file: `${symbol}.csv`, blockLength: 10, joint: true }]),
  );
  const changes = { markets, steps: 300, interval: '1d' };

  it.each(['stationary', 'circular', 'moving', 'permuted'])(
    'give each step the returns of one day, with %s blocks',
    (blocks) => {
      // Days of the files that all have, with the returns of all files since the last such day.
      const days = files.ETH.timeMs.filter((timeMs) =>
        symbols.every((symbol) => files[symbol].timeMs.includes(timeMs)),
      );
      const closeAt = (symbol: Symbol, timeMs: number) => files[symbol].close[files[symbol].timeMs.indexOf(timeMs)]!;
      const historical = Array.from(days.subarray(1), (timeMs, i) =>
        symbols.map((symbol) => closeAt(symbol, timeMs) / closeAt(symbol, days[i]!)),
      );
      const blocked = Object.fromEntries(
        Object.entries(markets).map(([name, market]) => [name, { ...market, blocks }]),
      );
      const simulation = simulationOf({ ...changes, markets: blocked }, () => ({}), { candles: files });
      const seen = new Set<number>();
      for (let episode = 0; episode < 5; episode++) {
        const { prices } = recorded(simulation, episode);
        expect(prices[0]).toEqual(symbols.map((symbol) => closeAt(symbol, days[0]!)));
        for (let step = 1; step < prices.length; step++) {
          const returns = symbols.map((_, s) => prices[step]![s]! / prices[step - 1]![s]!);
          const day = historical.findIndex((there) => there.every((r, s) => Math.abs(r / returns[s]! - 1) < 1e-12));
          expect(day).toBeGreaterThanOrEqual(0);
          seen.add(day);
        }
      }
      expect(seen.size).toBeGreaterThan(300);
    },
  );

  it('do not depend on the order or the names of the markets', () => {
    const prices = (names: readonly Symbol[]) => {
      const chosen = Object.fromEntries(names.map((name) => [name, markets[name]]));
      const candles = Object.fromEntries(names.map((name) => [name, files[name]]));
      const simulation = simulationOf({ ...changes, markets: chosen }, () => ({}), { candles });
      return recorded(simulation, 3).prices.map((row) => row[names.indexOf('ETH')]);
    };
    expect(prices(['LTC', 'ETH', 'BTC'])).toEqual(prices(['BTC', 'ETH', 'LTC']));
  });

  it('leave a market that is not joint to its own draws', () => {
    const alone = { ...markets.BTC, joint: false };
    const { prices } = recorded(
      simulationOf({ ...changes, markets: { BTC: alone } }, () => ({}), { candles: { BTC: files.BTC } }),
      0,
    );
    const beside = simulationOf({ ...changes, markets: { ...markets, BTC: alone } }, () => ({}), { candles: files });
    expect(recorded(beside, 0).prices.map(([btc]) => [btc])).toEqual(prices);
  });

  it('refuse blocks of their own', () => {
    const other = { ...markets, ETH: { ...markets.ETH, blockLength: 3 } };
    expect(() => simulationOf({ ...changes, markets: other }, () => ({}), { candles: files })).toThrow(
      'markets.ETH.blockLength: must be that of all markets with joint: true, which is 10 for BTC, got 3',
    );
  });
});

describe('replays that start at random', () => {
  const replay = { process: 'replay', file: 'x.csv', start: 'random' };
  const markets = { A: replay, B: replay };
  const candles = { A: ONE_TO_TEN, B: THREE_TO_TWELVE };

  it('start together, see as many steps as asked for, and keep the times of their candles', () => {
    // They share the candles of hours 3 to 9: 7 rows, so episodes of 4 rows start at hours 3 to 6.
    const simulation = simulationOf({ markets, steps: 3 }, () => ({}), { candles });
    const starts = new Set<number>();
    for (let episode = 0; episode < 60; episode++) {
      const { prices, timeMs } = recorded(simulation, episode);
      const hour = prices[0]![0]! - 10;
      starts.add(hour);
      expect(prices).toEqual([0, 1, 2, 3].map((i) => [10 + hour + i, 100 + hour - 3 + i]));
      // The candle of an hour is delivered at its close.
      expect(timeMs).toEqual([1, 2, 3, 4].map((i) => START_MS + (hour + i) * HOUR_MS));
    }
    expect([...starts].sort()).toEqual([3, 4, 5, 6]);
  });

  it('begin the clock of an episode at its first candle', () => {
    const timers: number[] = [];
    const starts: number[] = [];
    const create = () => ({
      onStart: (context: { timeMs: number }) => void starts.push(context.timeMs),
      onTimer: (timer: { timeMs: number }) => void timers.push(timer.timeMs),
    });
    const simulation = simulationOf({ markets, steps: 3, heartbeat: '1h' }, create, { candles });
    for (const episode of [0, 1, 2, 3, 4]) {
      timers.length = starts.length = 0;
      const { timeMs } = recorded(simulation, episode);
      expect(starts).toEqual([timeMs[0]]);
      expect(timers[0]).toBe(timeMs[0]! + HOUR_MS);
      expect(timers.length).toBeLessThanOrEqual(3);
    }
  });

  it('span gaps like a replay from the first candle', () => {
    const gap = { ...ONE_TO_TEN, timeMs: ONE_TO_TEN.timeMs.map((t, i) => (i < 5 ? t : t + 2 * DAY_MS)) };
    const simulation = simulationOf({ markets: { A: replay }, steps: 9 }, () => ({}), { candles: { A: gap } });
    const first = simulationOf({ markets: { A: { ...replay, start: 'first' } }, steps: 9 }, () => ({}), {
      candles: { A: gap },
    });
    const { prices, timeMs } = recorded(simulation, 7);
    expect({ prices, timeMs }).toEqual((({ prices, timeMs }) => ({ prices, timeMs }))(recorded(first, 7)));
  });

  it('need steps, enough candles, and no market at other times', () => {
    const build = (changes: object) => () => simulationOf({ markets, ...changes }, () => ({}), { candles });
    expect(build({ steps: undefined })).toThrow('steps: is required where a replay has start: random');
    expect(build({ steps: 6 })).not.toThrow();
    expect(build({ steps: 7 })).toThrow(
      'markets.A.file: start: random needs steps + 1 = 8 candles, at times that all replays with start: random have, got 7',
    );
    const { A: gbm } = (configOf() as { markets: { A: object } }).markets;
    expect(build({ steps: 3, markets: { A: replay, B: gbm } })).toThrow(
      'markets.B: must be a replay with start: random, as another market is: its rows would be at other times, got "gbm"',
    );
    expect(build({ steps: 3, markets: { A: replay, B: { ...replay, start: 'first' } } })).toThrow('got "start: first"');
  });
});
