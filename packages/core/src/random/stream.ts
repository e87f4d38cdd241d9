import { gamma } from './gamma.ts';
import { poisson } from './poisson.ts';
import { ACCEPT, rareNormal, WIDTH } from './ziggurat.ts';

// The authors' polynomials for 2^64 and 2^96 draws.
const JUMP = [0x8764000b, 0xf542d2d3, 0x6fa035c3, 0x77f2db5b];
const LONG_JUMP = [0xb523952e, 0x0b6f099f, 0xccf5a0ef, 0x1c580662];

/** All that a stream is: the four int32 words of its generator. */
export type StreamState = readonly [number, number, number, number];

// V8 folds a module's own constants into the code, bounds checks included, but looks imported ones up at each use.
const accept = ACCEPT;
const width = WIDTH;

const TWO_POW_MINUS_32 = 1 / 4_294_967_296;
const TWO_POW_MINUS_53 = 1 / 9_007_199_254_740_992;
const TWO_POW_26 = 67_108_864;
const TWO_POW_32 = 4_294_967_296;

/**
 * A stream of random numbers: xoshiro128++ 1.0 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators",
 * ACM Transactions on Mathematical Software 47(4), 2021; https://prng.di.unimi.it/xoshiro128plusplus.c), period 2^128 − 1.
 *
 * The state is the four words and nothing else, no spare normal: `save` and `restore` replay every kind of draw. Draws
 * are the same bits on every platform whose `Math.exp` and `Math.log` are (V8's are its own).
 */
export class RandomStream {
  private readonly words = new Int32Array(4);
  /** Scratch of `fillNormal`, not state. */
  private readonly candidate = new Int32Array(2);
  /** −1 where normals are mirrored. A setting of the stream, not state. */
  private sign = 1;

  /** Starts at `key`: four int32, not all zero, such as a `SubstreamKey`. Throws RangeError else. */
  constructor(key: ArrayLike<number>) {
    this.reset(key);
  }

  /** Starts anew at `key`: four int32, not all zero. Throws RangeError else. */
  reset(key: ArrayLike<number>): void {
    const k0 = key[0]! | 0;
    const k1 = key[1]! | 0;
    const k2 = key[2]! | 0;
    const k3 = key[3]! | 0;
    const exact = key.length === 4 && k0 === key[0] && k1 === key[1] && k2 === key[2] && k3 === key[3];
    if (!exact || (k0 | k1 | k2 | k3) === 0) {
      throw new RangeError(`RandomStream: a key must be four int32, not all zero, got [${Array.from(key).join(', ')}]`);
    }
    const words = this.words;
    words[0] = k0;
    words[1] = k1;
    words[2] = k2;
    words[3] = k3;
  }

  /**
   * From now on every normal has the opposite sign (`normal`, `fillNormal`, and what is made of them); uniform draws stay.
   * The mirrored stream is the antithetic partner of the plain one (Hammersley and Morton 1956, "A new Monte Carlo
   * technique: antithetic variates").
   */
  mirror(isMirrored: boolean): void {
    this.sign = isMirrored ? -1 : 1;
  }

  /**
   * Goes to where `from` will be after 2^64 draws (`long`: 2^96), and mirrors as it does: a stream that overlaps it only after
   * as many.
   */
  jumpFrom(from: RandomStream, isLong = false): void {
    this.restore(from.save());
    this.sign = from.sign;
    const { words } = this;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (const jump of isLong ? LONG_JUMP : JUMP) {
      for (let bit = 0; bit < 32; bit++) {
        if ((jump & (1 << bit)) !== 0) {
          s0 ^= words[0]!;
          s1 ^= words[1]!;
          s2 ^= words[2]!;
          s3 ^= words[3]!;
        }
        this.nextInt32();
      }
    }
    words[0] = s0;
    words[1] = s1;
    words[2] = s2;
    words[3] = s3;
  }

  /** The state now; `restore` takes it back, in this stream or another. */
  save(): StreamState {
    const words = this.words;
    return [words[0]!, words[1]!, words[2]!, words[3]!];
  }

  /** Goes on from a state that `save` returned. Throws RangeError unless it is four int32, not all zero. */
  restore(state: StreamState): void {
    this.reset(state);
  }

  /** Uniform on the integers 0 … 2^32 − 1. One draw. */
  nextUint32(): number {
    return this.nextInt32() >>> 0;
  }

  /** Uniform on the multiples of 2^−53 in [0, 1). Two draws, the first one gives the high bits. */
  nextDouble(): number {
    const high = this.nextInt32() >>> 5;
    const low = this.nextInt32() >>> 6;
    return (high * TWO_POW_26 + low) * TWO_POW_MINUS_53;
  }

