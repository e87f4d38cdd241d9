import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logRatioInto } from '../../src/reward/log-ratio.ts';

const FLOOR = 1;

/** Distance to the next double of the same size. */
function ulp(x: number): number {
  const bits = new BigInt64Array(new Float64Array([Math.abs(x)]).buffer);
  bits[0]!++;
  return new Float64Array(bits.buffer)[0]! - Math.abs(x);
}

function ratios(values: readonly number[], floor: number, from = 1): number[] {
  const out = new Float64Array(values.length).fill(-7);
  logRatioInto(Float64Array.from(values), floor, from, values.length - 1, out);
  expect([...out.slice(0, from)]).toEqual(new Array(from).fill(-7));
  return [...out.slice(from)];
}

/**
 * Distance from the logarithm, in ulp. Close to 1 the rounding of a quotient is larger than the last digits of its
 * logarithm; there the difference is exact, and Math.log1p of its quotient is the logarithm to an ulp or two. Where the
 * series ends, at logarithms of 0.0625, either will do. What the floor replaces is rare, and left to Math.log.
 */
function errorOf(ratio: number, valueBefore: number, valueNow: number): number {
  const before = Math.max(valueBefore, FLOOR);
  const now = Math.max(valueNow, FLOOR);
  const close = Math.log1p((now - before) / before);
  const far = Math.log(now / before);
  const ofClose = Math.abs(ratio - close) / ulp(close);
  const ofFar = Math.abs(ratio - far) / ulp(far);
  if (Math.min(valueBefore, valueNow) < FLOOR) return ofFar;
  if (Math.abs(far) < 0.0624) return ofClose;
  return Math.abs(far) > 0.0626 ? ofFar : Math.min(ofClose, ofFar);
}

/** From one value to the next: equal, next to it, close, on either side of the series' end, far away, below the floor. */
const move = fc.oneof(
  fc.constant(1),
  fc.double({ min: -1e-12, max: 1e-12, noNaN: true }).map((x) => 1 + x),
  fc.double({ min: 0.99, max: 1.01, noNaN: true }),
  fc.double({ min: 0.93, max: 1.07, noNaN: true }),
  fc.double({ min: 1.0644, max: 1.0646, noNaN: true }),
  fc.double({ min: 0.001, max: 1000, noNaN: true }),
  fc.constantFrom(0, -1, 1e-30),
);
const path = fc.array(move, { minLength: 1, maxLength: 40 }).map((moves) => {
  const values = [100];
  // After a value below the floor, or too large, the path starts anew.
  for (const by of moves) values.push(values.at(-1)! > 1e-3 && values.at(-1)! < 1e200 ? values.at(-1)! * by : 100);
  return values;
});

describe('logRatioInto', () => {
  test('is the logarithm of neighbouring values within 4 ulp, both at least the floor', () => {
    fc.assert(
      fc.property(path, (values) => {
        for (const [i, ratio] of ratios(values, FLOOR).entries()) {
          const error = errorOf(ratio, values[i]!, values[i + 1]!);
          expect(error, `log(${values[i + 1]} / ${values[i]}), got ${ratio}`).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of equal values, and of two below the floor, is exactly 0', () => {
    expect(ratios([0.1 + 0.2, 0.1 + 0.2, 5, 5, 5], 0.1)).toEqual([0, expect.any(Number), 0, 0]);
    expect(ratios([0.5, 0.7, -3, 0], 1)).toEqual([0, 0, 0]);
  });

  test('from or to a value below the floor is that from or to the floor', () => {
    expect(ratios([4, 0.5, 4, 4.04, -1, 2], 1)).toEqual([
      Math.log(0.25),
      Math.log(4),
      expect.closeTo(Math.log(1.01), 15),
      Math.log(1 / 4.04),
      Math.log(2),
    ]);
  });

  test('of large ratios is Math.log itself, to the bit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1.07, max: 1e100, noNaN: true }), (factor) => {
        expect(ratios([3, 3 * factor, 3], 1e-9)).toEqual([Math.log((3 * factor) / 3), Math.log(3 / (3 * factor))]);
      }),
    );
  });

  test('turns with its arguments: there and back is exactly nothing', () => {
    fc.assert(
      fc.property(fc.double({ min: 94, max: 106, noNaN: true }), (value) => {
        const [there, back] = ratios([100, value, 100], 1);
        expect(there! + back!).toBe(0);
      }),
    );
  });

  test('adds nothing to what is known by where a block starts', () => {
    fc.assert(
      fc.property(path, fc.nat(39), (values, cut) => {
        const from = 1 + (cut % (values.length - 1));
        expect(ratios(values, FLOOR, from)).toEqual(ratios(values, FLOOR).slice(from - 1));
      }),
    );
  });

  test('lets a value that is no number through', () => {
    expect(ratios([1, Number.NaN, 2, 4], 1e-9)).toEqual([Number.NaN, Number.NaN, Math.log(2)]);
  });
});
