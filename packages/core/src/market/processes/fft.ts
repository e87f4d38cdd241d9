/** exp(−iπ·j/m) at index 2·(m + j), for all powers of two m below half its length and j < m. It grows on demand. */
let roots: Float64Array = Float64Array.of(0, 0, 1, 0);

/**
 * Discrete Fourier transforms of real numbers in place: radix 2 on half as many complex ones (Cooley and Tukey 1965,
 * "An algorithm for the machine calculation of complex Fourier series"; Press et al. 2007, "Numerical Recipes",
 * 12.3.2).
 *
 * X_k = Σ_j x_j·exp(−2πi·jk/size) lies packed in `size` numbers: X_0, X_{size/2}, then real and imaginary part of X_1,
 * X_2, … Only sums, products and square roots are taken, so every machine gets the same bits.
 */
export class RealFft {
  readonly size: number;
  private readonly roots: Float64Array;

  /** Throws RangeError unless `size` is a power of two from 2 to 2^30. */
  constructor(size: number) {
    if (!(Number.isInteger(size) && size >= 2 && size <= 0x40000000 && (size & (size - 1)) === 0)) {
      throw new RangeError(`RealFft: the size must be a power of two from 2 to 2^30, got ${size}`);
    }
    this.size = size;
    this.roots = rootsOfUnity(size);
  }

  /** Replaces `size` numbers by their spectrum. */
  forward(x: Float64Array): void {
    const half = this.size / 2;
    transform(x, half, this.roots);
    this.separate(x, -0.5);
    const even = x[0]!;
    x[0] = even + x[1]!;
    x[1] = even - x[1]!;
  }

  /** Replaces a spectrum by the numbers it is of. */
  inverse(x: Float64Array): void {
    const half = this.size / 2;
    const sum = x[0]!;
    x[0] = (sum + x[1]!) / 2;
    x[1] = (sum - x[1]!) / 2;
    this.separate(x, 0.5);
    // The inverse transform is the transform of the conjugate, conjugated.
    for (let i = 1; i < 2 * half; i += 2) x[i] = -x[i]!;
    transform(x, half, this.roots);
    const scale = 1 / half;
    for (let i = 0; i < 2 * half; i += 2) {
      x[i]! *= scale;
      x[i + 1]! *= -scale;
    }
  }

  /**
   * From the transform Z of the complex numbers x_{2j} + i·x_{2j+1} to the spectrum (`sign` −½) or back (½), but for the
   * first pair: with E and O those of even and odd places, Z = E + i·O and X_k = E_k + exp(−2πi·k/size)·O_k.
   */
  private separate(x: Float64Array, sign: number): void {
    const { roots: w, size } = this;
    for (let k = 2, l = size - 2; k <= l; k += 2, l -= 2) {
      const sumRe = (x[k]! + x[l]!) / 2;
      const sumIm = (x[k + 1]! - x[l + 1]!) / 2;
      // ∓ i/2 times the difference.
      const oddRe = -sign * (x[k + 1]! + x[l + 1]!);
      const oddIm = sign * (x[k]! - x[l]!);
      const cos = w[size + k]!;
      const sin = sign < 0 ? w[size + k + 1]! : -w[size + k + 1]!;
      const re = cos * oddRe - sin * oddIm;
      const im = cos * oddIm + sin * oddRe;
      x[k] = sumRe + re;
      x[k + 1] = sumIm + im;
      x[l] = sumRe - re;
      x[l + 1] = im - sumIm;
    }
  }
}

/** Replaces `length` complex numbers, real and imaginary parts in turn, by their discrete Fourier transform. */
function transform(z: Float64Array, length: number, w: Float64Array): void {
  reverseBits(z, length);
  // Stages in pairs, since memory is what takes time; an odd one first.
  let m = 1;
  if (length > 1 && (31 - Math.clz32(length)) % 2 === 1) {
    firstStage(z, length);
    m = 2;
  }
  for (; m < length; m *= 4) twoStages(z, length, m, w);
}

