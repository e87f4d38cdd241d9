import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entropyOf, entropySlope, scoreOf, softmax } from '../../src/agent/softmax.ts';

const STEP = 1e-5;

/** Written anew, without the shift: for preferences of moderate size. */
function probabilitiesOf(preferences: readonly number[]): number[] {
  const weights = preferences.map(Math.exp);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

const logOf = (preferences: readonly number[], action: number): number =>
  Math.log(probabilitiesOf(preferences)[action]!);
const spreadOf = (preferences: readonly number[]): number =>
  -probabilitiesOf(preferences).reduce((sum, p) => sum + p * Math.log(p), 0);

/** Central difference by one preference. */
function slope(of: (preferences: readonly number[]) => number, preferences: readonly number[], at: number): number {
  const moved = (by: number): number[] => preferences.map((value, i) => (i === at ? value + by : value));
  return (of(moved(STEP)) - of(moved(-STEP))) / (2 * STEP);
}

const preferences = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 5 });

test('gradients of the log probability and of the entropy are those of finite differences', () => {
  fc.assert(
    fc.property(preferences, fc.nat(), (given, pick) => {
      const probabilities = Float64Array.from(given);
      softmax(probabilities, 0, given.length);
      const chosen = pick % given.length;
      const entropy = entropyOf(probabilities, 0, given.length);
      for (let i = 0; i < given.length; i++) {
        // The error of a central difference is of the order of STEP², that of rounding 1e-16 ÷ STEP.
        expect(scoreOf(probabilities[i]!, i === chosen)).toBeCloseTo(
          slope((p) => logOf(p, chosen), given, i),
          8,
        );
        expect(entropySlope(probabilities[i]!, entropy)).toBeCloseTo(slope(spreadOf, given, i), 8);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('preferences of any size give probabilities', () => {
  const values = Float64Array.of(9, 1_000, 999, -1_000, 9);
  softmax(values, 1, 3);
  expect([...values]).toEqual([9, 1 / (1 + Math.exp(-1)), Math.exp(-1) / (1 + Math.exp(-1)), 0, 9]);
  expect(entropySlope(0, entropyOf(values, 1, 3))).toBe(0);
});
