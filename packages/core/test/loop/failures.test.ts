import { describe, expect, test } from 'vitest';
import { PRIORITY } from '../../src/events/events.ts';
import type { MarketDataHandler } from '../../src/market/handler.ts';
import type { Component, Strategy } from '../../src/strategy/strategy.ts';
import { flat, HOUR_MS, replayOf, run, START_MS, simulationOf, Trace, TWO_MARKETS } from './simulate.ts';

/** Quotes of a list of prices. */
function feed(prices: readonly number[]): MarketDataHandler {
  let row = 0;
  return {
    kind: 'quote',
    hasVolume: false,
    rows: prices.length,
    begin: () => void (row = 0),
    fill(columns, count) {
      const n = Math.min(count, prices.length - row);
      for (let i = 0; i < n; i++, row++) {
        columns.close[i] = prices[row]!;
        columns.timeMs[i] = START_MS + row * HOUR_MS;
      }
      return n;
    },
  };
}

const handlers = ['onStart', 'onMarket', 'onFill', 'onOrderUpdate', 'onTimer', 'onEvent'] as const;

describe('a strategy that throws', () => {
  const thrown: [string, unknown, string][] = [
    ['an Error', new Error('oh'), 'oh'],
    ['null', null, 'threw null'],
    ['undefined', undefined, 'threw undefined'],
    ['text', 'oh', 'threw "oh"'],
    ['an object that cannot be written', { big: 1n }, 'threw [object Object]'],
  ];
  test.each(thrown)('%s fails the episode with STRATEGY_ERROR and says what came', (_, value, message) => {
    const simulation = simulationOf({}, () => ({
      onMarket() {
        throw value;
      },
    }));
    expect(run(simulation)).toMatchObject({ endReason: 'failed', code: 'STRATEGY_ERROR', message });
  });

  test.each(handlers)('in %s fails the episode', (handler) => {
    const strategy: Strategy = {
      onMarket(_, context) {
        context.order('buy', 1);
        context.timer(context.timeMs + 1, 't');
        context.emit('e', null);
      },
      [handler]() {
        throw new Error(handler);
      },
    };
    for (const tracer of [null, new Trace()]) {
      expect(
        run(
          simulationOf({}, () => strategy),
          0,
          { tracer },
        ),
      ).toMatchObject({ code: 'STRATEGY_ERROR', message: handler });
    }
  });

  test.each<[string, (context: Parameters<NonNullable<Strategy['onMarket']>>[1]) => void, string]>([
    [
      'a target that is no target',
      (c) => c.signal('long' as never),
      'signal: the target must be LONG, SHORT, FLAT or a finite weight, got "long"',
    ],
    [
      'a weight that is no number',
      (c) => c.signal(Number.NaN),
      'signal: the target must be LONG, SHORT, FLAT or a finite weight, got NaN',
    ],
    ['a quantity of nothing', (c) => c.order('buy', 0), 'order: the quantity must be a positive number, got 0'],
    ['a negative quantity', (c) => c.order('sell', -1), 'order: the quantity must be a positive number, got -1'],
    [
      'an infinite quantity',
      (c) => c.order('sell', Infinity),
      'order: the quantity must be a positive number, got Infinity',
    ],
    ['a side that is none', (c) => c.order('BUY' as never, 1), 'order: the side must be buy or sell, got "BUY"'],
    ['a symbol that is no market', (c) => c.signal('LONG', { symbol: 'X' }), 'symbol must be one of A, got "X"'],
    [
      'a limit order without a price',
      (c) => c.order('buy', 1, { orderType: 'limit' }),
      'limitPrice must be a number for a limit order and absent otherwise, got undefined',
    ],
    [
      'a market order with a limit price',
      (c) => c.order('buy', 1, { limitPrice: 1 }),
      'limitPrice must be a number for a limit order and absent otherwise, got 1',
    ],
    [
      'a stop without a trigger',
      (c) => c.order('buy', 1, { orderType: 'stop' }),
      'triggerPrice must be a number for a stop order and absent otherwise, got undefined',
    ],
    [
      'a post-only market order',
      (c) => c.order('buy', 1, { postOnly: true }),
      'postOnly needs a limit order, got market',
    ],
    [
      'an order type that is none',
      (c) => c.order('buy', 1, { orderType: 'MARKET' as never }),
      'orderType must be one of market, limit, stop, market-on-open, market-on-close, got "MARKET"',
    ],
    [
      'a time in force that is none',
      (c) => c.order('buy', 1, { timeInForce: 'gtc' as never }),
      'timeInForce must be one of GTC, IOC, FOK, day, got "gtc"',
    ],
  ])('by %s names parameter, rule and value', (_, act, message) => {
    const outcome = run(simulationOf({}, () => ({ onMarket: (_, context) => act(context) })));
    expect(outcome).toMatchObject({ endReason: 'failed', code: 'STRATEGY_ERROR', message });
  });

  test('by a signal before the first price is told to wait', () => {
    const outcome = run(simulationOf({}, () => ({ onStart: (context) => void context.signal('LONG') })));
    expect(outcome.message).toBe('signal: A has no price yet, wait for its first MARKET');
  });
});

