import { describe, expect, test } from 'vitest';
import { sinOfTurn } from '../../../src/observation/features/turn.ts';
import { featureOf, flat, normals, pathOf, play, quote, setupOf, streamOf } from '../market.ts';

describe('labels', () => {
  test('have no symbol where there is only one', () => {
    expect(featureOf('returns', { count: 2 }).labels).toEqual(['return_1', 'return_2']);
    expect(featureOf('returns', { count: 1, span: 24 }).labels).toEqual(['return24_1']);
    expect(featureOf('moving-average', { window: 50 }).labels).toEqual(['sma_50']);
    expect(featureOf('moving-average', { kind: 'exponential' }).labels).toEqual(['ema_20']);
    expect(featureOf('range').labels).toEqual(['range', 'close-location']);
    expect(featureOf('time', { of: 'week' }).labels).toEqual(['week_sin', 'week_cos']);
    expect(featureOf('noise', { size: 2 }).labels).toEqual(['noise_1', 'noise_2']);
  });

  test('have the symbol after the name where there are several, one symbol after the other', () => {
    const labels = ['return_BTC/USDT_1', 'return_BTC/USDT_2', 'return_ETH/USDT_1', 'return_ETH/USDT_2'];
    expect(featureOf('returns', { count: 2 }, setupOf(2)).labels).toEqual(labels);
    expect(featureOf('position', { symbol: 'ETH/USDT' }, setupOf(2)).labels).toEqual(['position_ETH/USDT']);
    expect(featureOf('equity', {}, setupOf(2)).labels).toEqual(['equity']);
  });
});

