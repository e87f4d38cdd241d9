import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RootKey, rootKey, SubstreamKeyer, substreamKey } from '../../src/random/key.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { correlationZ, FALSE_ALARM, uniformP, Z_MAX } from './statistics.ts';

const reference = JSON.parse(readFileSync(new URL('./golden/reference.json', import.meta.url), 'utf8')) as {
  rootKeys: { seed: string; key: number[] }[];
  substreamKeys: { root: RootKey; episode: number; path: string; key: number[] }[];
};

describe('rootKey', () => {
  test('is RC4 over UTF-8 and a zero byte, as golden/reference.py computes it', () => {
    for (const { seed, key } of reference.rootKeys) expect(rootKey(seed), seed).toEqual(key);
  });

  test('is pinned', () => {
    expect(rootKey('1').join(' ')).toMatchInlineSnapshot(`"762935692 1748852535 1347210067 1332184685"`);
  });

  test('seeds that repeat each other have keys of their own', () => {
    const seeds = ['1', '11', '111', '1111', '12', '1212', '\u00e9', 'e\u0301', '\u00c3\u00a9', '🎲', '🎲🎲'];
    expect(new Set(seeds.map((seed) => rootKey(seed).join())).size).toBe(seeds.length);
  });
});

describe('substreamKey', () => {
  test('is murmur3 over root, path and episode, as mmh3 computes it', () => {
    for (const { root, episode, path, key } of reference.substreamKeys) {
      expect(substreamKey(root, episode, path), `${path} ${episode}`).toEqual(key);
    }
  });

  test('is pinned', () => {
    const root = rootKey('1');
    expect(substreamKey(root, 0, 'market/BTC/USDT').join(' ')).toMatchInlineSnapshot(
      `"-1354865178 1886745141 -613864293 -2100779929"`,
    );
    expect(substreamKey(root, 4711, 'market/BTC/USDT').join(' ')).toMatchInlineSnapshot(
      `"1603804257 -1347668663 226148123 -1041394243"`,
    );
  });

  test('a keyer gives the same keys in any order of episodes', () => {
    const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const episodes = fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 5 });
    const path = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(fc.tuple(int32, int32, int32, int32), path, episodes, (root, path, episodes) => {
        const keyer = new SubstreamKeyer(root, path);
        const out = new Int32Array(4);
        for (const episode of episodes) {
          keyer.key(episode, out);
          expect([...out]).toEqual(substreamKey(root, episode, path));
        }
      }),
    );
  });

  test('an episode that is not an index is refused', () => {
    for (const episode of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => substreamKey([1, 2, 3, 4], episode, 'a')).toThrow(
        new RangeError(`SubstreamKeyer.key: episode must be an integer from 0 to 2^53 - 1, got ${episode}`),
      );
    }
  });

  test('100000 episodes have 100000 keys, and each root word, the episode’s high half and the path matter', () => {
    const keys = new Set<string>();
    const keyer = new SubstreamKeyer(rootKey('1'), 'market/BTC');
    const out = new Int32Array(4);
    for (let episode = 0; episode < 100_000; episode++) {
      keyer.key(episode, out);
      keys.add(out.join());
    }
    expect(keys.size).toBe(100_000);
    const variants = [
      substreamKey([1, 2, 3, 4], 0, 'a'),
      substreamKey([9, 2, 3, 4], 0, 'a'),
      substreamKey([1, 9, 3, 4], 0, 'a'),
      substreamKey([1, 2, 9, 4], 0, 'a'),
      substreamKey([1, 2, 3, 9], 0, 'a'),
      substreamKey([1, 2, 3, 4], 2 ** 32, 'a'),
      substreamKey([1, 2, 3, 4], 0, 'b'),
    ];
    expect(new Set(variants.map((key) => key.join())).size).toBe(variants.length);
  });
});

describe('streams of neighbouring keys', () => {
  const normals = (seed: string, episode: number, path: string): Float64Array => {
    const out = new Float64Array(100_000);
    new RandomStream(substreamKey(rootKey(seed), episode, path)).fillNormal(out, 0, out.length);
    return out;
  };

  test('do not correlate: seeds, episodes and paths', () => {
    const base = normals('1', 0, 'market/BTC');
    const others = [normals('11', 0, 'market/BTC'), normals('1', 1, 'market/BTC'), normals('1', 0, 'market/BTD')];
    // r √n of independent streams is standard normal.
    for (const other of others) expect(Math.abs(correlationZ(base, other))).toBeLessThan(Z_MAX);
  });

  test('the first draws of 100000 consecutive episodes are uniform and do not correlate', () => {
    const keyer = new SubstreamKeyer(rootKey('1'), 'market/BTC');
    const key = new Int32Array(4);
    const stream = new RandomStream([1, 2, 3, 4]);
    const draws = Float64Array.from({ length: 100_000 }, (_, episode) => {
      keyer.key(episode, key);
      stream.reset(key);
      return stream.nextDouble();
    });
    const counts = new Array<number>(200).fill(0);
    for (const u of draws) counts[Math.floor(200 * u)]!++;
    expect(uniformP(counts)).toBeGreaterThan(FALSE_ALARM); // 500 expected a bin
    expect(Math.abs(correlationZ(draws, draws.subarray(1)))).toBeLessThan(Z_MAX); // lag 1: r √n
  });
});
