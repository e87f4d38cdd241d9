import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { parsePath } from '../../src/config/path.ts';
import type { SimulationParts } from '../../src/loop/parts.ts';
import { Simulation } from '../../src/loop/simulation.ts';
import { defineReward } from '../../src/reward/term.ts';
import { defineComponent, defineStrategy, type StrategyDefinition } from '../../src/strategy/strategy.ts';
import { drawing, GBM, OU, recordedDraws } from './draws.ts';
import { Recording, run } from './simulate.ts';

const CANDLES = { ...GBM, price: 80, candles: { substeps: 2, volume: { level: 10 } } };

/** A copy of a config with values at their paths. */
function withValues(config: object, values: Readonly<Record<string, unknown>>): object {
  const copy = structuredClone(config) as Record<string | number, unknown>;
  for (const [text, value] of Object.entries(values)) {
    const path = parsePath(text)!;
    let parent = copy;
    for (const key of path.slice(0, -1)) {
      parent[key] ??= {};
      parent = parent[key] as Record<string | number, unknown>;
    }
    parent[path.at(-1)!] = value;
  }
  return copy;
}

/** Each of these episodes, and the same with its values written into the config, event for event. */
function expectLikeWritten(
  randomize: object,
  changes: object,
  episodes: readonly number[],
  parts: SimulationParts = {},
): Simulation {
  const simulation = drawing(randomize, changes, parts);
  const { randomize: _, ...base } = simulation.config;
  for (const episode of episodes) {
    const seen = new Recording();
    const drawn = run(simulation, episode, { recorder: seen });
    const written = new Simulation(parseConfig(withValues(base, simulation.draws)), parts);
    const expected = new Recording();
    const outcome = run(written, episode, { recorder: expected });
    expect(drawn.endReason).toBe(outcome.endReason);
    expect(drawn.record.slice(0, outcome.record.length)).toEqual(outcome.record);
    expect({ ...seen }).toEqual({ ...expected, steps: seen.steps, fill: seen.fill });
    expect(simulation.loop.events).toBe(written.loop.events);
  }
  return simulation;
}

const ORDER = [3, 0, 7, 7, 1, 12, 0, 5, 9, 2];

describe('an episode is the one of a config that has the drawn values in it', () => {
  test('with many of them, in any order of episodes', () => {
    const simulation = expectLikeWritten(
      {
        'markets.BTC/USDT.volatility': { uniform: [0.3, 1.2] },
        'markets.BTC/USDT.price': { logUniform: [10, 1_000] },
        'markets.BTC/USDT.lotSize': { choice: [0.001, 0.5] },
        'markets["BRK.B"].meanReversionSpeed': { logUniform: [1, 100] },
        'execution.fees.taker': { uniform: [0, 0.01] },
        'execution.slippage.bps': { uniform: [0, 50] },
        'execution.latency': { uniform: ['0ms', '2h'] },
        'strategy.fast': { integer: [2, 4] },
        'strategy.slow': { integer: [5, 9] },
        'rewards[1].scale': { uniform: [0, 0.1] },
        'rewards[1].window': { integer: [1, 20] },
        'portfolio.cash': { choice: [1_000, 100_000] },
        'portfolio.ruin': { uniform: [0, 0.99] },
        'portfolio.sizing': { choice: [{ targetWeight: 0.3 }, { fixedQuantity: 2 }] },
        heartbeat: { uniform: ['30m', '5h'] },
        steps: { integer: [0, 60] },
      },
      {},
      ORDER,
    );
    expect(simulation.steps).toBe(60);
    expect(simulation.fields.at(-1)).toBe('draw_steps');
  });

  test('with a process by choice, from quotes to candles with or without volume', () => {
    const choice = [GBM, CANDLES, { ...OU, candles: true }, OU];
    for (const markets of [{ 'BTC/USDT': GBM, 'BRK.B': OU }, { 'BTC/USDT': GBM }, { 'BTC/USDT': CANDLES }]) {
      const strategy = { use: 'watch' };
      const watched: unknown[][] = [];
      const watch = defineStrategy({
        name: 'watch',
        parameters: {},
        create: () => ({
          onMarket: ({ open, high, low, close, volume, step }, context) => {
            watched.push([open, high, low, close, volume]);
            if (step % 5 === 0) context.signal(step % 10 === 0 ? 'LONG' : 'FLAT');
            if (step % 7 === 0) context.order('buy', 0.1, { orderType: 'limit', limitPrice: 0.97 * close });
          },
        }),
      }) as StrategyDefinition;
      expectLikeWritten({ 'markets.BTC/USDT': { choice } }, { markets, strategy }, ORDER, { strategies: { watch } });
      // Every episode ran twice, drawn and written: both saw the same prices and volumes.
      let at = 0;
      for (const _ of ORDER) {
        const rows = 51 * Object.keys(markets).length - 1;
        const decisions = Object.keys(markets).length === 1 ? rows : rows - 1;
        expect(watched.slice(at, at + decisions)).toEqual(watched.slice(at + decisions, at + 2 * decisions));
        at += 2 * decisions;
      }
      expect(watched.length).toBe(at);
    }
  });

  test('with a whole section by choice, and defaults filled in', () => {
    expectLikeWritten(
      { execution: { choice: [{ fees: { taker: 0.01 } }, { latency: '90m' }, { fill: 'optimistic' }] } },
      {},
      ORDER,
    );
    const portfolio = { choice: [{ cash: 500 }, { sizing: { fixedQuantity: 1 }, cash: 20_000 }] };
    expectLikeWritten({ portfolio }, {}, ORDER);
  });

  test('with parameters that are not there without it', () => {
    expectLikeWritten(
      {
        'portfolio.risk.maxPosition': { uniform: [0.1, 10] },
        'markets.BTC/USDT.tickSize': { choice: [0.1, 5] },
        'strategy.fast': { integer: [1, 3] },
      },
      { strategy: { use: 'sma-cross', slow: 12 } },
      ORDER,
    );
  });

  test('with correlated markets', () => {
    const matrix = [
      [1, 0.7],
      [0.7, 1],
    ];
    expectLikeWritten(
      { 'markets.BTC/USDT.volatility': { uniform: [0.3, 1.2] }, steps: { integer: [1, 400] } },
      { correlation: { symbols: ['BTC/USDT', 'BRK.B'], matrix } },
      ORDER,
    );
  });

  test('with parameters of a component and of an own reward', () => {
    const news = defineComponent({
      name: 'news',
      parameters: { every: { type: 'integer', minimum: 1, default: 5 } },
      create: ({ every }) => ({
        onMarket: ({ step }, context) => {
          if (step % every === 0) context.emit('news' as never, {} as never);
        },
      }),
    });
    const bonus = defineReward({
      name: 'bonus',
      parameters: { size: { type: 'number', default: 1 } },
      create: ({ size }, { initialCash }) => ({
        begin: () => {},
        evaluate: (_, from, to, out) => out.fill(size * initialCash, from, to + 1),
      }),
    });
    const parts = { components: { './news.ts': news as never }, rewards: { './bonus.ts': bonus as never } };
    expectLikeWritten(
      {
        'components[0].every': { integer: [1, 9] },
        'rewards[0].size': { uniform: [-1, 1] },
        'portfolio.cash': { uniform: [1, 2] },
      },
      { components: [{ use: './news.ts' }], rewards: [{ use: './bonus.ts' }] },
      ORDER,
      parts,
    );
  });
});

