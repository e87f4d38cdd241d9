import { describe, expect, test } from 'vitest';
import { ConfigError, type Issue } from '../../src/config/errors.ts';
import { run, simulationOf } from '../loop/simulate.ts';

function issueOf(changes: object): Issue {
  try {
    simulationOf(changes);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues[0]!;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

describe('parts that a config names', () => {
  test.each<[object, object, Partial<Issue>]>([
    [
      { use: 'sma-cross', fast: 50, slow: 10 },
      {},
      { path: ['strategy'], rule: 'fast must be smaller than slow, got 50 and 10' },
    ],
    [
      { use: 'sma-cross', fast: 50, slow: 50 },
      {},
      { path: ['strategy'], rule: 'fast must be smaller than slow, got 50 and 50' },
    ],
    [
      { use: 'sma-cross', fast: '10' },
      {},
      { path: ['strategy', 'fast'], rule: 'must be a whole number', received: '10' },
    ],
    [
      { use: 'sma-cross', fast: 1.5 },
      {},
      { path: ['strategy', 'fast'], rule: 'must be a whole number', received: 1.5 },
    ],
    [{ use: 'sma-cross', fast: 0 }, {}, { path: ['strategy', 'fast'], rule: 'must be at least 1', received: 0 }],
    [
      { use: 'sma-cross', fats: 3 },
      {},
      { path: ['strategy', 'fats'], rule: 'is not a known key', received: 3, hint: 'did you mean fast?' },
    ],
    [
      { use: 'random', probability: 1.5 },
      {},
      { path: ['strategy', 'probability'], rule: 'must be at most 1', received: 1.5 },
    ],
    [{ use: 'random', short: 'yes' }, {}, { path: ['strategy', 'short'], received: 'yes' }],
    [{ use: 'sma-corss' }, {}, { path: ['strategy', 'use'], received: 'sma-corss', hint: 'did you mean sma-cross?' }],
    [{ use: 'toString' }, {}, { path: ['strategy', 'use'], received: 'toString' }],
    [{ use: 'test' }, { rewards: [{ use: 'pln' }] }, { path: ['rewards', 0, 'use'], hint: 'did you mean pnl?' }],
    [
      { use: 'test' },
      { rewards: [{ use: 'pnl' }, { use: 'relative', window: 0 }] },
      { path: ['rewards', 1, 'window'], received: 0 },
    ],
    [
      { use: 'test' },
      { rewards: [{ use: 'relative', symbol: 'X' }] },
      { path: ['rewards', 0], rule: 'symbol must be one of A, got X' },
    ],
    [
      { use: 'test' },
      { rewards: [{ use: 'pnl' }, { use: 'pnl' }] },
      { path: ['rewards', 1, 'use'], hint: 'give one a name: of its own' },
    ],
    [
      { use: 'test' },
      { rewards: [{ use: 'pnl', name: 'my pnl' }] },
      { path: ['rewards', 0, 'name'], received: 'my pnl' },
    ],
    [{ use: 'test' }, { components: [{ use: 'news' }] }, { path: ['components', 0, 'use'], received: 'news' }],
    [{ use: 'test' }, { steps: undefined }, { path: ['steps'], rule: 'is required where a market is simulated' }],
    [
      { use: 'test' },
      { execution: { participationRate: 0.1 } },
      { path: ['execution', 'participationRate'], received: 'A' },
    ],
    [
      { use: 'test' },
      { markets: { A: { process: 'replay', file: 'a.csv' } } },
      { path: ['markets', 'A', 'file'], received: 'a.csv' },
    ],
  ])('%j with %j is refused with its place', (strategy, changes, expected) => {
    expect(issueOf({ strategy, ...changes })).toMatchObject(expected);
  });

  test('two rewards of one kind live side by side under their own names', () => {
    const rewards = [{ use: 'pnl' }, { use: 'pnl', name: 'twice', scale: 2 }];
    const simulation = simulationOf({ rewards, strategy: { use: 'buy-and-hold' } });
    const { figures } = run(simulation);
    expect(figures.reward_twice).toBeCloseTo(2 * figures.reward_pnl!, 9);
    expect(figures.reward_pnl).toBeCloseTo(figures.finalEquity! - 10_000, 9);
  });

  test.each(['sma-cross', 'buy-and-hold', 'random'])('%s runs with its defaults', (use) => {
    expect(run(simulationOf({ steps: 200, strategy: { use } })).endReason).toBe('completed');
  });

  test('buy-and-hold holds each symbol from its first price to the end', () => {
    const simulation = simulationOf({ strategy: { use: 'buy-and-hold' }, portfolio: { sizing: { fixedQuantity: 3 } } });
    const { figures } = run(simulation);
    expect([figures.orders, figures.fills, simulation.context.position('A')]).toEqual([1, 1, 3]);
  });
});
