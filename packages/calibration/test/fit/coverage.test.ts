import { createHandler, type MarketConfig, RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { calibrators } from '../../src/calibrators.ts';
import { cases } from '../soak/cases.mjs';

/**
 * How many samples each, and how many of their 95 % intervals must hold the truth. Of 100, fewer than 90 do by chance once in 90
 * parameters, at other seeds than this one; the other bounds are missed once in 1,000. soak/coverage.mjs takes 100 samples of all.
 */
const TRIALS: Readonly<Record<string, readonly [samples: number, least: number]>> = {
  gbm: [100, 90],
  abm: [100, 90],
  ou: [100, 90],
  'exp-ou': [100, 90],
  cir: [10, 7],
  cev: [10, 7],
  merton: [10, 7],
  'variance-gamma': [4, 2],
  kou: [3, 1],
};

describe('the 95 % intervals of estimates from simulated prices hold the true parameters', () => {
  it.each(cases.filter(({ name }) => name in TRIALS))(
    '$name',
    ({ name, market, steps, stepsPerYear, truth }) => {
      const [trials, least] = TRIALS[name]!;
      const calibrator = calibrators.find((one) => one.name === name)!;
      const grid = { startMs: 0, intervalMs: (365 * 86_400_000) / stepsPerYear, steps, stepsPerYear };
      const handler = createHandler(market as MarketConfig, grid);
      const held = new Map<string, number>();
      for (let trial = 0; trial < trials; trial++) {
        const close = new Float64Array(steps + 1);
        const rest = new Float64Array(steps + 1);
        handler.begin(new RandomStream(substreamKey(rootKey('coverage'), trial, `market/${name}`)));
        handler.fill({ timeMs: rest, open: rest, high: rest, low: rest, close, volume: rest }, steps + 1);
        const { parameters } = calibrator.fit({ prices: close, yearsPerStep: 1 / stepsPerYear });
        const expected: Record<string, number> = truth === undefined ? market : truth(close);
        for (const { name: parameter, value, standardError } of parameters) {
          const isHeld = standardError !== null && Math.abs(value - expected[parameter]!) <= 1.96 * standardError;
          held.set(parameter, (held.get(parameter) ?? 0) + (isHeld ? 1 : 0));
        }
      }
      for (const [parameter, count] of held) expect(count, parameter).toBeGreaterThanOrEqual(least);
    },
    120_000,
  );
});
