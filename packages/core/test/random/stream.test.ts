import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rootKey, substreamKey } from '../../src/random/key.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { binCounts, correlationZ, equiprobableEdges, FALSE_ALARM, meanOf, uniformP, Z_MAX } from './statistics.ts';

const streamOf = (seed: string): RandomStream => new RandomStream(substreamKey(rootKey(seed), 0, 'test'));

describe('xoshiro128++', () => {
  test('gives the reference’s first outputs from state 1, 2, 3, 4', () => {
    const stream = new RandomStream([1, 2, 3, 4]);
    // The vector of the crate rand_xoshiro, made with the authors' C.
    const expected = [
      641, 1573767, 3222811527, 3517856514, 836907274, 4247214768, 3867114732, 1355841295, 495546011, 621204420,
    ];
    expect(expected.map(() => stream.nextUint32())).toEqual(expected);
  });

  test('agrees with the published C, in BigInt, from any state', () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const key = fc.tuple(word, word, word, word).filter((words) => words.some((w) => w !== 0));
    fc.assert(
      fc.property(key, (key) => {
        const stream = new RandomStream(key);
        const naive = naiveXoshiro(key);
        for (let i = 0; i < 20; i++) expect(stream.nextUint32()).toBe(naive());
      }),
    );
  });

  test('a key that is not four int32, or all zero, is refused', () => {
    for (const key of [
      [0, 0, 0, 0],
      [1, 2, 3],
      [1, 2, 3, 4, 5],
      [1, 2, 3, 0.5],
      [1, 2, 3, 2 ** 31],
      [Number.NaN, 1, 1, 1],
    ]) {
      expect(() => new RandomStream(key)).toThrow(
        new RangeError(`RandomStream: a key must be four int32, not all zero, got [${key.join(', ')}]`),
      );
    }
  });
});

describe('save and restore', () => {
  const draws: Record<string, (stream: RandomStream) => number | boolean> = {
    nextUint32: (s) => s.nextUint32(),
    nextDouble: (s) => s.nextDouble(),
    integer: (s) => s.integer(1000),
    bernoulli: (s) => s.bernoulli(0.3),
    exponential: (s) => s.exponential(),
    normal: (s) => s.normal(),
    gamma: (s) => s.gamma(0.7),
    poissonSmall: (s) => s.poisson(3),
    poissonLarge: (s) => s.poisson(30),
    fillNormal: (s) => {
      const out = new Float64Array(5);
      s.fillNormal(out, 0, 5);
      return out[4]!;
    },
  };

  test('replay any mixture of draws, in this stream and in another', () => {
    const names = fc.array(fc.constantFrom(...Object.keys(draws)), { maxLength: 50 });
    fc.assert(
      fc.property(fc.string(), names, names, (seed, before, after) => {
        const stream = streamOf(seed);
        for (const name of before) draws[name]!(stream);
        const state = JSON.parse(JSON.stringify(stream.save()));
        const first = after.map((name) => draws[name]!(stream));
        const end = stream.save();
        stream.restore(state);
        const other = new RandomStream([1, 2, 3, 4]);
        other.restore(state);
        expect(after.map((name) => draws[name]!(stream))).toEqual(first);
        expect(after.map((name) => draws[name]!(other))).toEqual(first);
        expect(other.save()).toEqual(end);
      }),
    );
  });
});

describe('nextDouble', () => {
  const n = 400_000;
  const stream = streamOf('double');
  const values = Float64Array.from({ length: n }, () => stream.nextDouble());

  test('takes 27 bits of the first draw and 26 of the second', () => {
    const twin = new RandomStream([1, 2, 3, 4]);
    const raw = new RandomStream([1, 2, 3, 4]);
    for (let i = 0; i < 100; i++) {
      const [a, b] = [BigInt(raw.nextUint32()), BigInt(raw.nextUint32())];
      expect(twin.nextDouble()).toBe(Number(((a >> 5n) << 26n) | (b >> 6n)) / 2 ** 53);
    }
  });

  test('is uniform on [0, 1): 1000 bins of 400 expected, mean, lag-1 correlation', () => {
    expect(values.every((u) => u >= 0 && u < 1)).toBe(true);
    const counts = new Array<number>(1000).fill(0);
    for (const u of values) counts[Math.floor(1000 * u)]!++;
    expect(uniformP(counts)).toBeGreaterThan(FALSE_ALARM);
    expect(Math.abs(meanOf(values) - 0.5)).toBeLessThan(Z_MAX * Math.sqrt(1 / 12 / n)); // variance 1/12
    expect(Math.abs(correlationZ(values, values.subarray(1)))).toBeLessThan(Z_MAX);
  });
});

