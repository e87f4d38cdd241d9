import { expect, test } from 'vitest';
import { binCounts, equiprobableEdges, gammaQ, logGamma, normalCdf, uniformP } from './statistics.ts';

test('the distribution functions match published values', () => {
  expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
  expect(logGamma(10)).toBeCloseTo(Math.log(362880), 12);
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 12);
  expect(normalCdf(-4.5) * 1e6).toBeCloseTo(3.3976731247, 8);
  expect(gammaQ(5, 9.15351)).toBeCloseTo(0.05, 5); // χ², 10 degrees, 18.307
  expect(gammaQ(50, 62.17106)).toBeCloseTo(0.05, 5); // χ², 100 degrees, 124.342
});

test('a wrong distribution is found out', () => {
  const edges = equiprobableEdges((x) => x, 10, 0, 1);
  const skewed = Array.from({ length: 10_000 }, (_, i) => (i / 10_000) ** 1.2);
  expect(uniformP(binCounts(skewed, edges))).toBeLessThan(1e-6);
});
