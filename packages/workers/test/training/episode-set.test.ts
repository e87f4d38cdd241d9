import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EpisodeSet } from '../../src/training/episode-set.ts';

test('knows the same numbers as a plain set, in any order of arrival', () => {
  const numbers = fc.array(fc.nat({ max: 40 }), { maxLength: 80 });
  fc.assert(
    fc.property(fc.nat({ max: 10 }), numbers, (next, added) => {
      const naive = new Set(Array.from({ length: next }, (_, i) => i));
      const set = new EpisodeSet(next);
      for (const number of added) {
        expect(set.add(number)).toBe(!naive.has(number));
        naive.add(number);
        expect(set.next).toBe(Math.max(...naive) + 1);
      }
    }),
    { seed: 3, numRuns: 300 },
  );
});
