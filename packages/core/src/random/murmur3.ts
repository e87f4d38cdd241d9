/**
 * MurmurHash3_x86_128 (Austin Appleby, SMHasher, public domain) in 32-bit integer arithmetic. Not cryptographic: it
 * spreads structured keys, it does not resist an adversary.
 *
 * The hash has two halves, so that a caller can keep the state after a common prefix: `absorbBlocks` eats whole blocks
 * of 16 bytes, `finish` the rest (at most 15 bytes) and the total length. State is four int32 words h1 h2 h3 h4.
 */
const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

/**
 * The hash of `bytes` under a 32-bit `seed`: four int32, in the order in which the reference writes them. Their
 * little-endian bytes are the reference's 16 bytes.
 */
export function murmur3x86x128(bytes: Uint8Array, seed: number): Int32Array {
  const state = new Int32Array(4).fill(seed | 0);
  const absorbed = absorbBlocks(state, bytes);
  finish(state, bytes, absorbed, bytes.length);
  return state;
}

/** Mixes the whole 16-byte blocks of `bytes` into `state`; returns how many bytes that were. */
export function absorbBlocks(state: Int32Array, bytes: Uint8Array): number {
  const end = bytes.length - (bytes.length % 16);
  let h1 = state[0]!;
  let h2 = state[1]!;
  let h3 = state[2]!;
  let h4 = state[3]!;
  for (let at = 0; at < end; at += 16) {
    h1 ^= Math.imul(rotl(Math.imul(wordAt(bytes, at), C1), 15), C2);
    h1 = (Math.imul((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotl(Math.imul(wordAt(bytes, at + 4), C2), 16), C3);
    h2 = (Math.imul((rotl(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotl(Math.imul(wordAt(bytes, at + 8), C3), 17), C4);
    h3 = (Math.imul((rotl(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotl(Math.imul(wordAt(bytes, at + 12), C4), 18), C1);
    h4 = (Math.imul((rotl(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  state[0] = h1;
  state[1] = h2;
  state[2] = h3;
  state[3] = h4;
  return end;
}

/**
 * Ends a hash: mixes the bytes from `from` on (fewer than 16) and the length of the whole input, in bytes, into `state`,
 * which then is the hash.
 */
export function finish(state: Int32Array, bytes: Uint8Array, from: number, totalLength: number): void {
  // Bytes beyond the end read as zero, and a word of zero leaves its h as it is: the reference's fall-through switch.
  let h1 = state[0]! ^ Math.imul(rotl(Math.imul(wordAt(bytes, from), C1), 15), C2);
  let h2 = state[1]! ^ Math.imul(rotl(Math.imul(wordAt(bytes, from + 4), C2), 16), C3);
  let h3 = state[2]! ^ Math.imul(rotl(Math.imul(wordAt(bytes, from + 8), C3), 17), C4);
  let h4 = state[3]! ^ Math.imul(rotl(Math.imul(wordAt(bytes, from + 12), C4), 18), C1);

  h1 ^= totalLength;
  h2 ^= totalLength;
  h3 ^= totalLength;
  h4 ^= totalLength;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h3 = avalanche(h3);
  h4 = avalanche(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  state[0] = h1;
  state[1] = h2 + h1;
  state[2] = h3 + h1;
  state[3] = h4 + h1;
}

/** Four bytes, little endian, as int32; what lies beyond the end of the array reads as zero. */
function wordAt(bytes: Uint8Array, at: number): number {
  if (at + 4 <= bytes.length) {
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
  let word = 0;
  for (let i = at; i < bytes.length; i++) word |= bytes[i]! << (8 * (i - at));
  return word;
}

function rotl(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** The reference's `fmix32`: every input bit reaches every output bit. */
function avalanche(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
