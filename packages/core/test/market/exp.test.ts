import { describe, expect, it } from 'vitest';
import { scaledExpInto } from '../../src/market/exp.ts';
import { stream } from './paths.ts';

function expOf(...x: number[]): number[] {
  const column = Float64Array.from(x);
  scaledExpInto(1, column, column, 0, column.length);
  return Array.from(column);
}

/** The largest distance in units in the last place, over values of one sign. */
function maxUlps(got: Float64Array, expected: Float64Array): number {
  const a = new BigInt64Array(got.buffer);
  const b = new BigInt64Array(expected.buffer);
  let max = 0n;
  for (let i = 0; i < a.length; i++) {
    const distance = a[i]! > b[i]! ? a[i]! - b[i]! : b[i]! - a[i]!;
    if (distance > max) max = distance;
  }
  return Number(max);
}

describe('scaledExpInto', () => {
  it.each([700, 3, 0.01])('is within 1 ulp of Math.exp on 500,000 points of ±%d', (range) => {
    const random = stream(0);
    const x = Float64Array.from({ length: 500_000 }, () => range * (2 * random.nextDouble() - 1));
    const out = new Float64Array(x.length);
    scaledExpInto(1, x, out, 0, x.length);
    expect(maxUlps(out, x.map(Math.exp))).toBeLessThanOrEqual(1);
  });

  it('is exactly 1 at zero, so that a path starts at its price', () => {
    expect(expOf(0, -0)).toEqual([1, 1]);
  });

  it('is Math.exp beyond the fast range, also between fast values', () => {
    const slow = [700.5, -700.5, 709.7, 710, -745, -746, 1e300, Infinity, -Infinity];
    expect(expOf(...slow)).toEqual(slow.map(Math.exp));
    expect(expOf(NaN)).toEqual([NaN]);
    expect(expOf(0, Infinity, 0, -Infinity, 0)).toEqual([1, Infinity, 1, 0, 1]);
  });

  it('writes only its range, and scales', () => {
    const out = new Float64Array(4).fill(7);
    scaledExpInto(3, new Float64Array(4), out, 1, 3);
    expect(Array.from(out)).toEqual([7, 3, 3, 7]);
  });

  it('is rounded correctly at points computed with 60 decimal digits', () => {
    const bits = new BigUint64Array(Float64Array.from(expOf(1, -1, 0.5, 10, -600.25, 699.75)).buffer);
    expect(Array.from(bits, (word) => word.toString(16))).toMatchInlineSnapshot(`
      [
        "4005bf0a8b145769",
        "3fd78b56362cef38",
        "3ffa61298e1e069c",
        "40d5829dcf950560",
        "9d03fcf33f2b267",
        "7f07095d888378ae",
      ]
    `);
  });
});