describe('a failed episode', () => {
  test('may fail as early as in create', () => {
    const simulation = simulationOf({}, () => {
      throw new Error('no model');
    });
    expect(run(simulation)).toMatchObject({ code: 'STRATEGY_ERROR', message: 'no model' });
  });

  const newsOf = (create: () => Component): ReturnType<typeof run> => {
    const parts = { components: { './news.ts': { name: 'news', parameters: {}, create } } };
    const busy: Strategy = {
      onMarket(_, context) {
        context.order('buy', 1);
        context.timer(context.timeMs + 1, 't');
        context.emit('e', null);
      },
    };
    return run(simulationOf({ components: [{ use: './news.ts' }] }, () => busy, parts));
  };

  test.each(handlers)('says when it was a component that threw, and which: %s', (handler) => {
    const create = (): Component => ({
      [handler]() {
        throw new Error('no news');
      },
    });
    expect(newsOf(create)).toMatchObject({ code: 'COMPONENT_ERROR', message: 'news: no news' });
  });

  test('says so of the component that cannot be created', () => {
    const create = (): Component => {
      throw new Error('no news');
    };
    expect(newsOf(create)).toMatchObject({ code: 'COMPONENT_ERROR', message: 'news: no news' });
  });

  test('that could not start does not go on', () => {
    let isBroken = true;
    let calls = 0;
    const simulation = simulationOf({}, () => ({
      onStart() {
        if (isBroken) throw new Error('no model');
      },
      onMarket: () => void calls++,
    }));
    isBroken = false;
    run(simulation);
    isBroken = true;
    expect(run(simulation).code).toBe('STRATEGY_ERROR');
    calls = 0;
    expect([simulation.advance(), calls]).toEqual(['ended', 0]);
  });

  test('does not go on', () => {
    let calls = 0;
    const simulation = simulationOf({}, () => ({
      onMarket() {
        calls++;
        throw new Error('oh');
      },
    }));
    expect(run(simulation).code).toBe('STRATEGY_ERROR');
    expect([simulation.advance(), calls]).toEqual(['ended', 1]);
  });
});

describe('a step without end', () => {
  test.each<[string, Strategy]>([
    ['events', { onMarket: (_, c) => c.emit('e', 0), onEvent: (_, c) => c.emit('e', 0) }],
    [
      'orders that are refused',
      { onMarket: (_, c) => void c.order('sell', 1), onOrderUpdate: (_, c) => void c.order('sell', 1) },
    ],
    [
      'timers that come ever closer',
      { onMarket: (_, c) => c.timer(c.timeMs + 1, ''), onTimer: (_, c) => c.timer(c.timeMs + 0.25, '') },
    ],
  ])('of %s ends as EVENT_LIMIT, with the step', (_, strategy) => {
    const outcome = run(simulationOf({ limits: { eventsPerStep: 1000 } }, () => strategy));
    expect(outcome).toMatchObject({
      endReason: 'failed',
      code: 'EVENT_LIMIT',
      message:
        'between two MARKETs there must be at most 1000 events (limits.eventsPerStep), after step 0 there are more',
    });
  });

  test('ends at the same number of events whether somebody looks or not', () => {
    for (let emitted = 5; emitted <= 15; emitted++) {
      const burst: Strategy = {
        onMarket(_, context) {
          for (let i = 0; i < emitted; i++) context.emit('e', i);
        },
      };
      const simulation = simulationOf({ limits: { eventsPerStep: 10 } }, () => burst);
      const unseen = run(simulation);
      expect([emitted, run(simulation, 0, { tracer: new Trace() }).code]).toEqual([emitted, unseen.code]);
      // MARKETs and decisions do not count.
      expect([emitted, unseen.code]).toEqual([emitted, emitted > 10 ? 'EVENT_LIMIT' : '']);
    }
  });

  test('does not count the events of other steps', () => {
    const busy: Strategy = { onMarket: (_, context) => void context.order('buy', 0.001) };
    expect(run(simulationOf({ steps: 500, limits: { eventsPerStep: 10 } }, () => busy)).endReason).toBe('completed');
  });
});

