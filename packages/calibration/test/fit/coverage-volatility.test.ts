import { describe, it } from 'vitest';
import { expectCoverage } from './coverage.ts';

/**
 * How many samples each, and how many of their 95 % intervals must hold the truth, which by chance fail once in 11,000 (of 6) or 400
 * (of 2) parameters, at other seeds than this one. soak/coverage.mjs takes 100 samples of all.
 */
const TRIALS: readonly (readonly [name: string, samples: number, least: number])[] = [
  ['heston', 2, 1],
  ['garch', 6, 3],
  ['garch-t', 6, 3],
  ['gjr-garch', 6, 3],
  ['gjr-garch-t', 6, 3],
  ['regime-switching', 6, 3],
  ['fbm', 6, 3],
  ['rough-volatility', 2, 1],
  ['hawkes-jumps', 2, 1],
];

describe('the 95 % intervals of estimates from simulated prices hold the true parameters', () => {
  it.each(TRIALS)('%s', expectCoverage, 120_000);
});
