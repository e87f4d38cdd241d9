import { createHandler, type MarketConfig, RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { expect } from 'vitest';
import { calibrators } from '../../src/calibrators.ts';
import { cases } from '../soak/cases.mjs';

/**
 * Fits samples of a case of the soak test. Fails where fewer than `least` of the 95 % intervals of a parameter hold its true value;
 * an estimate without an error does not.
 */
export function expectCoverage(wanted: string, samples: number, least: number): void {
  const { name, market, steps, stepsPerYear, truth, withoutError = [] } = cases.find((one) => one.name === wanted)!;
  const calibrator = calibrators.find((one) => one.name === name)!;
  const grid = { startMs: 0, intervalMs: (365 * 86_400_000) / stepsPerYear, steps, stepsPerYear };
  const handler = createHandler(market as MarketConfig, grid);
  const held = new Map<string, number>();
  for (let sample = 0; sample < samples; sample++) {
    const close = new Float64Array(steps + 1);
    const rest = new Float64Array(steps + 1);
    handler.begin(new RandomStream(substreamKey(rootKey('coverage'), sample, `market/${name}`)));
    handler.fill({ timeMs: rest, open: rest, high: rest, low: rest, close, volume: rest }, steps + 1);
    const { parameters } = calibrator.fit({ prices: close, yearsPerStep: 1 / stepsPerYear });
    const expected: Record<string, number> = truth === undefined ? market : truth(close);
    for (const { name: parameter, value, standardError } of parameters) {
      if (withoutError.includes(parameter)) continue;
      const isHeld = standardError !== null && Math.abs(value - expected[parameter]!) <= 1.96 * standardError;
      held.set(parameter, (held.get(parameter) ?? 0) + (isHeld ? 1 : 0));
    }
  }
  for (const [parameter, count] of held) expect(count, parameter).toBeGreaterThanOrEqual(least);
}