describe('a price that is no number', () => {
  test.each([Number.NaN, Infinity, -Infinity])('%d fails the episode with symbol and step', (wrong) => {
    for (const at of [0, 1, 3, 511, 512, 513, 600]) {
      const prices: number[] = Array.from({ length: 700 }, () => 100);
      prices[at] = wrong;
      let decisions = 0;
      const simulation = simulationOf({ steps: 699 }, () => ({ onMarket: () => void decisions++ }), {
        handlers: [feed(prices)],
      });
      for (const tracer of [null, new Trace()]) {
        decisions = 0;
        expect(run(simulation, 0, { tracer })).toMatchObject({
          code: 'MARKET_PRICE_NOT_FINITE',
          message: `the price of A must be a finite number at every step, got ${wrong} at step ${at}`,
        });
        expect(decisions).toBe(at);
      }
    }
  });

  test('of the second symbol names that one', () => {
    const parts = { handlers: [feed([1, 1, 1]), feed([2, Number.NaN, 2])] };
    expect(run(simulationOf({ steps: 2, markets: TWO_MARKETS }, () => ({}), parts))).toMatchObject({
      code: 'MARKET_PRICE_NOT_FINITE',
      message: 'the price of B must be a finite number at every step, got NaN at step 1',
    });
  });

  test('after the last step does not matter', () => {
    const simulation = simulationOf({ steps: 1 }, () => ({}), { handlers: [feed([1, 2, Number.NaN])] });
    expect(run(simulation)).toMatchObject({ endReason: 'completed', figures: { finalPrice_A: 2 } });
  });

  const hugeEquity = (price: number): string => {
    const prices = [price, price, -price, 1];
    const create = (): Strategy => ({ onMarket: (market, c) => void (market.step === 0 && c.order('buy', 100)) });
    const changes = { steps: 3, portfolio: { risk: { maxLeverage: 1e308 }, cash: 1e308 } };
    return run(simulationOf(changes, create, { handlers: [feed(prices)] })).code;
  };

  test('of an equity is EQUITY_NOT_FINITE, not ruin', () => {
    expect(hugeEquity(4e307)).toBe('EQUITY_NOT_FINITE');
  });

  test('is not one that is large', () => {
    expect(hugeEquity(1e308)).toBe('EQUITY_NOT_FINITE');
  });

  const names = ['open', 'high', 'low', 'close'] as const;
  const brokenCandle = (column: number, wrong: number, isTraced: boolean, create: () => Strategy): object => {
    const rows = Array.from({ length: 40 }, () => flat(100));
    rows[30]![column] = wrong;
    const { code, message } = run(replayOf(rows, {}, create), 0, isTraced ? { tracer: new Trace() } : {});
    return { code, message };
  };
  const rule = 'the price of A must be a finite number at every step';

  test.each(names.map((name, i) => [name, i] as const))('in a candle: %s, when it is looked at', (_, column) => {
    for (const wrong of [Number.NaN, Infinity, -Infinity]) {
      const expected = { code: 'MARKET_PRICE_NOT_FINITE', message: `${rule}, got ${wrong} at step 30` };
      expect(brokenCandle(column, wrong, true, () => ({}))).toEqual(expected);
      const asks: Strategy = { onMarket: (market, c) => c.timer(market.timeMs + HOUR_MS, 'next') };
      expect(brokenCandle(column, wrong, false, () => asks)).toEqual(expected);
    }
  });

  for (const [column, name] of names.entries()) {
    test(`in a candle: ${name}, in a quiet stretch`, () => {
      const expected = { code: 'MARKET_PRICE_NOT_FINITE', message: `${rule}, got NaN at step 30` };
      expect(brokenCandle(column, Number.NaN, false, () => ({}))).toEqual(expected);
    });
  }

  test('in a quiet stretch with a position', () => {
    const create = (): Strategy => ({ onMarket: (market, c) => void (market.step === 0 && c.order('buy', 10)) });
    const expected = { code: 'MARKET_PRICE_NOT_FINITE', message: `${rule}, got Infinity at step 30` };
    expect(brokenCandle(3, Infinity, true, create)).toEqual(expected);
    expect(brokenCandle(3, Infinity, false, create)).toEqual(expected);
  });

  test('of the first of two symbols in a quiet stretch', () => {
    const prices = Array.from({ length: 40 }, (_, i) => (i === 30 ? Number.NaN : 100));
    const good = Array.from({ length: 40 }, () => 100);
    for (const tracer of [new Trace(), null]) {
      const simulation = simulationOf({ steps: 39, markets: TWO_MARKETS }, () => ({}), {
        handlers: [feed(prices), feed(good)],
      });
      expect(run(simulation, 0, { tracer })).toMatchObject({
        code: 'MARKET_PRICE_NOT_FINITE',
        message: `${rule}, got NaN at step 30`,
      });
    }
  });
});

test('the priorities are eleven, from 0 up: the bits of the queue’s mask', () => {
  expect(Object.values(PRIORITY)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
