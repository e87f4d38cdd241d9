import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalQuantile, studentQuantile } from '../../src/summary/student.ts';

describe('studentQuantile', () => {
  // A published table of t, both sides together.
  test.each([
    [0.05, 1, 12.7062],
    [0.05, 2, 4.3027],
    [0.05, 3, 3.1824],
    [0.05, 4, 2.7764],
    [0.05, 5, 2.5706],
    [0.05, 10, 2.2281],
    [0.05, 20, 2.086],
    [0.05, 30, 2.0423],
    [0.05, 100, 1.984],
    [0.05, 1e6, 1.96],
    [0.1, 1, 6.3138],
    [0.1, 2, 2.92],
    [0.1, 5, 2.015],
    [0.1, 10, 1.8125],
    [0.1, 30, 1.6973],
    [0.1, 100, 1.6602],
    [0.01, 1, 63.6567],
    [0.01, 2, 9.9248],
    [0.01, 5, 4.0321],
    [0.01, 10, 3.1693],
    [0.01, 30, 2.75],
    [0.01, 100, 2.6259],
  ])('of %d at %d degrees of freedom is %d', (tail, freedom, expected) => {
    // Half of the last digit that is published, and half of the sixth digit of the algorithm.
    expect(Math.abs(studentQuantile(tail, freedom) - expected)).toBeLessThan(0.5e-4 + 0.5e-5 * expected);
  });

  test('of very many degrees of freedom is that of the normal distribution', () => {
    expect(Math.abs(studentQuantile(0.05, 1e6) - 1.95996)).toBeLessThan(1e-5);
    expect(Math.abs(studentQuantile(0.05, 1e6) + normalQuantile(0.025))).toBeLessThan(1e-5);
  });

  test('falls with the degrees of freedom and with the tail', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0.001, max: 0.4, noNaN: true }), (n, tail) => {
        expect(studentQuantile(tail, n + 1)).toBeLessThan(studentQuantile(tail, n) + 1e-5);
        expect(studentQuantile(tail * 1.01, n)).toBeLessThan(studentQuantile(tail, n));
      }),
    );
  });
});

describe('normalQuantile', () => {
  test.each([
    [0.4, -0.2533471],
    [0.25, -0.6744898],
    [0.1, -1.2815516],
    [0.05, -1.6448536],
    [0.025, -1.959964],
    [0.005, -2.5758293],
    [0.001, -3.0902323],
    [1e-10, -6.3613409],
    // The check value of the algorithm's paper.
    [1e-20, -9.2623401],
  ])('of %d is %d', (p, expected) => {
    // Seven digits.
    expect(Math.abs(normalQuantile(p) / expected - 1)).toBeLessThan(5e-7);
  });
});