describe('draws', () => {
  test('of strategy and execution move no price', () => {
    const drawn = {
      'strategy.fast': { integer: [1, 4] },
      'execution.latency': { uniform: ['0ms', '1h'] },
      'portfolio.cash': { uniform: [1_000, 2_000] },
    };
    for (const episode of [0, 1, 5]) {
      const [plain, random] = [new Recording(), new Recording()];
      run(drawing({}), episode, { recorder: plain });
      run(drawing(drawn), episode, { recorder: random });
      expect(random.prices).toEqual(plain.prices);
    }
  });

  test('of the steps make a path longer or shorter and nothing else', () => {
    const simulation = drawing({ steps: { integer: [0, 50] } });
    const seen = new Set<number>();
    for (let episode = 0; episode < 20; episode++) {
      const [long, drawn] = [new Recording(), new Recording()];
      run(drawing({}), episode, { recorder: long });
      const { figures } = run(simulation, episode, { recorder: drawn });
      expect(figures.steps).toBe(figures.draw_steps);
      expect(drawn.prices).toEqual(long.prices.slice(0, figures.steps! + 1));
      seen.add(figures.steps!);
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  test('stand in no column of a config without them', () => {
    expect(drawing({}).fields.filter((name) => name.startsWith('draw'))).toEqual([]);
    expect(drawing({}).draws).toEqual({});
  });

  test('are named in the order of the config', () => {
    const { fields } = drawing({
      'markets["BRK.B"].price': { uniform: [1, 2] },
      'markets.BTC/USDT': {
        estimate: { volatility: 0.5, drift: 0 },
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      steps: { integer: [1, 2] },
    });
    expect(fields.slice(-5)).toEqual([
      'volatility_BRK.B',
      'draw_markets["BRK.B"].price',
      'draw_markets.BTC/USDT.volatility',
      'draw_markets.BTC/USDT.drift',
      'draw_steps',
    ]);
  });

  test('are there before the episode runs, and after it', () => {
    const simulation = drawing({
      'execution.latency': { uniform: ['1ms', '1s'] },
      'strategy.fast': { integer: [1, 4] },
    });
    const { figures } = run(simulation, 4);
    expect(simulation.draws).toEqual({
      'execution.latency': `${figures['draw_execution.latency']}ms`,
      'strategy.fast': figures['draw_strategy.fast'],
    });
    expect(recordedDraws(simulation, 5)['strategy.fast']![4]).toBe(figures['draw_strategy.fast']);
  });
});

describe('values that do not go together', () => {
  const crossing = { 'strategy.fast': { integer: [2, 10] }, 'strategy.slow': { integer: [5, 12] } };

  test('end their episode as DRAW_INVALID, which names them, and no other', () => {
    const simulation = drawing(crossing);
    const values = recordedDraws(simulation, 300);
    let failed = 0;
    for (let episode = 0; episode < 300; episode++) {
      const [fast, slow] = [values['strategy.fast']![episode]!, values['strategy.slow']![episode]!];
      const { endReason, code, message } = run(simulation, episode);
      expect(code).toBe(fast < slow ? '' : 'DRAW_INVALID');
      if (fast < slow) continue;
      failed++;
      expect(endReason).toBe('failed');
      const rule = `strategy: fast must be smaller than slow, got ${fast} and ${slow}`;
      expect(message).toBe(`${rule}; drawn: strategy.fast ${fast}, strategy.slow ${slow}`);
      expect(simulation.loop.events).toBe(0);
    }
    // fast ≥ slow in 21 of 72 pairs: 5 standard errors of a binomial are 39.
    expect(Math.abs(failed - (300 * 21) / 72)).toBeLessThan(39);
  });

  test('are told by the process as by the strategy', () => {
    const markets = { A: { process: 'garch', price: 100, volatility: 0.5, alpha: 0.1, beta: 0.8 } };
    const simulation = drawing(
      { 'markets.A.alpha': { uniform: [0, 0.9] }, 'markets.A.beta': { uniform: [0.05, 0.95] } },
      { markets },
    );
    const values = recordedDraws(simulation, 200);
    const i = values['markets.A.alpha']!.findIndex((alpha, i) => alpha + values['markets.A.beta']![i]! >= 1);
    expect(i).toBeGreaterThanOrEqual(0);
    const { code, message } = run(simulation, i);
    expect(code).toBe('DRAW_INVALID');
    const [alpha, beta] = [values['markets.A.alpha']![i], values['markets.A.beta']![i]];
    const rule = 'markets.A: alpha + beta must be less than 1, or the variance has no long run';
    expect(message).toContain(rule);
    expect(message).toContain(`drawn: markets.A.alpha ${alpha}, markets.A.beta ${beta}`);
  });

  test('end an episode whose estimate has no draw that the market can have', () => {
    // The mean is allowed and nothing near it: a millionth of the plane is.
    const estimate = { alpha: 0, beta: 0 };
    const markets = { A: { process: 'garch', price: 100, volatility: 0.5, alpha: 0.1, beta: 0.8 } };
    const covariance = [
      [1e6, 0],
      [0, 1e6],
    ];
    const simulation = drawing(
      { 'markets.A': { estimate, covariance }, 'markets.A.price': { uniform: [1, 2] } },
      { markets },
    );
    const { code, message } = run(simulation, 0);
    expect(code).toBe('DRAW_INVALID');
    expect(message).toMatch(/^none of 1000 draws is one that the market can have, the last: markets\.A/);
    expect(message).toContain('drawn: markets.A.alpha ');
    const values = recordedDraws(simulation, 1);
    expect(values['markets.A.alpha']![0]).toBeNaN();
    expect(values['markets.A.price']![0]).toBeGreaterThanOrEqual(1);
  });

  test('are left to the episodes where there are too many combinations to try', () => {
    const names = Array.from({ length: 10 }, (_, i) => `p${i}`);
    const sums: number[] = [];
    const sum = (parameters: object): number => Object.values(parameters).reduce((a: number, b) => a + Number(b), 0);
    const summing = defineStrategy({
      name: 'summing',
      parameters: Object.fromEntries(names.map((name) => [name, { type: 'number', default: 0 }])),
      check: (parameters) =>
        sum(parameters) < 0.5 || sum(parameters) > 5 ? undefined : 'the sum must be out of bounds',
      create: (parameters) => {
        sums.push(sum(parameters));
        return {};
      },
    }) as StrategyDefinition;
    const randomize = Object.fromEntries(names.map((name) => [`strategy.${name}`, { choice: [1, 2] }]));
    const parts = { strategies: { summing } };
    const simulation = drawing(randomize, { strategy: { use: 'summing' } }, parts);
    expect(run(simulation, 0).code).toBe('');
    expect(sums).toEqual([sum(simulation.draws)]);
    expect(sums[0]).toBeGreaterThan(10);
  });

  test('include what a factory of the user refuses', () => {
    const picky = defineReward({
      name: 'picky',
      parameters: { size: { type: 'number', default: 1 } },
      create: ({ size }) => {
        if (size > 0.5 && size < 0.7) throw new Error('too picky');
        return { begin: () => {}, evaluate: (_, from, to, out) => out.fill(0, from, to + 1) };
      },
    });
    const parts = { rewards: { picky: picky as never } };
    const simulation = drawing({ 'rewards[0].size': { uniform: [0, 1] } }, { rewards: [{ use: 'picky' }] }, parts);
    const values = recordedDraws(simulation, 50)['rewards[0].size']!;
    for (const [episode, size] of values.entries()) {
      const { code, message } = run(simulation, episode);
      expect(code).toBe(size > 0.5 && size < 0.7 ? 'DRAW_INVALID' : '');
      if (code !== '') expect(message).toBe(`too picky; drawn: rewards[0].size ${size}`);
    }
  });
});
