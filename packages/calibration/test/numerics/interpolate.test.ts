import { expect, it } from 'vitest';
import { sixPoint, tabulated } from '../../src/numerics/interpolate.ts';

it('sixPoint gives every polynomial of degree five', () => {
  const polynomial = (x: number): number => 1 + x * (2 + x * (-3 + x * (0.5 + x * (-0.1 + x * 0.01))));
  const table = Float64Array.from({ length: 12 }, (_, i) => polynomial(i));
  for (const x of [2, 2.25, 4.5, 7.9, 8]) {
    const i = Math.min(8, Math.floor(x));
    expect(sixPoint(table, i, x - i)).toBeCloseTo(polynomial(x), 9);
  }
});

it('tabulated keeps a smooth function over the whole interval, ends included', () => {
  const f = tabulated((x) => Math.exp(Math.sin(x)), -3, 5, 400);
  for (const x of [-3, -2.999, 0, 1.2345, 4.9999, 5]) expect(f(x)).toBeCloseTo(Math.exp(Math.sin(x)), 9);
});

it('tabulated copes with an interval without length', () => {
  expect(tabulated((x) => x * x, 2, 2, 50)(2)).toBeCloseTo(4, 9);
});
