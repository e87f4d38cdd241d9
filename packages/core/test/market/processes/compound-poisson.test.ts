import { describe, expect, it } from 'vitest';
import { CompoundPoisson, type JumpSize } from '../../../src/market/processes/compound-poisson.ts';
import { expectMean, expectVariance, PATHS } from '../ensembles.ts';
import { stream, yearGrid } from '../paths.ts';

/** Each jump is 1: sums are numbers of jumps. */
const one: JumpSize = { compensator: Math.E - 1, secondMoment: 1, sum: (_, count) => count };

function counts(perStep: number, steps: number, chunk = steps): Float64Array {
  const jumps = new CompoundPoisson(one, perStep, yearGrid(1));
  const out = new Float64Array(steps);
  jumps.begin(stream(0));
  for (let from = 0; from < steps; from += chunk) jumps.addTo(out, from, Math.min(from + chunk, steps));
  return out;
}

describe.each([0.003, 0.3, 0.99, 1, 5, 50])('jumps at the times of a Poisson process, %d a step', (perStep) => {
  it('are as many in each step as the Poisson law says', () => {
    const got = counts(perStep, PATHS);
    expectMean(got, perStep);
    expectVariance(got, perStep);
    let probability = Math.exp(-perStep);
    for (let k = 0; k <= 4; k++) {
      // Fewer than 20 expected are too few for a normal bound.
      if (PATHS * probability > 20) {
        expectMean(
          got.map((count) => (count === k ? 1 : 0)),
          probability,
        );
      }
      probability *= perStep / (k + 1);
    }
  });

  it('are independent from step to step', () => {
    const got = counts(perStep, PATHS);
    expectMean(
      got.subarray(1).map((count, i) => (count - perStep) * (got[i]! - perStep)),
      0,
    );
  });

  it('are as many in the first step of a path as in any', () => {
    const jumps = new CompoundPoisson(one, perStep, yearGrid(1));
    const random = stream(1);
    const first = new Float64Array(PATHS);
    for (let i = 0; i < PATHS; i++) {
      jumps.begin(random);
      jumps.addTo(first, i, i + 1);
    }
    expectMean(first, perStep);
    expectVariance(first, perStep);
  });

  it('are the same in any chunks', () => {
    const whole = counts(perStep, 3000);
    for (const chunk of [1, 7, 512]) expect(counts(perStep, 3000, chunk)).toEqual(whole);
  });
});

describe('CompoundPoisson', () => {
  it('adds to what is there, and nothing without jumps', () => {
    const out = new Float64Array([1, 2, 3]);
    const none = new CompoundPoisson({ ...one, compensator: Infinity, secondMoment: Infinity }, 0, yearGrid(1));
    none.begin(stream(0));
    none.addTo(out, 0, 3);
    expect(Array.from(out)).toEqual([1, 2, 3]);
    expect([none.isEmpty, none.compensationPerStep, none.variancePerStep]).toEqual([true, 0, 0]);
    const many = new CompoundPoisson(one, 1e4, yearGrid(1));
    many.begin(stream(0));
    many.addTo(out, 1, 2);
    expect(out[0]).toBe(1);
    expect(out[1]).toBeGreaterThan(9000);
    expect(out[2]).toBe(3);
  });
});
