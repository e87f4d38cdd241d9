import { describe, expect, test } from 'vitest';
import { rootKey, substreamKey } from '../../src/random/key.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { binCounts, equiprobableEdges, FALSE_ALARM, gammaQ, meanOf, uniformP, Z_MAX } from './statistics.ts';

const streamOf = (seed: string): RandomStream => new RandomStream(substreamKey(rootKey(seed), 0, 'test'));

describe.each([0.3, 1, 2.5, 50])('gamma of shape %d', (shape) => {
  const n = 200_000;
  const stream = streamOf(`gamma ${shape}`);
  const values = Float64Array.from({ length: n }, () => stream.gamma(shape));

  test('fills 200 equiprobable bins, 1000 expected in each', () => {
    const edges = equiprobableEdges((x) => 1 - gammaQ(shape, x), 200, 0, shape + 20 * Math.sqrt(shape) + 20);
    expect(uniformP(binCounts(values, edges))).toBeGreaterThan(FALSE_ALARM);
  });

  test('has mean and variance equal to the shape', () => {
    expect(Math.abs(meanOf(values) - shape)).toBeLessThan(Z_MAX * Math.sqrt(shape / n));
    // Var((x − μ)²) = μ4 − μ2² = 3 shape² + 6 shape − shape².
    const variance = meanOf(values, (x) => (x - shape) * (x - shape));
    expect(Math.abs(variance - shape)).toBeLessThan(Z_MAX * Math.sqrt((2 * shape * shape + 6 * shape) / n));
  });
});

test('a very small shape underflows to 0, never to NaN', () => {
  const stream = streamOf('gamma');
  for (let i = 0; i < 100; i++) expect(stream.gamma(1e-6)).toBeGreaterThanOrEqual(0);
});

test('a shape that is not positive and finite is refused', () => {
  for (const shape of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => streamOf('1').gamma(shape)).toThrow(
      new RangeError(`gamma: shape must be positive and finite, got ${shape}`),
    );
  }
});
