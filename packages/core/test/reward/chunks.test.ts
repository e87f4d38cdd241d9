import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STEP_CAPACITY } from '../../src/events/steps.ts';
import { builtinRewards } from '../../src/reward/index.ts';
import { chunking, episode, evaluate, term, WINDOW } from './columns.ts';

describe('every reward term', () => {
  test.each(Object.keys(builtinRewards))('%s gives the same bits however the steps are cut into blocks', (name) => {
    fc.assert(
      fc.property(episode, chunking, fc.boolean(), WINDOW, (steps, chunks, isRotated, window) => {
        const parameters = 'window' in builtinRewards[name]!.parameters ? { window } : {};
        const whole = evaluate(term(name, parameters), steps);
        expect(evaluate(term(name, parameters), steps, chunks, isRotated)).toEqual(whole);
      }),
    );
  });

  test.each(Object.keys(builtinRewards))('%s starts each episode afresh', (name) => {
    fc.assert(
      fc.property(episode, episode, (first, second) => {
        const used = term(name);
        evaluate(used, first);
        expect(evaluate(used, second)).toEqual(evaluate(term(name), second));
      }),
    );
  });

  test.each(Object.keys(builtinRewards))('%s gives one finite value a step over several full blocks', (name) => {
    const length = 3 * STEP_CAPACITY + 7;
    const wave = (k: number): number[] => Array.from({ length: length + 1 }, (_, i) => 1000 + 100 * Math.sin(i / k));
    const rewards = evaluate(term(name), { equity: wave(9), orders: wave(1).map(() => 1), prices: [wave(5), wave(7)] });
    expect(rewards.length).toBe(length);
    expect(rewards.every(Number.isFinite)).toBe(true);
  });
});
