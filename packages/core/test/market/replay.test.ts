import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildCandles } from '../../src/market/candles.ts';
import type { RawCandle } from '../../src/market/raw-candle.ts';
import { ReplayHandler } from '../../src/market/replay.ts';
import { candleSeries, chunkedPath, difference, expectWithin5Se, path, stream } from './paths.ts';

function load(file: string): ReturnType<typeof buildCandles> {
  const text = readFileSync(new URL(`../../../../examples/data/${file}`, import.meta.url), 'utf8');
  const rows = text.trim().split('\n').slice(1);
  return buildCandles(
    rows.map((row, i): RawCandle => {
      const [time, open, high, low, close, volume] = row.split(',') as [string, string, string, string, string, string];
      return { line: i + 2, time, open, high, low, close, volume };
    }),
    { file },
  );
}

describe('ReplayHandler', () => {
  it('delivers the one candle of a file at its close', () => {
    const candles = candleSeries(1);
    const { timeMs, close } = path(new ReplayHandler(candles), stream(0));
    expect(Array.from(timeMs)).toEqual([candles.timeMs[0]! + 3_600_000]);
    expect(Array.from(close)).toEqual([candles.close[0]]);
  });

  it('delivers nothing from an empty series', () => {
    expect(new ReplayHandler(candleSeries(0)).rows).toBe(0);
    expect(path(new ReplayHandler(candleSeries(0)), stream(0)).close.length).toBe(0);
  });

  it('leaves volumes alone when the source has none', () => {
    const handler = new ReplayHandler({ ...candleSeries(5), volume: new Float64Array(0) });
    expect(handler.hasVolume).toBe(false);
    expect(Array.from(path(handler, stream(0)).volume)).toEqual([0, 0, 0, 0, 0]);
  });

  it('starts each episode at a random candle that leaves room for all rows', () => {
    // Candles 0 … 6 are possible starts: 1,400 episodes, each count has standard deviation √(n·(1/7)·(6/7)) = 13.1; 5 of them.
    const candles = candleSeries(10);
    const handler = new ReplayHandler(candles, 4, 'random');
    expect(handler.rows).toBe(4);
    const counts = Array<number>(7).fill(0);
    for (let episode = 0; episode < 1400; episode++) {
      const { timeMs, close, volume } = path(handler, stream(episode));
      const first = volume[0]!;
      counts[first]!++;
      expect(Array.from(volume)).toEqual([first, first + 1, first + 2, first + 3]);
      expect(close[3]).toBe(candles.close[first + 3]);
      expect(timeMs[0]).toBe(candles.timeMs[first]! + 3_600_000);
      expect(handler.startMs).toBe(timeMs[0]);
    }
    for (const count of counts) expectWithin5Se(count, 200, 13.1);
  });

  it('gives the same path from a random start in any chunks, and again after begin', () => {
    const candles = candleSeries(200);
    const whole = chunkedPath(new ReplayHandler(candles, 100, 'random'), stream(4), [100]);
    const handler = new ReplayHandler(candles, 100, 'random');
    for (const chunks of [[1], [7, 30], [512]]) {
      handler.begin(stream(9));
      expect(difference(chunkedPath(handler, stream(4), chunks), whole)).toBeUndefined();
    }
  });

  it('starts at the first candle where there is room for no other', () => {
    const handler = new ReplayHandler(candleSeries(4), 4, 'random');
    for (let episode = 0; episode < 20; episode++) {
      expect(Array.from(path(handler, stream(episode)).volume)).toEqual([0, 1, 2, 3]);
    }
  });

  it('refuses a random start in a history shorter than an episode', () => {
    expect(() => new ReplayHandler(candleSeries(4), 5, 'random')).toThrow(
      'file: start: random needs steps + 1 = 5 candles, at times that all replays with start: random have, got 4; set steps: 3 or fewer, or give longer files',
    );
  });

  it('knows its start beforehand where that is the first candle: it says none', () => {
    expect(new ReplayHandler(candleSeries(4), 3).startMs).toBeUndefined();
  });

  it.each([
    { file: 'btc-usd-1h.csv', rows: 20_111, intervalMs: 3_600_000, gapLines: [] },
    { file: 'btc-usd-1d.csv', rows: 1865, intervalMs: 86_400_000, gapLines: [1575] },
    { file: 'eth-usd-1d.csv', rows: 788, intervalMs: 86_400_000, gapLines: [498] },
    { file: 'ltc-usd-1d.csv', rows: 925, intervalMs: 86_400_000, gapLines: [635] },
  ])('replays $file', ({ file, rows, intervalMs, gapLines }) => {
    const { series, notices } = load(file);
    expect(series.intervalMs).toBe(intervalMs);
    expect(notices.map(({ line, missing }) => ({ line, missing }))).toEqual(
      gapLines.map((line) => ({ line, missing: 12 })),
    );
    const handler = new ReplayHandler(series);
    expect(handler.rows).toBe(rows);
    const played = chunkedPath(handler, stream(0), [512]);
    const timeMs = series.timeMs.map((openMs) => openMs + intervalMs);
    expect(difference(played, { ...series, timeMs })).toBeUndefined();
  });

  it('has the first and the last candle of the hourly file as the file has them', () => {
    const played = chunkedPath(new ReplayHandler(load('btc-usd-1h.csv').series), stream(0), [512]);
    const row = (i: number) => [
      played.timeMs[i],
      played.open[i],
      played.high[i],
      played.low[i],
      played.close[i],
      played.volume[i],
    ];
    expect(row(0)).toEqual([Date.UTC(2017, 6, 1, 12), 2505.56, 2513.38, 2495.12, 2509.17, 114.6]);
    expect(row(20_110)).toEqual([Date.UTC(2019, 9, 17, 10), 8051, 8056.83, 8021.23, 8035.88, 61.25]);
  });
});
