import { expect, it } from 'vitest';
import { fft } from '../../src/numerics/fourier.ts';

it.each([1, 2, 8, 64])('fft of %i numbers is the sum that defines it', (n) => {
  const re = Float64Array.from({ length: n }, (_, j) => Math.sin(3 * j * j));
  const im = Float64Array.from({ length: n }, (_, j) => Math.cos(5 * j + 1));
  const expected = Array.from({ length: n }, (_, k) => {
    let [x, y] = [0, 0];
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * j * k) / n;
      x += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      y += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
    return [x, y] as const;
  });
  fft(re, im);
  for (const [k, [x, y]] of expected.entries()) {
    expect(re[k]).toBeCloseTo(x, 10);
    expect(im[k]).toBeCloseTo(y, 10);
  }
});