describe('integer', () => {
  test.each([2, 3, 7, 100, 128, 1000])('%i values are equally frequent', (n) => {
    const stream = streamOf(`integer ${n}`);
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < 200_000; i++) counts[stream.integer(n)]!++; // 200 or more expected a bin
    expect(uniformP(counts)).toBeGreaterThan(FALSE_ALARM);
  });

  test('is without bias where a remainder would have it: n = 3 · 2^30', () => {
    const stream = streamOf('integer');
    const n = 3 * 2 ** 30;
    const counts = [0, 0, 0];
    for (let i = 0; i < 90_000; i++) counts[Math.floor(stream.integer(n) / 2 ** 30)]!++; // % n would give 2:1:1
    expect(uniformP(counts)).toBeGreaterThan(FALSE_ALARM);
  });

  test('stays in range for any n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.string(), (n, seed) => {
        const k = streamOf(seed).integer(n);
        expect(Number.isInteger(k) && k >= 0 && k < n).toBe(true);
      }),
    );
  });

  test('n = 1 is 0 and draws nothing; n = 2^32 is the raw draw', () => {
    const stream = new RandomStream([1, 2, 3, 4]);
    expect(stream.integer(1)).toBe(0);
    expect(stream.integer(2 ** 32)).toBe(641);
  });

  test('an n outside 1 … 2^32 is refused', () => {
    for (const n of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => streamOf('1').integer(n)).toThrow(
        new RangeError(`integer: n must be an integer from 1 to 2^32, got ${n}`),
      );
    }
  });
});

describe('bernoulli', () => {
  test('is true with probability p', () => {
    const stream = streamOf('bernoulli');
    const n = 200_000;
    let hits = 0;
    for (let i = 0; i < n; i++) if (stream.bernoulli(0.03)) hits++;
    expect(Math.abs(hits / n - 0.03)).toBeLessThan(Z_MAX * Math.sqrt((0.03 * 0.97) / n)); // binomial
  });

  test('p = 0 never, p = 1 always, else refused', () => {
    const stream = streamOf('bernoulli');
    for (let i = 0; i < 1000; i++) expect(stream.bernoulli(0) || !stream.bernoulli(1)).toBe(false);
    for (const p of [-0.1, 1.1, Number.NaN]) {
      expect(() => stream.bernoulli(p)).toThrow(new RangeError(`bernoulli: p must be from 0 to 1, got ${p}`));
    }
  });
});

test('exponential: 200 equiprobable bins of 1000 expected, mean 1', () => {
  const stream = streamOf('exponential');
  const n = 200_000;
  const values = Float64Array.from({ length: n }, () => stream.exponential());
  const edges = equiprobableEdges((x) => -Math.expm1(-x), 200, 0, 50);
  expect(uniformP(binCounts(values, edges))).toBeGreaterThan(FALSE_ALARM);
  expect(Math.abs(meanOf(values) - 1)).toBeLessThan(Z_MAX / Math.sqrt(n)); // variance 1
});

describe('fillNormal', () => {
  test('gives the bits of 200000 calls of normal, and their state', () => {
    const [one, block] = [streamOf('fill'), streamOf('fill')];
    const expected = Float64Array.from({ length: 200_000 }, () => one.normal());
    const actual = new Float64Array(200_000);
    // Blocks of 1, 2, 3 …, so that a rejected candidate falls on every place of a block.
    for (let from = 0, size = 1; from < actual.length; from += size++) {
      block.fillNormal(actual, from, Math.min(from + size, actual.length));
    }
    const [bits, expectedBits] = [new BigInt64Array(actual.buffer), new BigInt64Array(expected.buffer)];
    expect(bits.findIndex((word, i) => word !== expectedBits[i])).toBe(-1);
    expect(block.save()).toEqual(one.save());
  });

  test('writes its range only; an empty range draws nothing', () => {
    const stream = new RandomStream([1, 2, 3, 4]);
    const out = new Float64Array(6).fill(9);
    stream.fillNormal(out, 3, 3);
    stream.fillNormal(new Float64Array(0), 0, 0);
    expect(stream.save()).toEqual([1, 2, 3, 4]);
    stream.fillNormal(out, 2, 4);
    expect([...out].map((x) => x === 9)).toEqual([true, true, false, false, true, true]);
  });

  test('a range that is not inside the array is refused', () => {
    const stream = streamOf('1');
    for (const [from, to] of [
      [-1, 2],
      [2, 1],
      [0, 5],
      [0.5, 2],
      [0, Number.NaN],
    ] as const) {
      expect(() => stream.fillNormal(new Float64Array(4), from, to)).toThrow(
        new RangeError(`fillNormal: 0 <= from <= to <= 4 must hold, got from ${from}, to ${to}`),
      );
    }
  });
});

/** The published C, line by line, in BigInt. */
function naiveXoshiro(key: readonly number[]): () => number {
  const u32 = (x: bigint): bigint => BigInt.asUintN(32, x);
  const rotl = (x: bigint, k: bigint): bigint => u32(x << k) | (x >> (32n - k));
  const s = key.map((word) => u32(BigInt(word)));
  return () => {
    const result = u32(rotl(u32(s[0]! + s[3]!), 7n) + s[0]!);
    const t = u32(s[1]! << 9n);
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotl(s[3]!, 11n);
    return Number(result);
  };
}
