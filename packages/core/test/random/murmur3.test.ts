import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { absorbBlocks, finish, murmur3x86x128 } from '../../src/random/murmur3.ts';

const reference = JSON.parse(readFileSync(new URL('./golden/reference.json', import.meta.url), 'utf8')) as {
  murmur3: { hex: string; seed: number; hash: number[] }[];
};

const bytesOf = (words: Int32Array): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, i) => words[i >> 2]! >>> (8 * (i & 3)));

test('SMHasher’s verification value for x86_128 is 0xB3ECE62A', () => {
  const hashes = new Uint8Array(256 * 16);
  for (let n = 0; n < 256; n++) {
    hashes.set(
      bytesOf(
        murmur3x86x128(
          Uint8Array.from({ length: n }, (_, i) => i),
          256 - n,
        ),
      ),
      16 * n,
    );
  }
  expect(murmur3x86x128(hashes, 0)[0]! >>> 0).toBe(0xb3ece62a);
});

test('hashes are those of mmh3 for 0 to 35 bytes and three seeds', () => {
  for (const { hex, seed, hash } of reference.murmur3) {
    const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
      Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
    );
    expect([...murmur3x86x128(bytes, seed)], `${hex} seed ${seed}`).toEqual(hash);
  }
});

test('a hash continued after a prefix of whole blocks is the hash of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(6), (bytes, blocks) => {
      const cut = Math.min(blocks * 16, bytes.length - (bytes.length % 16));
      const state = new Int32Array(4);
      expect(absorbBlocks(state, bytes.subarray(0, cut))).toBe(cut);
      const rest = bytes.subarray(cut);
      finish(state, rest, absorbBlocks(state, rest), bytes.length);
      expect(state).toEqual(murmur3x86x128(bytes, 0));
    }),
  );
});
