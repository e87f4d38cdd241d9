import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Simulation } from '../../src/loop/simulation.ts';
import type { Component, Strategy } from '../../src/strategy/strategy.ts';
import { act, Chaos, scenario } from './chaos.ts';
import { Recording, run, simulationOf, Trace, TWO_MARKETS } from './simulate.ts';

const RUNS = { numRuns: 40 };

describe('an episode has the same bits', () => {
  test('in whatever budgets it advances', () => {
    const budgets = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(scenario, budgets, ({ changes, create }, budgets) => {
        const whole = new Recording();
        const cut = new Recording();
        const expected = run(simulationOf(changes, create), 3, { recorder: whole });
        expect(run(simulationOf(changes, create), 3, { recorder: cut }, budgets)).toEqual(expected);
        expect(JSON.stringify(cut)).toBe(JSON.stringify(whole));
      }),
      RUNS,
    );
  });

  test('with and without a tracer, with and without a recorder', () => {
    fc.assert(
      fc.property(scenario, ({ changes, create }) => {
        const simulation = simulationOf(changes, create);
        const expected = run(simulation, 3);
        const untraced = new Recording();
        const traced = new Recording();
        expect(run(simulation, 3, { recorder: untraced })).toEqual(expected);
        expect(run(simulation, 3, { tracer: new Trace(), recorder: traced })).toEqual(expected);
        expect(run(simulation, 3, { tracer: new Trace() })).toEqual(expected);
        expect(JSON.stringify(traced)).toBe(JSON.stringify(untraced));
      }),
      RUNS,
    );
  });

  test('with components that only watch', () => {
    fc.assert(
      fc.property(scenario, ({ changes, create }) => {
        const expected = run(simulationOf(changes, create), 3);
        let seen = 0;
        const watch = (): Component => ({
          onMarket(market, context) {
            seen++;
            context.random.normal();
            expect(context.price(market.symbol)).toBe(market.price);
          },
        });
        const parts = { components: { watch: { name: 'watch', parameters: {}, create: watch } } };
        const components = [{ use: 'watch' }, { use: 'watch' }];
        expect(run(simulationOf({ ...changes, components }, create, parts), 3)).toEqual(expected);
        expect(seen).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  test('after any other episodes, failed ones too', () => {
    const others = fc.array(fc.nat(20), { maxLength: 4 });
    fc.assert(
      fc.property(scenario, others, fc.nat(400), ({ changes, create }, others, failAt) => {
        const expected = run(simulationOf(changes, create), 7);
        let isFailing = true;
        const simulation = simulationOf(changes, () => {
          const strategy = create();
          if (!isFailing) return strategy;
          return {
            onMarket(market, context) {
              if (market.step === failAt) throw new Error('on purpose');
              strategy.onMarket!(market, context);
            },
          };
        });
        for (const [i, episode] of others.entries()) {
          isFailing = i % 2 === 0;
          run(simulation, episode);
        }
        isFailing = false;
        expect(run(simulation, 7)).toEqual(expected);
      }),
      RUNS,
    );
  });

  test('while an episode that was left in the middle lies behind', () => {
    const simulation = simulationOf(
      { steps: 900, markets: TWO_MARKETS, execution: { latency: '90m' } },
      () => new Chaos(0, 0.5),
    );
    const fresh = new Recording();
    const again = new Recording();
    const expected = run(simulation, 5, { recorder: fresh });
    simulation.begin(4);
    simulation.advance(777);
    expect(run(simulation, 5, { recorder: again })).toEqual(expected);
    expect(again.fills.length).toBeGreaterThan(10);
    expect(JSON.stringify(again)).toBe(JSON.stringify(fresh));
  });

  test('with decisions from outside as with the same decisions of a strategy', () => {
    fc.assert(
      fc.property(scenario, fc.constantFrom(0, 0.003), ({ changes }, stopProbability) => {
        const expected = run(
          simulationOf(changes, () => ({ onMarket: (_, context) => act(context, stopProbability) })),
          3,
        );
        const simulation = simulationOf(changes, undefined, { external: true });
        const decide = ({ context }: Simulation): void => act(context, stopProbability);
        expect(run(simulation, 3, {}, [], decide)).toEqual(expected);
        expect(run(simulation, 3, {}, [5, 1, 700], decide)).toEqual(expected);
      }),
      RUNS,
    );
  });
});

describe('decisions from outside', () => {
  test('are asked for at each MARKET but the last, with its price and step', () => {
    const simulation = simulationOf({ steps: 3, markets: TWO_MARKETS }, undefined, { external: true });
    const asked: string[] = [];
    run(simulation, 0, {}, [], ({ context, loop }) => asked.push(`${context.step} ${loop.market.symbol}`));
    expect(asked).toEqual(['0 A', '0 B', '1 A', '1 B', '2 A', '2 B']);
  });

  test('see the reward of the last finished step', () => {
    const simulation = simulationOf({ steps: 600 }, undefined, { external: true });
    const recording = new Recording();
    const rewards: number[] = [];
    run(simulation, 0, { recorder: recording }, [], ({ context, loop }) => {
      if (context.step > 0) rewards.push(loop.lastReward);
      else context.signal(0.7);
    });
    expect(rewards).toEqual(recording.total.slice(1, -1));
    expect(simulation.loop.lastReward).toBe(recording.total.at(-1));
  });

  test('advance after the end says ended, again and again', () => {
    const simulation = simulationOf({ steps: 2 });
    const expected = run(simulation);
    expect([simulation.advance(), simulation.advance(1)]).toEqual(['ended', 'ended']);
    const record = new Float64Array(simulation.fields.length);
    simulation.record(record, 0);
    expect(Array.from(record)).toEqual(expected.record);
  });
});

describe('common random numbers', () => {
  const pathOf = (changes: object, create: () => Strategy, episode: number): string => {
    const recording = new Recording();
    run(simulationOf(changes, create), episode, { recorder: recording });
    return JSON.stringify([recording.timeMs, recording.prices]);
  };

  test('the market path does not move with what strategy, fills or rewards do', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1e6), (draws, episode) => {
        const changes = { steps: 600, markets: TWO_MARKETS };
        const passive = pathOf(changes, () => ({}), episode);
        const drawing = (): Strategy => ({
          onMarket(market, context) {
            for (let i = 0; i < draws % 7; i++) context.random.normal();
            if (market.step % 50 === draws % 50) act(context);
          },
        });
        expect(pathOf(changes, drawing, episode)).toBe(passive);
        const other = {
          ...changes,
          portfolio: { allowShort: true, ruin: 0 },
          execution: { latency: '1h' },
          rewards: [],
        };
        expect(pathOf(other, drawing, episode)).toBe(passive);
        expect(pathOf(changes, () => ({}), episode + 1)).not.toBe(passive);
      }),
      { numRuns: 15 },
    );
  });

  test('a symbol’s path belongs to its name: other markets and their order do not move it', () => {
    const pricesOf = (markets: object): Record<string, number> => run(simulationOf({ steps: 40, markets })).figures;
    const both = pricesOf(TWO_MARKETS);
    const turned = pricesOf({ B: TWO_MARKETS.B, A: TWO_MARKETS.A });
    expect([turned.finalPrice_A, turned.finalPrice_B]).toEqual([both.finalPrice_A, both.finalPrice_B]);
    expect(pricesOf({ A: TWO_MARKETS.A }).finalPrice_A).toBe(both.finalPrice_A);
    expect(both.finalPrice_A! / 100).not.toBeCloseTo(both.finalPrice_B! / 50, 6);
  });

  test('a strategy’s draws belong to seed and episode, and are its own', () => {
    const draws = (seed: string, episode: number): number[] => {
      const seen: number[] = [];
      const create = (): Strategy => ({ onMarket: (_, context) => void seen.push(context.random.nextDouble()) });
      run(simulationOf({ steps: 3, seed }, create), episode);
      return seen;
    };
    expect(draws('a', 1)).toEqual(draws('a', 1));
    expect(draws('a', 1)).not.toEqual(draws('a', 2));
    expect(draws('a', 1)).not.toEqual(draws('b', 1));
  });
});