describe('time', () => {
  test('of the episode goes from 0 to 1 over the steps of the config', () => {
    const path = pathOf([1, 1, 1, 1, 1]);
    expect(play(featureOf('time', {}, setupOf(1, 4)), path).flat()).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  test('of an episode without end is 0', () => {
    expect(play(featureOf('time', {}, setupOf(1, Number.POSITIVE_INFINITY)), pathOf([1, 1, 1])).flat()).toEqual([
      0, 0, 0,
    ]);
  });

  test.each([
    ['day', Date.UTC(2024, 5, 3, 0), [0, 1]],
    ['day', Date.UTC(2024, 5, 3, 6), [1, 0]],
    ['day', Date.UTC(2024, 5, 3, 12), [0, -1]],
    ['day', Date.UTC(1969, 11, 31, 18), [-1, 0]],
    // 2024-06-03 was a Monday.
    ['week', Date.UTC(2024, 5, 3), [0, 1]],
    ['week', Date.UTC(2024, 5, 4, 18), [1, 0]],
    ['week', Date.UTC(2024, 5, 8, 6), [-1, 0]],
    ['week', Date.UTC(1969, 11, 29), [0, 1]],
  ])('of the %s at %d is %o', (of, timeMs, expected) => {
    const steps = [{ rows: [{ ...quote(0, 1), timeMs }], account: flat([1]) }];
    const [sine, cosine] = play(featureOf('time', { of }), steps)[0]!;
    expect(sine! + 0).toBe(expected[0]! + 0);
    expect(cosine! + 0).toBe(expected[1]! + 0);
  });

  test('has the sine of Math.sin, at every minute of two weeks', () => {
    for (let i = 0; i < 20_160; i++) {
      const x = i / 10_080;
      // The argument of Math.sin, up to 4 pi, is rounded to 1e-15.
      expect(Math.abs(sinOfTurn(x) - Math.sin(2 * Math.PI * x))).toBeLessThan(2e-15);
    }
  });
});

describe('noise', () => {
  test('is by default ten numbers, uniform from -100 to 100 and new at each decision', () => {
    const feature = featureOf('noise');
    expect([feature.labels.length, feature.low, feature.high]).toEqual([10, -100, 100]);
    const numbers = play(feature, pathOf(new Array<number>(2000).fill(1))).flat();
    expect(new Set(numbers).size).toBe(20_000);
    // Standard error of the mean: 200 / sqrt(12 n) = 0.41; of the mean square, 100² / 3: 100² · sqrt(4 / 45 / n) = 21; five of each.
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const square = numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length;
    expect(Math.abs(mean)).toBeLessThan(2.05);
    expect(Math.abs(square - 10_000 / 3)).toBeLessThan(105);
  });

  test('depends on its stream alone', () => {
    const one = play(featureOf('noise'), pathOf([1, 2, 3]), 'a');
    expect(play(featureOf('noise'), pathOf([5, 5, 5]), 'a')).toEqual(one);
    expect(play(featureOf('noise'), pathOf([1, 2, 3]), 'b')).not.toEqual(one);
  });
});

describe('over a long episode', () => {
  test.each([
    ['moving-average', { window: 1000 }],
    ['volatility', { window: 1000 }],
    ['volume', { window: 1000 }],
  ])('%s after a million steps is that of the last steps alone, to the last bit', (use, given) => {
    const long = featureOf(use, given);
    const short = featureOf(use, given);
    for (const feature of [long, short]) feature.begin(streamOf('unused'));
    const random = streamOf('path');
    // A window of returns takes one price more, and ends where a window of prices does.
    const fed = use === 'volatility' ? 1001 : 1000;
    const steps = 999_000 + fed;
    for (let step = 1; step <= steps; step++) {
      // Jumps of all sizes, so that what rounding leaves behind would show.
      const price = 100 * Math.exp(random.normal());
      const market = Object.assign(reused, { step, price, volume: random.exponential() });
      long.onMarket?.(market);
      if (step > steps - fed) short.onMarket?.(market);
    }
    const [ofLong, ofShort] = [long, short].map((feature) => {
      const out = new Float64Array(1);
      feature.write(out, 0, flat([1]));
      return out[0]!;
    });
    expect(ofShort).not.toBe(0);
    expect(ofLong).toBe(ofShort);
  });

  test('volatility forgets a jump entirely once it has left the window', () => {
    const prices = [100, 1e9, ...new Array<number>(40).fill(100)];
    const values = play(featureOf('volatility', { window: 10 }), pathOf(prices)).flat();
    expect(values[11]).toBeGreaterThan(1);
    expect(values.slice(12)).toEqual(new Array<number>(30).fill(0));
  });

  test('volatility after a jump has left the window is that of the small moves alone', () => {
    // The jump leaves with the ninth of ten returns; the sums are added up by themselves at the seventh and fourteenth.
    const moves = normals('small', 9);
    const small = Array.from(moves, (z) => 100 * (1 + 1e-9 * z));
    const window = 7;
    const after = play(featureOf('volatility', { window }), pathOf([100, 1e8, ...small])).at(-1)![0]!;
    const alone = play(featureOf('volatility', { window }), pathOf(small.slice(-window - 1))).at(-1)![0]!;
    expect(alone).toBeGreaterThan(0);
    // The squares that remain are at least 1e-4 of the largest since they were added up: 1e-16 / 1e-4 each.
    expect(Math.abs(after / alone - 1)).toBeLessThan(1e-10);
  });

  test('volatility of a price that grows by the same factor is 0 but for rounding', () => {
    const prices = Array.from({ length: 1000 }, (_, i) => 100 * Math.exp(0.01 * i));
    const values = play(featureOf('volatility', { window: 30 }), pathOf(prices)).flat();
    expect(Math.max(...values)).toBeLessThan(1e-15);
  });

  test('averages of a constant price are exactly the price', () => {
    for (const kind of ['simple', 'exponential']) {
      const values = play(featureOf('moving-average', { window: 7, kind }), pathOf(new Array<number>(500).fill(0.1)));
      // The sum of equal prices is not exactly a multiple of the price.
      for (const value of values.flat()) expect(Math.abs(value)).toBeLessThan(1e-15);
    }
  });
});

describe('known values', () => {
  test('the relative strength index of Wilder’s definition on a short path', () => {
    // Rises 1, 0, 2 and falls 0, 1, 0 of a window of 3; then a rise of 1: averages (2 · 1 + 1) / 3 and (2 · 1/3) / 3.
    const values = play(featureOf('rsi', { window: 3 }), pathOf([10, 11, 10, 12, 13])).flat();
    expect(values.slice(0, 3)).toEqual([0, 0, 0]);
    expect(values[3]).toBeCloseTo((1 - 1 / 3) / (1 + 1 / 3), 14);
    expect(values[4]).toBeCloseTo((1 - 2 / 9) / (1 + 2 / 9), 14);
  });

  test('volatility per year of independent returns is theirs times the root of the steps of a year', () => {
    const moves = normals('volatility', 20_000);
    let price = 100;
    const prices = [price, ...Array.from(moves, (z) => (price *= Math.exp(0.005 * z)))];
    const last = play(featureOf('volatility', { window: 20_000, annualize: true }), pathOf(prices)).at(-1)![0]!;
    const truth = 0.005 * Math.sqrt(8760);
    // Relative standard error of a deviation: 1 / sqrt(2 n) = 0.005; four of them.
    expect(Math.abs(last / truth - 1)).toBeLessThan(0.02);
  });
});

/** The one MARKET object of a long episode. */
const reused = { ...quote(0, 1) };
