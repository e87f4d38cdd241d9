import { describe, expect, test } from 'vitest';
import {
  type FillEvent,
  type Order,
  type OrderUpdateEvent,
  parseConfig,
  Simulation,
  type Strategy,
  type StrategyContext,
} from '../../src/index.ts';

type ActionValue = number | number[];

/** Candles of one symbol that are known in full: prices in quote currency. */
function candles(rows: readonly (readonly [open: number, high: number, low: number, close: number])[]) {
  const column = (i: number) => Float64Array.from(rows, (row) => row[i]!);
  const timeMs = Float64Array.from(rows, (_, i) => i * 3_600_000);
  return {
    intervalMs: 3_600_000,
    timeMs,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(3),
  };
}

const FLAT = candles([100, 100, 110, 120, 90, 100, 100].map((price) => [price, price, price, price]));

interface Outcome {
  readonly fills: readonly string[];
  readonly updates: readonly string[];
  readonly weights: readonly number[];
  readonly code: string;
}

/** Plays actions one after the other, then holds nothing back: what came of them. */
function play(actions: readonly ActionValue[], changes: object = {}, series = FLAT): Outcome {
  const fills: string[] = [];
  const updates: string[] = [];
  const weights: number[] = [];
  const describeOrder = (order: Order): string => {
    const { orderSide, orderType, quantity, limitPrice, triggerPrice } = order;
    const level = Number.isNaN(limitPrice) ? triggerPrice : limitPrice;
    return `${orderSide} ${orderType} ${Number(quantity.toFixed(6))}${Number.isNaN(level) ? '' : ` at ${Number(level.toFixed(6))}`}`;
  };
  const create = (): Strategy => {
    let decision = 0;
    return {
      onObservation(_: Float32Array, context: StrategyContext) {
        weights.push(Number(((context.position() * context.price()) / context.equity).toFixed(6)));
        const action = actions[decision++];
        if (action !== undefined) context.act(action);
      },
      onFill: (fill: FillEvent) =>
        void fills.push(`${fill.order.orderSide} ${Number(fill.filledQty.toFixed(6))} at ${fill.price}`),
      onOrderUpdate: ({ order, status }: OrderUpdateEvent) => void updates.push(`${describeOrder(order)}: ${status}`),
    };
  };
  const config = parseConfig({
    markets: { A: { process: 'replay', file: 'a.csv' } },
    strategy: { use: 'test' },
    environment: { observations: [{ use: 'position' }] },
    ...changes,
  });
  const strategies = { test: { name: 'test', parameters: {}, create } };
  const simulation = new Simulation(config, { strategies, candles: { A: series } });
  try {
    simulation.begin(0);
    while (simulation.advance() !== 'ended');
  } catch (error) {
    return { fills, updates, weights, code: `${(error as { code: string }).code}: ${(error as Error).message}` };
  }
  return { fills, updates, weights, code: '' };
}

const environmentOf = (actions: object): object => ({ environment: { observations: [{ use: 'position' }], actions } });

describe('discrete actions', () => {
  test('buy goes long by the sizing, hold does nothing, sell goes flat', () => {
    const { fills } = play([1, 2, 1, 0], { portfolio: { sizing: { targetWeight: 0.5 } } });
    expect(fills).toEqual(['buy 50 at 110', 'sell 50 at 90']);
  });

  test('an action that asks for what is held does nothing: it does not rebalance', () => {
    expect(play([2, 2, 2, 2, 0, 0]).fills).toEqual(['buy 100 at 100', 'sell 100 at 100']);
    expect(play([0, 0]).fills).toEqual([]);
  });

  test('where shorts are allowed, sell goes short and buy turns it around', () => {
    const { fills } = play([0, 0, 2], { portfolio: { allowShort: true, sizing: { fixedQuantity: 10 } } });
    expect(fills).toEqual(['sell 10 at 100', 'buy 20 at 120']);
  });

  test('before an order has filled, a repeated buy adds nothing', () => {
    expect(play([2, 2, 2], { execution: { latency: '90m' } }).fills).toEqual(['buy 100 at 120']);
  });
});

