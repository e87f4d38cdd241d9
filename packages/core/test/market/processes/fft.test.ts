import { describe, expect, it } from 'vitest';
import { RealFft } from '../../../src/market/processes/fft.ts';
import { stream } from '../paths.ts';

const EPSILON = 2 ** -52;

function noise(size: number): Float64Array {
  const x = new Float64Array(size);
  stream(size).fillNormal(x, 0, size);
  return x;
}

/** The definition, summed term by term, packed. */
function spectrumOf(x: Float64Array): Float64Array {
  const n = x.length;
  const out = new Float64Array(n);
  for (let k = 0; k <= n / 2; k++) {
    let re = 0;
    let im = 0;
    for (let j = 0; j < n; j++) {
      // The angle taken modulo one turn: large ones lose digits.
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      re += x[j]! * Math.cos(angle);
      im += x[j]! * Math.sin(angle);
    }
    if (k === 0) out[0] = re;
    else if (k === n / 2) out[1] = re;
    else out.set([re, im], 2 * k);
  }
  return out;
}

function largest(x: Float64Array): number {
  return x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

describe('RealFft', () => {
  it.each([2, 4, 8, 16, 64, 1024])('gives the spectrum of %i numbers as its definition does', (size) => {
    // Both sums round at each of their terms: the naive one by at most size · ε times the largest partial sum.
    const x = noise(size);
    const expected = spectrumOf(x);
    new RealFft(size).forward(x);
    const error = largest(x.map((value, i) => value - expected[i]!));
    expect(error).toBeLessThan(size * EPSILON * largest(expected));
  });

  it.each([2, 4, 8, 16, 1024, 2 ** 18])('takes a spectrum of %i back to the numbers', (size) => {
    const x = noise(size);
    const fft = new RealFft(size);
    const back = x.slice();
    fft.forward(back);
    fft.inverse(back);
    // Root mean square of the rounding grows with the logarithm of the size (Higham 2002, 24.1); 18 levels each way.
    expect(largest(back.map((value, i) => value - x[i]!))).toBeLessThan(100 * EPSILON);
  });

  it('keeps the sum of squares (Parseval)', () => {
    const size = 2 ** 16;
    const x = noise(size);
    const energy = x.reduce((sum, value) => sum + value * value, 0);
    new RealFft(size).forward(x);
    const ends = x[0]! * x[0]! + x[1]! * x[1]!;
    const middle = x.subarray(2).reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs((ends + 2 * middle) / size / energy - 1)).toBeLessThan(1e-13);
  });

  it('gives one frequency to one wave', () => {
    const x = Float64Array.from({ length: 32 }, (_, j) => Math.cos((2 * Math.PI * 5 * j) / 32));
    new RealFft(32).forward(x);
    x.forEach((value, i) => {
      expect(value).toBeCloseTo(i === 10 ? 16 : 0, 12);
    });
  });

  it('gives the same bits whatever sizes were transformed before', () => {
    const small = noise(64);
    const again = small.slice();
    new RealFft(64).forward(small);
    new RealFft(2 ** 19).forward(new Float64Array(2 ** 19));
    new RealFft(64).forward(again);
    expect(again).toEqual(small);
  });

  it.each([0, 1, 3, 12, -4, 2.5, Number.NaN, 2 ** 31])('refuses a size of %d', (size) => {
    expect(() => new RealFft(size)).toThrow(`a power of two from 2 to 2^30, got ${size}`);
  });
});
