import { describe, expect, it } from 'vitest';
import { HawkesArrivals } from '../../../src/market/processes/hawkes-arrivals.ts';
import { expectMean, expectVariance, PATHS } from '../ensembles.ts';
import { stream } from '../paths.ts';
import { hawkesMoments, type Rates } from './hawkes-moments.ts';

/** Events and integrated intensity of the intervals 0 to 0.1 and 0.1 to 0.25 years, of many paths. */
function intervals(rates: Rates, stepsPerYear: number) {
  const arrivals = new HawkesArrivals(rates, stepsPerYear);
  const random = stream(0, JSON.stringify(rates));
  const boundaries = [0.1 * stepsPerYear, 0.25 * stepsPerYear].map(Math.round);
  const counts = [new Float64Array(PATHS), new Float64Array(PATHS)] as const;
  const integrals = [new Float64Array(PATHS), new Float64Array(PATHS)] as const;
  for (let n = 0; n < PATHS; n++) {
    arrivals.begin(random);
    for (let step = 0; step < boundaries[1]!; step++) {
      const interval = step < boundaries[0]! ? 0 : 1;
      arrivals.step();
      counts[interval][n]! += arrivals.count;
      integrals[interval][n]! += arrivals.integratedIntensity;
    }
  }
  return { counts, integrals };
}

const products = (a: Float64Array, meanA: number, b: Float64Array, meanB: number): Float64Array =>
  a.map((x, i) => (x - meanA) * (b[i]! - meanB));

describe.each([
  { baseIntensity: 10, excitation: 0, decay: 40 },
  { baseIntensity: 5, excitation: 15, decay: 20 },
  { baseIntensity: 30, excitation: 200, decay: 400 },
  { baseIntensity: 0.8, excitation: 0.99 * 50, decay: 50 },
  { baseIntensity: 4, excitation: 0.5e9, decay: 1e9 },
])('arrivals of a Hawkes process: $baseIntensity, $excitation, $decay', (rates) => {
  const { after, meanIntensity } = hawkesMoments(rates, 0.1);
  const whole = hawkesMoments(rates, 0.25);

  it.each([20, 200])(
    'have the mean, variance, autocovariance and compensation of theory with %d steps a year',
    (stepsPerYear) => {
      const { counts, integrals } = intervals(rates, stepsPerYear);
      const total = counts[0].map((count, i) => count + counts[1][i]!);
      expectMean(counts[0], meanIntensity * 0.1);
      expectMean(counts[1], meanIntensity * 0.15);
      expectVariance(counts[0], after.varianceOfCount);
      expectVariance(total, whole.after.varianceOfCount);
      const covariance = hawkesMoments(rates, 0.1).covarianceWithNext(0.15);
      expectMean(products(counts[0], meanIntensity * 0.1, counts[1], meanIntensity * 0.15), covariance);
      expectMean(integrals[0], meanIntensity * 0.1, 1e-9);
      expectVariance(integrals[0], after.varianceOfIntegral, 1e-12);
      const covarianceOfBoth = after.covarianceOfCountAndIntegral;
      expectMean(products(counts[0], meanIntensity * 0.1, integrals[0], meanIntensity * 0.1), covarianceOfBoth, 1e-9);
      // They are compensated by their integrated intensity: E[exp(θN − (e^θ − 1)Λ)] = 1 (Brémaud 1981, "Point Processes and
      // Queues", VI.2).
      for (const theta of [-0.3, 0.05]) {
        expectMean(
          counts[0].map((count, i) => Math.exp(theta * count - Math.expm1(theta) * integrals[0][i]!)),
          1,
        );
      }
    },
  );
});

describe('HawkesArrivals', () => {
  it('are Poisson where nothing excites them, or all but nothing', () => {
    for (const rates of [
      { baseIntensity: 30, excitation: 0, decay: 5 },
      // So slow that the intensity stays at 30 for the whole quarter.
      { baseIntensity: 15, excitation: 0.5e-9, decay: 1e-9 },
      { baseIntensity: 15, excitation: 0.5e-300, decay: 1e-300 },
    ]) {
      const { counts, integrals } = intervals(rates, 20);
      expectMean(counts[0], 3);
      expectVariance(counts[0], 3);
      expectMean(
        counts[0].map((count) => (count === 0 ? 1 : 0)),
        Math.exp(-3),
      );
      expect(integrals[0].every((integral) => Math.abs(integral - 3) < 1e-6)).toBe(true);
    }
  });

  it('have none without a base intensity', () => {
    const arrivals = new HawkesArrivals({ baseIntensity: 0, excitation: 3, decay: 4 }, 10);
    arrivals.begin(stream(0));
    for (let step = 0; step < 100; step++) {
      arrivals.step();
      expect([arrivals.count, arrivals.integratedIntensity]).toEqual([0, 0]);
    }
  });

  it('fall back to the base exactly where events are long past', () => {
    const arrivals = new HawkesArrivals({ baseIntensity: 1e-9, excitation: 900, decay: 1000 }, 1);
    arrivals.begin(stream(1));
    arrivals.step();
    for (let step = 0; step < 10; step++) arrivals.step();
    expect(arrivals.integratedIntensity).toBe(1e-9);
  });
});

it('are the same with an excitation of -0 as with one of 0', () => {
  const counts = (excitation: number) => {
    const arrivals = new HawkesArrivals({ baseIntensity: 10, excitation, decay: 40 }, 20);
    arrivals.begin(stream(0, 'zero'));
    return Array.from({ length: 20 }, () => {
      arrivals.step();
      return arrivals.count;
    });
  };
  expect(counts(-0)).toEqual(counts(0));
});
