import { describe, expect, it } from 'vitest';
import { minimize } from '../../src/numerics/minimize.ts';

/** Rosenbrock (1960): a curved valley with its floor at (1, …, 1). */
function valley(x: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < x.length; i++) {
    const bend = x[i]! - x[i - 1]! * x[i - 1]!;
    sum += 100 * bend * bend + (1 - x[i - 1]!) * (1 - x[i - 1]!);
  }
  return sum;
}

describe('minimize', () => {
  it.each([2, 4, 6, 8])('finds the floor of a curved valley in %i dimensions', (n) => {
    const start = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const { x, value, converged } = minimize(valley, start, { maxEvaluations: 20_000 });
    expect(converged).toBe(true);
    expect(value).toBeLessThan(1e-6);
    for (const v of x) expect(v).toBeCloseTo(1, 2);
  });

  it('finds the minimum of one coordinate', () => {
    const { x, converged } = minimize(([v]) => Math.cosh(v! - 3), [0]);
    expect(x[0]).toBeCloseTo(3, 5);
    expect(converged).toBe(true);
  });

  it('copes with coordinates whose units differ by eight orders of magnitude', () => {
    const f = ([a, b]: readonly number[]): number => (a! - 1) ** 2 + 1e8 * (b! - 2e-4) ** 2 + (a! - 1) * (b! - 2e-4);
    const { x } = minimize(f, [5, 0.01], { scale: [1, 1e-3] });
    expect(x[0]).toBeCloseTo(1, 4);
    expect(x[1]).toBeCloseTo(2e-4, 8);
  });

  it('keeps away from where the function has no value', () => {
    const { x } = minimize(([v]) => (v! <= 0 ? Number.NaN : v! - Math.log(v!)), [4]);
    expect(x[0]).toBeCloseTo(1, 5);
  });

  it('says so when the evaluations run out', () => {
    expect(minimize(valley, [-1.2, 1], { maxEvaluations: 20 }).converged).toBe(false);
  });

  it('has nothing to do without coordinates', () => {
    expect(minimize(() => 7, [])).toMatchObject({ x: [], value: 7, converged: true });
  });

  it('refuses a start where the function has no value', () => {
    expect(() => minimize(() => Number.NaN, [1, 2])).toThrow('the function has no value at the start, 1, 2');
  });
});
