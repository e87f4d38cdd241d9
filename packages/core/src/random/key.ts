import seedrandom from 'seedrandom';
import { absorbBlocks, finish } from './murmur3.ts';
import { utf8Binary, utf8Bytes } from './utf8.ts';

/** 128 bits that stand for a run's seed: four int32. */
export type RootKey = readonly [number, number, number, number];

/** 128 bits that start one random stream: four int32, never all zero. */
export type SubstreamKey = readonly [number, number, number, number];

const EPISODE_BYTES = 8;
const TWO_POW_32 = 4_294_967_296;

/**
 * A run's seed → its root key: four `int32()` of seedrandom 3.0.5 (RC4) over the seed's UTF-8 bytes, as characters
 * 0–255, and a terminating zero byte. Without the terminator seedrandom repeats a short key to fill its 256 bytes and
 * gives `'1'` and `'11'` the same stream.
 *
 * Any well-formed text has a key; the config's schema narrows seeds to 1–128 characters without control characters.
 * Throws RangeError for a lone surrogate.
 */
export function rootKey(seed: string): RootKey {
  const generator = seedrandom(`${utf8Binary(seed)}\0`);
  return [generator.int32(), generator.int32(), generator.int32(), generator.int32()];
}

/**
 * The key of the stream of one component in one episode: MurmurHash3_x86_128 with seed 0 over root key (16 bytes), path
 * (UTF-8) and episode (8 bytes), integers little endian. The lengths before and after the path are fixed, so no two
 * triples hash the same bytes. An all-zero hash, which xoshiro cannot start from, becomes (1, 0, 0, 0).
 *
 * `path` is the component's place in the config, such as `market/BTC/USDT`: a stream does not move when another
 * component is added. Throws RangeError unless `episode` is an integer from 0 to 2^53 − 1.
 */
export function substreamKey(root: RootKey, episode: number, path: string): SubstreamKey {
  const key = new Int32Array(4);
  new SubstreamKeyer(root, path).key(episode, key);
  return [key[0]!, key[1]!, key[2]!, key[3]!];
}

/**
 * `substreamKey` for many episodes of one path: the part of the hash before the episode is computed once and
 * `key` allocates nothing.
 */
export class SubstreamKeyer {
  /** The hash's state after the whole blocks of root key and path. */
  private readonly prefix = new Int32Array(4);
  /** What is left of the path, then the episode. */
  private readonly rest: Uint8Array;
  private readonly totalLength: number;

  constructor(root: RootKey, path: string) {
    const name = utf8Bytes(path);
    const bytes = new Uint8Array(16 + name.length);
    for (let i = 0; i < 16; i++) bytes[i] = root[i >> 2]! >>> (8 * (i & 3));
    bytes.set(name, 16);
    const absorbed = absorbBlocks(this.prefix, bytes);
    this.rest = new Uint8Array(bytes.length - absorbed + EPISODE_BYTES);
    this.rest.set(bytes.subarray(absorbed));
    this.totalLength = bytes.length + EPISODE_BYTES;
  }

  /** Writes the key of `episode` (0 to 2^53 − 1, else RangeError) into the four words of `out`. */
  key(episode: number, out: Int32Array): void {
    if (!Number.isSafeInteger(episode) || episode < 0) {
      throw new RangeError(`SubstreamKeyer.key: episode must be an integer from 0 to 2^53 - 1, got ${episode}`);
    }
    const rest = this.rest;
    const at = rest.length - EPISODE_BYTES;
    const low = episode | 0;
    const high = Math.floor(episode / TWO_POW_32);
    for (let i = 0; i < 4; i++) {
      rest[at + i] = low >>> (8 * i);
      rest[at + 4 + i] = high >>> (8 * i);
    }
    out[0] = this.prefix[0]!;
    out[1] = this.prefix[1]!;
    out[2] = this.prefix[2]!;
    out[3] = this.prefix[3]!;
    const absorbed = absorbBlocks(out, rest);
    finish(out, rest, absorbed, this.totalLength);
    if ((out[0]! | out[1]! | out[2]! | out[3]!) === 0) out[0] = 1;
  }
}
