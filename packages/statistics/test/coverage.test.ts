import { RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { shareOfCount } from '../src/ensemble/share.ts';
import { rowsOf } from './soak/cases.mjs';
import { binomialTerms } from './soak/laws.mjs';

const [TRIALS, EPISODES] = [600, 1_000];

/**
 * The binomial deviation is √(0.05·0.95/600) = 0.89 %; 3.89 of them are exceeded once in 10,000 by chance, in one of these rows once in 200. More
 * trials are in test/soak/coverage.mjs.
 */
const ALLOWED = 0.01 + 3.89 * Math.sqrt((0.05 * 0.95) / TRIALS);

describe(`95 % intervals of ${EPISODES} episodes hold the true value in 95 % of ${TRIALS} ensembles`, () => {
  for (const { law, draw, figures } of rowsOf(EPISODES).slice(0, 3)) {
    it(law, () => {
      const held = figures.map(() => 0);
      for (let trial = 0; trial < TRIALS; trial++) {
        const table = draw(new RandomStream(substreamKey(rootKey('coverage test'), trial, law)));
        figures.forEach(({ figure, truth }, i) => {
          const { low, high } = figure.evaluate(table);
          if (low <= truth && truth <= high) held[i]!++;
        });
      }
      // Of pairs, shares and quantiles are on the safe side where hits are few.
      const above = law === 'antithetic pairs' ? 0.05 : ALLOWED;
      figures.forEach(({ figure }, i) => {
        const share = held[i]! / TRIALS;
        expect(share, figure.text).toBeGreaterThan(0.95 - ALLOWED);
        expect(share, figure.text).toBeLessThan(0.95 + above + 1e-9);
      });
    });
  }
});

describe("Wilson's interval, summed over all counts", () => {
  it.each([0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5])(
    'holds a probability of %f within a point and a half of 95 %',
    (p) => {
      // Counts are whole numbers: no interval of theirs holds every probability equally often.
      let held = 0;
      binomialTerms(EPISODES, p).forEach((weight, k) => {
        const { low, high } = shareOfCount(k, EPISODES);
        if (low <= p && p <= high) held += weight;
      });
      expect(Math.abs(held - 0.95)).toBeLessThan(0.015);
    },
  );
});