  /**
   * Uniform on the integers 0 … n − 1, without bias: the highest bits of a draw, as many as n − 1 has, until they
   * are below n. One draw or more; n = 1 needs none. Throws RangeError unless n is an integer from 1 to 2^32.
   */
  integer(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= TWO_POW_32)) {
      throw new RangeError(`integer: n must be an integer from 1 to 2^32, got ${n}`);
    }
    if (n === 1) return 0;
    const shift = Math.clz32(n - 1);
    for (;;) {
      const candidate = this.nextInt32() >>> shift;
      if (candidate < n) return candidate;
    }
  }

  /** True with probability `p`. Two draws. Throws RangeError unless p is from 0 to 1. */
  bernoulli(p: number): boolean {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`bernoulli: p must be from 0 to 1, got ${p}`);
    return this.nextDouble() < p;
  }

  /** Exponential with mean 1, from 0 to 36.8. Two draws. */
  exponential(): number {
    // 1 − u is exact and never 0; `0 -` keeps the result from being −0.
    return 0 - Math.log(1 - this.nextDouble());
  }

  /** Standard normal: the ziggurat, see `ziggurat.ts`. Two draws, seldom more. */
  normal(): number {
    for (;;) {
      const a = this.nextInt32();
      const b = this.nextInt32();
      const layer = a & 255;
      const v = (a >> 9) + (b * TWO_POW_MINUS_32 + 0.5);
      if (Math.abs(v) < accept[layer]!) return this.sign * v * width[layer]!;
      const x = rareNormal(this, a, b);
      if (!Number.isNaN(x)) return this.sign * x;
    }
  }

  /** Gamma of the given shape, scale 1. Throws RangeError unless `shape` is positive and finite. */
  gamma(shape: number): number {
    return gamma(this, shape);
  }

  /** Poisson of the given mean. Throws RangeError unless `mean` is from 0 to 1e9. */
  poisson(mean: number): number {
    return poisson(this, mean);
  }

  /**
   * Writes standard normals into `out` from index `from` up to, not including, `to`: the very sequence that as many
   * calls of `normal` give, and the same state after it. Throws RangeError where the range is not inside `out`.
   */
  fillNormal(out: Float64Array, from: number, to: number): void {
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= out.length)) {
      throw new RangeError(`fillNormal: 0 <= from <= to <= ${out.length} must hold, got from ${from}, to ${to}`);
    }
    let i = from;
    while (i < to) {
      i = fillAccepted(this.words, this.candidate, out, i, to);
      if (i === to) break;
      const x = rareNormal(this, this.candidate[0]!, this.candidate[1]!);
      if (!Number.isNaN(x)) out[i++] = x;
    }
    if (this.sign < 0) for (let k = from; k < to; k++) out[k] = -out[k]!;
  }

  /** The generator: its next output as int32. */
  private nextInt32(): number {
    const words = this.words;
    const s0 = words[0]!;
    const s1 = words[1]!;
    const sum = (s0 + words[3]!) | 0;
    const s2 = words[2]! ^ s0;
    const s3 = words[3]! ^ s1;
    words[0] = s0 ^ s3;
    words[1] = s1 ^ s2;
    words[2] = s2 ^ (s1 << 9);
    words[3] = (s3 << 11) | (s3 >>> 21);
    return (((sum << 7) | (sum >>> 25)) + s0) | 0;
  }
}

/**
 * Fills `out` from `from` up to `to` until a candidate is not accepted at once; returns the index reached, with that
 * candidate's two draws in `candidate` unless it is `to`.
 *
 * The generator is spelt out twice, with its state in locals, because V8 then keeps it in registers. The function
 * has no seldom path: V8 would compile it before that path has run, throw the code away at its first run, and in some
 * processes never compile the function's entry again, which halves the speed for good (measured on Node 20).
 */
function fillAccepted(words: Int32Array, candidate: Int32Array, out: Float64Array, from: number, to: number): number {
  let s0 = words[0]!;
  let s1 = words[1]!;
  let s2 = words[2]!;
  let s3 = words[3]!;
  let a = 0;
  let b = 0;
  let i = from;
  for (; i < to; i++) {
    let sum = (s0 + s3) | 0;
    a = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    let shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);

    sum = (s0 + s3) | 0;
    b = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);

    const layer = a & 255;
    const v = (a >> 9) + (b * TWO_POW_MINUS_32 + 0.5);
    if (!(Math.abs(v) < accept[layer]!)) break;
    out[i] = v * width[layer]!;
  }
  words[0] = s0;
  words[1] = s1;
  words[2] = s2;
  words[3] = s3;
  candidate[0] = a;
  candidate[1] = b;
  return i;
}