describe('target weights', () => {
  test('bring the weight of the equity to the target, at the price of the decision', () => {
    const { fills, weights } = play([[0], [0.5], [0.5], [1], [0]], environmentOf({ use: 'target-weights' }));
    // At 100 half of 10,000 is 50 units, bought at 110; at 110 the weight is too high by 27.27 of equity, and so on.
    expect(fills[0]).toBe('buy 50 at 110');
    expect(weights[2]).toBeCloseTo(5_500 / 10_000, 6);
    expect(fills[1]).toBe(`sell ${Number((50 - (0.5 * 10_000) / 110).toFixed(6))} at 120`);
    expect(fills).toHaveLength(4);
  });

  test('a difference within the tolerance is left alone', () => {
    const targets = [[0.5], [0.5], [0.5], [0.5], [0.5]];
    expect(play(targets, environmentOf({ use: 'target-weights', tolerance: 0.06 })).fills).toEqual(['buy 50 at 100']);
    expect(play(targets, environmentOf({ use: 'target-weights' })).fills.length).toBeGreaterThan(1);
  });

  test('with shorts are bounded by leverage on both sides', () => {
    const changes = {
      ...environmentOf({ use: 'target-weights' }),
      portfolio: { allowShort: true, risk: { maxLeverage: 2 } },
    };
    expect(play([[-2]], changes).fills).toEqual(['sell 200 at 100']);
    expect(play([[-2.1]], changes).code).toBe('ACTION_INVALID: the action must be in Box(-2, 2, (1,)), got -2.1');
  });
});

describe('orders', () => {
  const orders = (sizes: number, offsets: number, offsetBps: number): object =>
    environmentOf({ use: 'orders', sizes, offsets, offsetBps });

  test.each<[string, number[], string]>([
    ['buy at market', [1, 1, 0], 'buy market 50: accepted'],
    ['sell at market', [2, 0, 0], 'sell market 25: accepted'],
    ['buy with a limit below', [3, 3, 2], 'buy limit 100 at 98: accepted'],
    ['sell with a limit above', [4, 0, 1], 'sell limit 25 at 101: accepted'],
    ['buy with a stop above', [5, 0, 2], 'buy stop 25 at 102: accepted'],
    ['sell with a stop below', [6, 0, 1], 'sell stop 25 at 99: accepted'],
  ])('%s: size and price follow from the action', (_, action, expected) => {
    const changes = { ...orders(4, 3, 100), portfolio: { allowShort: true } };
    expect(play([action], changes).updates[0]).toBe(expected);
  });

  test('nothing is no order, and cancel takes back what rests', () => {
    const { updates } = play(
      [
        [0, 3, 2],
        [3, 0, 2],
        [3, 1, 2],
        [7, 0, 0],
      ],
      orders(4, 3, 900),
      candles(new Array(7).fill([100, 100, 100, 100])),
    );
    expect(updates.filter((text) => text.endsWith('canceled'))).toEqual([
      'buy limit 25 at 82: canceled',
      'buy limit 50 at 82: canceled',
    ]);
    expect(updates).toHaveLength(4);
  });

  test('a kind that does not exist fails the episode under its own name', () => {
    expect(play([[8, 0, 0]], orders(4, 3, 100)).code).toBe(
      'ACTION_INVALID: number 0 of the action must be in MultiDiscrete([8, 4, 3]), got 8',
    );
  });
});

describe('a strategy that acts', () => {
  test('without an environment in the config fails with a way out', () => {
    const { code } = play([1], { environment: undefined });
    expect(code).toBe(
      'STRATEGY_ERROR: onObservation needs environment in the config; for example environment: { observations: [{ use: returns, count: 8 }] }',
    );
    const create = (): Strategy => ({ onMarket: (_, context) => context.act(1) });
    const config = parseConfig({
      steps: 2,
      markets: { A: { process: 'gbm', price: 1, drift: 0, volatility: 1 } },
      strategy: { use: 'test' },
    });
    const simulation = new Simulation(config, { strategies: { test: { name: 'test', parameters: {}, create } } });
    simulation.begin(0);
    expect(() => simulation.advance()).toThrow('act: the config must say what actions are, environment is missing');
  });

  test('keeps its other handlers: they are called as of any strategy', () => {
    const calls: string[] = [];
    class Agent implements Strategy {
      readonly #name = 'agent';
      onStart() {
        calls.push(`${this.#name} starts`);
      }
      onMarket() {
        calls.push('market');
      }
      onObservation(_: Float32Array, context: StrategyContext) {
        calls.push('observation');
        context.timer(context.timeMs + 1, 'later');
      }
      onTimer() {
        calls.push(`${this.#name} hears a timer`);
      }
    }
    const config = parseConfig({
      steps: 2,
      markets: {
        A: { process: 'gbm', price: 1, drift: 0, volatility: 1 },
        B: { process: 'gbm', price: 1, drift: 0, volatility: 1 },
      },
      strategy: { use: 'test' },
      environment: {},
    });
    const simulation = new Simulation(config, {
      strategies: { test: { name: 'test', parameters: {}, create: () => new Agent() } },
    });
    simulation.begin(0);
    while (simulation.advance() !== 'ended');
    const step = ['market', 'market', 'observation', 'agent hears a timer'];
    expect(calls).toEqual(['agent starts', ...step, ...step]);
  });
});
