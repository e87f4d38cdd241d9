import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinCounts, Sketch } from '../../src/outputs/sketch.ts';
import { Database } from '../../src/store/database.ts';

const QUANTILES = [0, 0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995, 1];

const value = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.constantFrom(0, -0, 1e-12, -1e-12, 1e-9, 1, -1, 1e300, -1e300),
);

/** The smallest value that has this share at or below it. */
function exact(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
}

describe('BinCounts', () => {
  test('has the quantiles of the numbers that were counted, added in any order', () => {
    const bins = fc.array(fc.tuple(fc.integer({ min: -3_000, max: 3_000 }), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(bins, (entries) => {
        const counts = new BinCounts();
        for (const [bin, count] of entries) counts.add(bin, count);
        const all = entries.flatMap(([bin, count]) => new Array<number>(count).fill(bin));
        expect(counts.n).toBe(all.length);
        for (const q of QUANTILES) expect(counts.quantile(q)).toBe(exact(all, q));
        const seen: number[] = [];
        counts.each((bin, count) => seen.push(...new Array<number>(count).fill(bin)));
        expect(seen).toEqual([...all].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  test('has none without counts', () => {
    expect(new BinCounts().quantile(0.5)).toBeNaN();
  });
});

describe('Sketch', () => {
  test.each([0.0025, 0.01])('is within %d of every quantile, for either sign and around zero', (error) => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 80 }), (values) => {
        const sketch = new Sketch(error);
        for (const one of values) sketch.add(one);
        expect(sketch.n).toBe(values.length);
        for (const q of QUANTILES) {
          const right = exact(values, q);
          const least = Math.abs(right) < 1e-9 ? 1e-9 : 0;
          expect(Math.abs(sketch.quantile(q) - right)).toBeLessThanOrEqual(
            error * Math.abs(right) * (1 + 1e-9) + least,
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('counts in SQL as it does here', async () => {
    const values = fc.sample(value, { seed: 11, numRuns: 2_000 });
    const here = new Sketch(0.01);
    const there = new Sketch(0.01);
    for (const one of values) here.add(one);
    const database = await Database.open();
    try {
      const rows = values.map((one) => `(${one}::DOUBLE)`).join(', ');
      const sql = `SELECT CAST(${there.keyOf('x')} AS DOUBLE) AS k, CAST(count(*) AS DOUBLE) FROM (VALUES ${rows}) t(x) GROUP BY k`;
      for (const [key, count] of (await database.rows(sql)) as [number, number][]) there.addKey(key, count);
    } finally {
      database.close();
    }
    const all = (sketch: Sketch): number[][] => {
      const seen: number[][] = [];
      sketch.each((low, high, count) => seen.push([low, high, count]));
      return seen;
    };
    expect(all(there)).toEqual(all(here));
  });

  test('leaves NaN out and has no quantile without values', () => {
    const sketch = new Sketch(0.01);
    sketch.add(Number.NaN);
    expect(sketch.n).toBe(0);
    expect(sketch.quantile(0.5)).toBeNaN();
  });
});
