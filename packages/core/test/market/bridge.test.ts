import { describe, expect, it } from 'vitest';
import { BridgeExtremes } from '../../src/market/bridge.ts';
import { stream } from './paths.ts';

const N = 50_000;

/** P(−a < bridge < b) of the bridge from 0 to c with variance v: the series of images (Borodin and Salminen). */
function staysBetween(a: number, b: number, c: number, v: number): number {
  const width = a + b;
  let sum = 0;
  for (let k = -20; k <= 20; k++) {
    const g = b + k * width;
    sum += Math.exp((-2 * k * width * (k * width + c)) / v) - Math.exp((-2 * g * (g - c)) / v);
  }
  return Math.max(0, sum);
}

function draws(c: number, v: number, see: (highest: number, lowest: number) => void, n = N): void {
  const random = stream(1, `bridge ${c} ${v}`);
  const extremes = new BridgeExtremes();
  for (let i = 0; i < n; i++) {
    extremes.draw(random, c, v);
    see(extremes.highest, extremes.lowest);
  }
}

describe('BridgeExtremes', () => {
  it.each([
    [0, 1],
    [0.3, 0.04],
    [-1.5, 1],
    [4, 1],
    [-0.002, 0.0001],
  ])('has the joint law of highest and lowest between 0 and %f, variance %f', (c, v) => {
    const sd = Math.sqrt(v);
    const levels = [0.15, 0.4, 0.8, 1.3, 2].map((x) => x * sd);
    const below = Math.max(0, -c);
    const above = Math.max(0, c);
    const counts = levels.map(() => levels.map(() => 0));
    draws(c, v, (highest, lowest) => {
      for (const [i, a] of levels.entries()) {
        for (const [j, b] of levels.entries()) if (-lowest < below + a && highest < above + b) counts[i]![j]!++;
      }
    });
    for (const [i, a] of levels.entries()) {
      for (const [j, b] of levels.entries()) {
        const p = staysBetween(below + a, above + b, c, v);
        // A share of N draws has standard deviation √(p(1 − p)/N); 5 of them, and 1e-4 for those that are nearly 0.
        const bound = 5 * Math.sqrt((p * (1 - p)) / N) + 1e-4;
        expect(Math.abs(counts[i]![j]! / N - p), `a ${a}, b ${b}: P ${p}`).toBeLessThan(bound);
      }
    }
  });

  it('encloses both ends, also of a long step, a short one, and one of no variance', () => {
    for (const [c, v] of [
      [0, 0],
      [1, 0],
      [-1, 0],
      [50, 1],
      [-50, 1],
      [1e-12, 1],
      [3, 1e-20],
      [-1e300, 1e-300],
    ] as const) {
      draws(
        c,
        v,
        (highest, lowest) => {
          expect(highest).toBeGreaterThanOrEqual(Math.max(0, c));
          expect(lowest).toBeLessThanOrEqual(Math.min(0, c));
          if (v === 0) expect([highest, lowest]).toEqual([Math.max(0, c), Math.min(0, c)]);
        },
        2_000,
      );
    }
  });

  it('takes two uniforms a call', () => {
    const random = stream(0);
    const other = stream(0);
    const extremes = new BridgeExtremes();
    for (const [c, v] of [
      [0.1, 1],
      [2, 0],
      [Number.NaN, 1],
    ] as const) {
      extremes.draw(random, c, v);
      other.nextDouble();
      other.nextDouble();
      expect(random.save()).toEqual(other.save());
    }
  });
});
