import { expect, it } from 'vitest';
import { drawCounts, resamplingStream } from '../../src/comparison/resampling.ts';

it('draws as many as there are, each as likely', () => {
  const [n, width] = [50, 4];
  const counts = new Float64Array(n * width);
  const totals = new Float64Array(n);
  const stream = resamplingStream('test');
  const rounds = 1000;
  for (let round = 0; round < rounds; round++) {
    drawCounts(stream, counts, width);
    for (let r = 0; r < width; r++) {
      let drawn = 0;
      for (let i = 0; i < n; i++) {
        drawn += counts[i * width + r]!;
        totals[i] = totals[i]! + counts[i * width + r]!;
      }
      expect(drawn).toBe(n);
    }
  }
  // Chi-square of 49 degrees of freedom: above 94.0 once in 10,000.
  const expected = rounds * width;
  expect(totals.reduce((sum, x) => sum + (x - expected) ** 2 / expected, 0)).toBeLessThan(94);
});

it('a purpose and a seed have draws of their own, the same each time', () => {
  const draw = (purpose: string, seed?: string) => resamplingStream(purpose, seed).nextUint32();
  expect(draw('a')).toBe(draw('a'));
  expect(new Set([draw('a'), draw('b'), draw('a', 'other')]).size).toBe(3);
});
