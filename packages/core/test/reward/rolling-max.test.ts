import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RollingMax } from '../../src/reward/rolling-max.ts';

test('RollingMax is the maximum of the last window values, after any values and resets', () => {
  const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant('reset' as const));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(value, { maxLength: 200 }), (window, values) => {
      const rolling = new RollingMax(window);
      let seen: number[] = [];
      for (const next of values) {
        if (next === 'reset') {
          rolling.reset();
          seen = [];
          continue;
        }
        seen.push(next);
        expect(rolling.push(next)).toBe(Math.max(...seen.slice(-window)));
      }
    }),
    { numRuns: 500 },
  );
});
