import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import type { MarketOf } from '../../src/config/markets.ts';
import { BootstrapHandler } from '../../src/market/bootstrap.ts';
import { candleSeries, chunkedPath, expectWithin5Se, hourlyGrid, mean, path, stream } from './paths.ts';

type Blocks = MarketOf<'bootstrap'>['blocks'];

/** The candles of the source that a path used, told by their volumes. */
function sources(length: number, blockLength: number, steps: number, blocks?: Blocks): number[] {
  const handler = new BootstrapHandler(
    blocks === undefined ? { blockLength } : { blocks, blockLength },
    hourlyGrid(steps),
    candleSeries(length),
  );
  return Array.from(chunkedPath(handler, stream(0), [512]).volume.subarray(1));
}

describe('BootstrapHandler', () => {
  it('gives only a flat candle of the initial price when there are no steps', () => {
    const { open, high, low, close, volume } = path(
      new BootstrapHandler({ price: 42, blockLength: 24 }, hourlyGrid(0), candleSeries(2)),
      stream(0),
    );
    expect([open[0], high[0], low[0], close[0], volume[0]]).toEqual([42, 42, 42, 42, 0]);
  });

  it("starts at the file's first close, at the grid's start, unless a price is given", () => {
    const candles = candleSeries(5);
    const { close, timeMs } = path(new BootstrapHandler({ blockLength: 3 }, hourlyGrid(3), candles), stream(0));
    expect(close[0]).toBe(candles.close[0]);
    expect(timeMs[3]).toBe(Date.UTC(2026, 0, 1) + 3 * 3_600_000);
  });

  it('repeats the one return that two candles have', () => {
    expect(sources(2, 24, 100)).toEqual(Array(100).fill(1));
  });

  it('uses each candle with its own ratios, and never the first, which has none', () => {
    const candles = candleSeries(50);
    const p = chunkedPath(
      new BootstrapHandler({ price: 7, blockLength: 4 }, hourlyGrid(2000), candles),
      stream(0),
      [512],
    );
    const wrong: string[] = [];
    for (let row = 1; row <= 2000; row++) {
      const i = p.volume[row]!;
      for (const name of ['open', 'high', 'low', 'close'] as const) {
        const ratio = candles[name][i]! / candles.close[i - 1]!;
        const error = p[name][row]! / p.close[row - 1]! / ratio - 1;
        if (!(i >= 1 && Math.abs(error) < 1e-14)) wrong.push(`${name}[${row}] from candle ${i} is off by ${error}`);
      }
      if (p.high[row]! < Math.max(p.open[row]!, p.close[row]!)) wrong.push(`high[${row}]`);
      if (p.low[row]! > Math.min(p.open[row]!, p.close[row]!)) wrong.push(`low[${row}]`);
    }
    expect(wrong).toEqual([]);
  });

  it('goes on from the last candle to the second', () => {
    const used = sources(50, 1e9, 200);
    used.forEach((source, k) => {
      if (k > 0) expect(source).toBe(used[k - 1] === 49 ? 1 : used[k - 1]! + 1);
    });
  });

  it('draws candles independently when blocks are of one candle', () => {
    // Uniform on 1 … 4: 20,000 draws, each count has standard deviation √(n·¼·¾) = 61; pairs n/16 ± 34; 5 of them.
    const used = sources(5, 1, 20_000);
    for (const i of [1, 2, 3, 4]) {
      expectWithin5Se(used.filter((source) => source === i).length, 5000, 61.3);
      expectWithin5Se(used.filter((source, k) => source === i && used[k - 1] === i).length, 1250, 40);
    }
  });

  it('has geometric block lengths of the stated mean', () => {
    // A seam shows unless the new block happens to continue the old one, 1 in 10,000: p = (1/8)(1 − 1e-4). Of the m
    // blocks, each count of a length k is binomial with p(1−p)^(k−1); 5 standard errors for each of 12 lengths.
    const used = sources(10_001, 8, 200_000);
    const lengths: number[] = [];
    let length = 1;
    for (let k = 1; k < used.length; k++) {
      if (used[k] === (used[k - 1]! % 10_000) + 1) length++;
      else {
        lengths.push(length);
        length = 1;
      }
    }
    const p = (1 / 8) * (1 - 1e-4);
    const m = lengths.length;
    expectWithin5Se(mean(Float64Array.from(lengths)), 1 / p, Math.sqrt((1 - p) / (p * p) / m));
    for (let k = 1, q = p; k <= 12; k++, q *= 1 - p) {
      expectWithin5Se(lengths.filter((l) => l === k).length, m * q, Math.sqrt(m * q * (1 - q)));
    }
  });

  it('keeps the paths of stationary blocks, said or not', () => {
    expect(sources(50, 6, 500, 'stationary')).toEqual(sources(50, 6, 500));
    const golden = [
      [48, 49, 20, 33, 34, 35, 36, 37, 38, 39, 40, 41, 24, 25, 26],
      [27, 19, 14, 15, 16, 17, 18, 19, 9, 26, 27, 28, 29, 30, 31],
    ];
    expect(sources(50, 6, 30)).toEqual(golden.flat());
  });

  it.each(['circular', 'moving'] as const)('takes %s blocks of one length', (blocks) => {
    const used = sources(50, 7, 7000, blocks);
    const next = (source: number): number => (source === 49 ? 1 : source + 1);
    expect(used.filter((source, k) => k % 7 > 0 && source !== next(used[k - 1]!))).toEqual([]);
  });

  it('starts circular blocks anywhere, so that every candle is as frequent', () => {
    // 20,000 blocks of 3 of the 10 candles: a count is 20,000 blocks with p = 3/10, standard deviation √(n·p·(1 − p)); 5 of them.
    const used = sources(11, 3, 60_000, 'circular');
    for (let i = 1; i <= 10; i++) {
      expectWithin5Se(used.filter((source) => source === i).length, 6000, Math.sqrt(20_000 * 0.3 * 0.7));
    }
  });

  it('starts moving blocks where the whole block fits', () => {
    // Starts are uniform on 1 … 8: 20,000 blocks, standard deviation √(n·⅛·⅞) each; 5 of them.
    const used = sources(11, 3, 60_000, 'moving');
    const starts = used.filter((_, k) => k % 3 === 0);
    expect(new Set(starts)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(new Set(used).size).toBe(10);
    for (let i = 1; i <= 8; i++) {
      expectWithin5Se(starts.filter((start) => start === i).length, 2500, Math.sqrt(20_000 * (1 / 8) * (7 / 8)));
    }
    expect(used.filter((source, k) => k % 3 > 0 && source !== used[k - 1]! + 1)).toEqual([]);
  });

  it('repeats the whole history where a moving block is as long', () => {
    expect(sources(5, 4, 10, 'moving')).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2]);
  });

  it('uses each permuted block once before any again, the last one as short as the file leaves it', () => {
    const used = sources(12, 4, 22, 'permuted');
    for (const round of [used.slice(0, 11), used.slice(11)]) {
      expect(round.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      const starts = round.filter((source, k) => source !== round[k - 1]! + 1);
      expect(starts.every((source) => [1, 5, 9].includes(source))).toBe(true);
    }
  });

  it('permutes without preference', () => {
    // 24 orders of 4 candles in 24,000 rounds: each count is binomial, standard deviation √(24,000·(1/24)·(23/24)) = 31; 5 of them.
    const used = sources(5, 1, 4 * 24_000, 'permuted');
    const counts = new Map<string, number>();
    for (let k = 0; k < used.length; k += 4) {
      const order = used.slice(k, k + 4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    for (const count of counts.values()) expectWithin5Se(count, 1000, 31);
  });

  it('begins each episode with the file in its own order', () => {
    const handler = new BootstrapHandler({ blocks: 'permuted', blockLength: 1 }, hourlyGrid(30), candleSeries(50));
    const first = chunkedPath(handler, stream(3), [7]).volume.slice();
    chunkedPath(handler, stream(4), [7]);
    expect(chunkedPath(handler, stream(3), [512]).volume).toEqual(first);
  });

  it.each(['circular', 'moving', 'permuted'] as const)('refuses %s blocks longer than the history', (blocks) => {
    expect(() => sources(5, 5, 10, blocks)).toThrow(
      'blockLength: must be at most the number of returns in the history, 4, got 5; set blockLength: 4 or less',
    );
    expect(sources(5, 4, 8, blocks)).toHaveLength(8);
  });

  it('has the mean log return of its source', () => {
    // Every step is uniform over the source's returns, so 2,000 independent paths of 50 steps have its mean; the
    // standard error comes from the spread of the path means, 5 of them.
    const candles = candleSeries(40);
    const expected = Math.log(candles.close[39]! / candles.close[0]!) / 39;
    const handler = new BootstrapHandler({ blockLength: 10 }, hourlyGrid(50), candles);
    const means = Float64Array.from({ length: 2000 }, (_, episode) => {
      const { close } = path(handler, stream(episode));
      return Math.log(close[50]! / close[0]!) / 50;
    });
    const average = mean(means);
    const sd = Math.sqrt(mean(means.map((x) => (x - average) * (x - average))));
    expectWithin5Se(average, expected, sd / Math.sqrt(2000));
  });

  it('leaves volumes alone when the source has none', () => {
    const candles = { ...candleSeries(5), volume: new Float64Array(0) };
    const handler = new BootstrapHandler({ blockLength: 3 }, hourlyGrid(3), candles);
    expect(handler.hasVolume).toBe(false);
    expect(Array.from(path(handler, stream(0)).volume)).toEqual([0, 0, 0, 0]);
  });

  it('refuses fewer than two candles and prices that have no ratio', () => {
    const build = (candles: ReturnType<typeof candleSeries>) => () =>
      new BootstrapHandler({ blockLength: 3 }, hourlyGrid(3), candles);
    expect(build(candleSeries(0))).toThrow(ConfigError);
    expect(build(candleSeries(1))).toThrow('file: a bootstrap needs a file of at least 2 candles, got 1');
    for (const bad of [0, -1, NaN, Infinity]) {
      const candles = candleSeries(5);
      candles.low[3] = bad;
      expect(build(candles)).toThrow(`prices must be positive and finite (candle 3, counted from 0), got ${bad}`);
    }
  });
});