/** From transforms of m neighbours to transforms of 4·m. */
function twoStages(z: Float64Array, length: number, m: number, w: Float64Array): void {
  const step = 2 * m;
  for (let block = 0; block < 2 * length; block += 4 * step) {
    for (let j = 0; j < step; j += 2) {
      const cos = w[step + j]!;
      const sin = w[step + j + 1]!;
      const cosHalf = w[2 * step + j]!;
      const sinHalf = w[2 * step + j + 1]!;
      const a = block + j;
      const b = a + step;
      const c = b + step;
      const d = c + step;
      const bRe = cos * z[b]! - sin * z[b + 1]!;
      const bIm = cos * z[b + 1]! + sin * z[b]!;
      const dRe = cos * z[d]! - sin * z[d + 1]!;
      const dIm = cos * z[d + 1]! + sin * z[d]!;
      const sumRe = z[a]! + bRe;
      const sumIm = z[a + 1]! + bIm;
      const differenceRe = z[a]! - bRe;
      const differenceIm = z[a + 1]! - bIm;
      const re = z[c]! + dRe;
      const im = z[c + 1]! + dIm;
      const sumRe2 = cosHalf * re - sinHalf * im;
      const sumIm2 = cosHalf * im + sinHalf * re;
      const re2 = z[c]! - dRe;
      const im2 = z[c + 1]! - dIm;
      // A quarter turn more: the root times −i.
      const differenceRe2 = cosHalf * im2 + sinHalf * re2;
      const differenceIm2 = sinHalf * im2 - cosHalf * re2;
      z[a] = sumRe + sumRe2;
      z[a + 1] = sumIm + sumIm2;
      z[b] = differenceRe + differenceRe2;
      z[b + 1] = differenceIm + differenceIm2;
      z[c] = sumRe - sumRe2;
      z[c + 1] = sumIm - sumIm2;
      z[d] = differenceRe - differenceRe2;
      z[d + 1] = differenceIm - differenceIm2;
    }
  }
}

/** Sums and differences of neighbours: the stage whose root is 1. */
function firstStage(z: Float64Array, length: number): void {
  for (let a = 0; a < 2 * length; a += 4) {
    const re = z[a + 2]!;
    const im = z[a + 3]!;
    z[a + 2] = z[a]! - re;
    z[a + 3] = z[a + 1]! - im;
    z[a] = z[a]! + re;
    z[a + 1] = z[a + 1]! + im;
  }
}

/** Swaps each complex number with the one at the place whose binary digits are reversed. */
function reverseBits(z: Float64Array, length: number): void {
  for (let i = 0, reversed = 0; i < length; i++) {
    if (i < reversed) {
      const re = z[2 * i]!;
      const im = z[2 * i + 1]!;
      z[2 * i] = z[2 * reversed]!;
      z[2 * i + 1] = z[2 * reversed + 1]!;
      z[2 * reversed] = re;
      z[2 * reversed + 1] = im;
    }
    let bit = length >> 1;
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
  }
}

/** The roots for transforms of `size` numbers: products of those of half angles, within some units of the last place. */
function rootsOfUnity(size: number): Float64Array {
  if (roots.length >= 2 * size) return roots;
  const table = new Float64Array(2 * size);
  table.set(roots);
  let cos = -1;
  let sin = 0;
  for (let m = 2; m < size; m *= 2) {
    // Halves the angle; at first from π to π/2.
    const half = m === 2 ? 0 : Math.sqrt((1 + cos) / 2);
    sin = m === 2 ? -1 : sin / (2 * half);
    cos = half;
    if (4 * m <= roots.length) continue;
    for (let j = 0; j < m; j += 2) {
      // The one at 2j/m is the one at j of the angle twice as large.
      const re = table[m + j]!;
      const im = table[m + j + 1]!;
      const at = 2 * (m + j);
      table[at] = re;
      table[at + 1] = im;
      table[at + 2] = re * cos - im * sin;
      table[at + 3] = re * sin + im * cos;
    }
  }
  roots = table;
  return roots;
}
