import { describe, expect, test } from 'vitest';
import { rootKey, substreamKey } from '../../src/random/key.ts';
import { logFactorial } from '../../src/random/poisson.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { chiSquareP, FALSE_ALARM, logGamma, meanOf, poissonPmf, Z_MAX } from './statistics.ts';

const streamOf = (seed: string): RandomStream => new RandomStream(substreamKey(rootKey(seed), 0, 'test'));

describe.each([0.3, 5, 9.9, 10, 10.1, 40, 1000])('Poisson of mean %d', (mean) => {
  const n = 100_000;
  const stream = streamOf(`poisson ${mean}`);
  const values = Float64Array.from({ length: n }, () => stream.poisson(mean));

  test('has the frequencies of its probabilities', () => {
    // Both tails are pooled so that every bin expects 20 or more.
    const likely = Array.from({ length: Math.ceil(mean + 10 * Math.sqrt(mean) + 10) }, (_, k) => k).filter(
      (k) => n * poissonPmf(k, mean) >= 20,
    );
    const [low, high] = [likely[0]!, likely.at(-1)!];
    const expected = likely.map((k) => n * poissonPmf(k, mean));
    for (let k = 0; k < low; k++) expected[0]! += n * poissonPmf(k, mean);
    expected[expected.length - 1] = n - expected.slice(0, -1).reduce((sum, e) => sum + e, 0);
    const counts = new Array<number>(likely.length).fill(0);
    for (const k of values) counts[Math.min(Math.max(k, low), high) - low]!++;
    expect(chiSquareP(counts, expected)).toBeGreaterThan(FALSE_ALARM);
  });

  test('has mean and variance equal to the mean', () => {
    expect(Math.abs(meanOf(values) - mean)).toBeLessThan(Z_MAX * Math.sqrt(mean / n));
    // Var((x − μ)²) = μ4 − μ2² = mean + 3 mean² − mean².
    const variance = meanOf(values, (x) => (x - mean) * (x - mean));
    expect(Math.abs(variance - mean)).toBeLessThan(Z_MAX * Math.sqrt((mean + 2 * mean * mean) / n));
  });
});

test('a huge mean keeps mean and variance', () => {
  const stream = streamOf('poisson 1e9');
  const n = 100_000;
  const values = Float64Array.from({ length: n }, () => (stream.poisson(1e9) - 1e9) / Math.sqrt(1e9));
  expect(Math.abs(meanOf(values))).toBeLessThan(Z_MAX / Math.sqrt(n)); // nearly normal: variances 1 and 2
  expect(Math.abs(meanOf(values, (x) => x * x) - 1)).toBeLessThan(Z_MAX * Math.sqrt(2 / n));
});

test('a mean of 0 is 0 and draws nothing', () => {
  const stream = new RandomStream([1, 2, 3, 4]);
  expect(stream.poisson(0)).toBe(0);
  expect(stream.save()).toEqual([1, 2, 3, 4]);
});

test('a mean outside 0 … 1e9 is refused', () => {
  for (const mean of [-1, 1.1e9, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => streamOf('1').poisson(mean)).toThrow(
      new RangeError(`poisson: mean must be from 0 to 1e9, got ${mean}`),
    );
  }
});

test('log factorials agree with log Γ on both sides of the table’s end', () => {
  for (let k = 0; k < 200; k++) {
    expect(Math.abs(logFactorial(k) - logGamma(k + 1))).toBeLessThan(1e-13 * Math.max(1, logGamma(k + 1)));
  }
});
