import { describe, expect, test } from 'vitest';
import type { OrderInstructions, OrderSide } from '../../src/events/order.ts';
import { DAY_MS, HOUR_MS, Market } from './market.ts';

/** 5 bps of slippage at 100 are 0.05. */
const SLIPPAGE = { slippage: { bps: 5 } };
const limit = (limitPrice: number, more: OrderInstructions = {}): OrderInstructions => ({
  orderType: 'limit',
  limitPrice,
  ...more,
});
const stop = (triggerPrice: number, more: OrderInstructions = {}): OrderInstructions => ({
  orderType: 'stop',
  triggerPrice,
  ...more,
});

/** open, high, low, close, all different. */
const CANDLE = [100, 110, 90, 105];
const RESTS: string[] = [];
const filled = (price: number, liquidity: 'maker' | 'taker'): string[] => [
  `#1 10 at ${price} ${liquidity}`,
  '#1 filled',
];

type Row = [string, OrderSide, OrderInstructions, number[], string[]];

describe('one order, one candle', () => {
  test.each<Row>([
    ['market buys at the open plus slippage', 'buy', {}, CANDLE, filled(100.05, 'taker')],
    ['market sells at the open minus slippage', 'sell', {}, CANDLE, filled(99.95, 'taker')],
    ['market IOC', 'buy', { timeInForce: 'IOC' }, CANDLE, filled(100.05, 'taker')],
    ['market FOK', 'buy', { timeInForce: 'FOK' }, CANDLE, filled(100.05, 'taker')],
    ['market day', 'buy', { timeInForce: 'day' }, CANDLE, filled(100.05, 'taker')],
    ['market at a negative open is slipped to the worse', 'buy', {}, [-100, -90, -110, -100], filled(-99.95, 'taker')],
    ['market sale at a negative open', 'sell', {}, [-100, -90, -110, -100], filled(-100.05, 'taker')],
    ['market-on-open buy', 'buy', { orderType: 'market-on-open' }, CANDLE, filled(100.05, 'taker')],
    ['market-on-open sale', 'sell', { orderType: 'market-on-open' }, CANDLE, filled(99.95, 'taker')],
    ['market-on-close buy', 'buy', { orderType: 'market-on-close' }, [90, 110, 90, 100], filled(100.05, 'taker')],
    ['market-on-close sale', 'sell', { orderType: 'market-on-close' }, [90, 110, 90, 100], filled(99.95, 'taker')],
    [
      'market-on-close FOK',
      'buy',
      { orderType: 'market-on-close', timeInForce: 'FOK' },
      [90, 110, 90, 100],
      filled(100.05, 'taker'),
    ],

    ['limit buy touched within the candle', 'buy', limit(95), CANDLE, filled(95, 'maker')],
    ['limit buy touched by the low exactly', 'buy', limit(90), CANDLE, filled(90, 'maker')],
    ['limit buy not touched', 'buy', limit(89.99), CANDLE, RESTS],
    ['limit buy above the open: the better open, unslipped', 'buy', limit(103), CANDLE, filled(100, 'taker')],
    ['limit buy at the open', 'buy', limit(100), CANDLE, filled(100, 'taker')],
    ['limit sale touched within the candle', 'sell', limit(107), CANDLE, filled(107, 'maker')],
    ['limit sale touched by the high exactly', 'sell', limit(110), CANDLE, filled(110, 'maker')],
    ['limit sale not touched', 'sell', limit(110.01), CANDLE, RESTS],
    ['limit sale below the open: the better open', 'sell', limit(97), CANDLE, filled(100, 'taker')],
    ['limit day', 'buy', limit(95, { timeInForce: 'day' }), CANDLE, filled(95, 'maker')],

    ['limit IOC marketable at the open', 'buy', limit(103, { timeInForce: 'IOC' }), CANDLE, filled(100, 'taker')],
    [
      'limit IOC touched later only',
      'buy',
      limit(95, { timeInForce: 'IOC' }),
      CANDLE,
      ['#1 canceled IMMEDIATE_OR_CANCEL'],
    ],
    ['limit FOK marketable at the open', 'sell', limit(97, { timeInForce: 'FOK' }), CANDLE, filled(100, 'taker')],
    ['limit FOK touched later only', 'sell', limit(107, { timeInForce: 'FOK' }), CANDLE, ['#1 canceled FILL_OR_KILL']],

    ['post-only limit that would take', 'buy', limit(103, { postOnly: true }), CANDLE, ['#1 canceled POST_ONLY']],
    ['post-only limit at the open', 'sell', limit(100, { postOnly: true }), CANDLE, ['#1 canceled POST_ONLY']],
    ['post-only limit touched within', 'buy', limit(95, { postOnly: true }), CANDLE, filled(95, 'maker')],

    ['stop buy touched within: trigger plus slippage', 'buy', stop(104), CANDLE, filled(104.052, 'taker')],
    ['stop buy touched by the high exactly', 'buy', stop(110), CANDLE, filled(110.055, 'taker')],
    ['stop buy not touched', 'buy', stop(110.01), CANDLE, RESTS],
    ['stop buy that the open has passed: the worse open', 'buy', stop(98), CANDLE, filled(100.05, 'taker')],
    ['stop buy at the open', 'buy', stop(100), CANDLE, filled(100.05, 'taker')],
    ['stop sale touched within', 'sell', stop(96), CANDLE, filled(95.952, 'taker')],
    ['stop sale touched by the low exactly', 'sell', stop(90), CANDLE, filled(89.955, 'taker')],
    ['stop sale not touched', 'sell', stop(89.99), CANDLE, RESTS],
    ['stop sale that the open has passed: the worse open', 'sell', stop(102), CANDLE, filled(99.95, 'taker')],
    ['stop IOC touched', 'buy', stop(104, { timeInForce: 'IOC' }), CANDLE, filled(104.052, 'taker')],
    ['stop IOC not touched', 'buy', stop(111, { timeInForce: 'IOC' }), CANDLE, ['#1 canceled IMMEDIATE_OR_CANCEL']],
    ['stop FOK touched', 'buy', stop(104, { timeInForce: 'FOK' }), CANDLE, filled(104.052, 'taker')],
    ['stop FOK not touched', 'buy', stop(111, { timeInForce: 'FOK' }), CANDLE, ['#1 canceled FILL_OR_KILL']],
  ])('%s', (_, side, instructions, candle, expected) => {
    const market = new Market(SLIPPAGE);
    market.send(side, 10, instructions);
    expect(market.take()).toEqual(['#1 accepted']);
    market.candle(candle);
    expect(market.take()).toEqual(expected);
    // GTC and day orders that were not touched are still there.
    market.execution.end();
    expect(market.take()).toEqual(expected === RESTS ? ['#1 expired EPISODE_END'] : []);
  });
});

describe('costs', () => {
  test('taker and maker pay their own rate of the traded value, a rebate is negative', () => {
    const market = new Market({ fees: { maker: -0.0002, taker: 0.001 }, ...SLIPPAGE });
    market.send('buy', 10);
    market.send('buy', 10, limit(95));
    market.candle(CANDLE);
    const [taker, maker] = market.reports.fills;
    expect(taker!.commission).toBeCloseTo(10 * 100.05 * 0.001, 12);
    expect(taker!.slippage).toBeCloseTo(0.5, 12);
    expect(maker!.commission).toBeCloseTo(-10 * 95 * 0.0002, 12);
    expect(maker!.slippage).toBe(0);
  });

  test('commission at a negative price is on the absolute value', () => {
    const market = new Market({ fees: { taker: 0.001 } });
    market.send('sell', 10);
    market.candle([-100, -90, -110, -100]);
    expect(market.reports.fills[0]!.commission).toBeCloseTo(1, 12);
  });

  test('taker prices go to the tick on the worse side, and never give a better one', () => {
    const market = new Market(SLIPPAGE, { tickSize: 0.5 });
    market.send('buy', 1);
    market.send('sell', 1);
    market.send('buy', 1, limit(101));
    market.send('sell', 1, limit(99));
    market.candle([100.2, 101, 99, 100]);
    expect(market.reports.fills.map(({ price }) => price)).toEqual([100.5, 100, 100.5, 100]);
  });
});

describe('several orders', () => {
  test('touched within one candle the adverse one comes first: stops before limits, both within the open', () => {
    const market = new Market();
    market.send('sell', 1, limit(108));
    market.send('sell', 1, stop(92));
    market.send('buy', 1, limit(94));
    market.send('buy', 1, { orderType: 'market-on-close' });
    market.send('buy', 1);
    market.candle(CANDLE);
    const fills = market.take().filter((line) => line.includes(' at '));
    expect(fills).toEqual([
      '#5 1 at 100 taker',
      '#2 1 at 92 taker',
      '#1 1 at 108 maker',
      '#3 1 at 94 maker',
      '#4 1 at 105 taker',
    ]);
  });

  test('a bracket around a position loses: the stop takes it, the target finds nothing to reduce', () => {
    const market = new Market();
    market.hold(10);
    market.send('sell', 10, limit(108, { reduceOnly: true }));
    market.send('sell', 10, stop(92, { reduceOnly: true }));
    market.candle(CANDLE);
    expect(market.take().slice(2)).toEqual(['#3 10 at 92 taker', '#3 filled', '#2 canceled REDUCE_ONLY']);
  });

  test('first come, first served within a stage', () => {
    const market = new Market();
    market.send('buy', 1);
    market.send('sell', 1);
    market.send('buy', 1);
    market.candle(CANDLE);
    expect(market.reports.fills.map(({ orderId }) => orderId)).toEqual([1, 2, 3]);
  });

  test('a MARKET of one symbol leaves the orders of another alone', () => {
    const market = new Market();
    market.send('buy', 1, {}, 100, 1);
    market.candle(CANDLE);
    expect(market.take()).toEqual(['#1 accepted']);
    market.candle(CANDLE, true, 1);
    expect(market.take()).toEqual(['#1 1 at 100 taker', '#1 filled']);
  });
});

describe('reduce-only', () => {
  test('fills up to the position, and what is left is canceled', () => {
    const market = new Market();
    market.hold(4);
    market.send('sell', 10, { reduceOnly: true });
    market.candle(CANDLE);
    expect(market.take()).toEqual([
      '#2 accepted',
      '#2 4 at 100 taker',
      '#2 partiallyFilled',
      '#2 canceled REDUCE_ONLY',
    ]);
  });

  test('closes a short by a purchase', () => {
    const market = new Market();
    market.hold(-4);
    market.send('buy', 4, limit(95, { reduceOnly: true }));
    market.candle(CANDLE);
    expect(market.take()).toEqual(['#2 accepted', '#2 4 at 95 maker', '#2 filled']);
  });

  test('that would open is canceled', () => {
    const market = new Market();
    market.send('sell', 1, { reduceOnly: true });
    market.candle(CANDLE);
    expect(market.take()).toEqual(['#1 accepted', '#1 canceled REDUCE_ONLY']);
  });
});

describe('time', () => {
  test('an order cannot fill in a candle that opened before it arrived', () => {
    const market = new Market();
    market.nowMs = 1;
    market.send('buy', 10, limit(200));
    market.send('buy', 10, { timeInForce: 'IOC' });
    market.take();
    market.nowMs = 0;
    market.candle(CANDLE);
    expect(market.take()).toEqual([]);
    market.candle([101, 111, 91, 106]);
    expect(market.take()).toEqual(['#1 10 at 101 taker', '#1 filled', '#2 10 at 101 taker', '#2 filled']);
  });

  test.each([
    ['at noon', 12 * HOUR_MS, DAY_MS],
    ['a millisecond before midnight', DAY_MS - 1, DAY_MS],
    ['at midnight: the day that begins', DAY_MS, 2 * DAY_MS],
    ['before 1970', -1, 0],
  ])('a day order that arrives %s lasts to the end of its UTC date', (_, nowMs, endMs) => {
    const market = new Market();
    market.nowMs = nowMs;
    market.send('buy', 10, limit(50, { timeInForce: 'day' }));
    market.send('buy', 10, limit(50));
    expect(market.reports.expiries).toEqual([endMs]);
    market.take();
    market.execution.expire(endMs - 1);
    expect(market.take()).toEqual([]);
    market.execution.expire(endMs);
    expect(market.take()).toEqual(['#1 expired DAY_END']);
  });

  test('cancel ends an order that rests, once; unknown and finished orders are left alone', () => {
    const market = new Market();
    market.send('buy', 10, limit(50));
    market.send('buy', 10);
    market.candle(CANDLE);
    market.take();
    for (const id of [1, 1, 2, 99]) market.execution.cancel(id);
    expect(market.take()).toEqual(['#1 canceled CANCEL_REQUESTED']);
    market.candle([40, 40, 40, 40]);
    expect(market.take()).toEqual([]);
  });

  test('the end expires what rests, and begin forgets everything', () => {
    const market = new Market();
    market.hold(5);
    market.send('buy', 10, limit(50));
    market.execution.begin(market.reports);
    market.take();
    market.execution.end();
    market.send('sell', 1, { reduceOnly: true });
    market.candle(CANDLE);
    expect(market.take()).toEqual(['#3 accepted', '#3 canceled REDUCE_ONLY']);
  });
});

describe('participation', () => {
  const SHARE = { participationRate: 0.1 };

  test('without a rate there is no partial fill, whatever the volume', () => {
    const market = new Market();
    market.send('buy', 1000);
    market.candle([...CANDLE, 0]);
    expect(market.take()).toEqual(['#1 accepted', '#1 1000 at 100 taker', '#1 filled']);
  });

  test('a share of each candle fills a GTC order in parts', () => {
    const market = new Market(SHARE);
    market.send('buy', 25);
    market.take();
    for (const [open, volume] of [
      [100, 100],
      [101, 0],
      [102, 120],
      [103, 500],
    ])
      market.candle([open!, open!, open!, open!, volume!]);
    expect(market.take()).toEqual([
      '#1 10 at 100 taker',
      '#1 partiallyFilled',
      '#1 12 at 102 taker',
      '#1 partiallyFilled',
      '#1 3 at 103 taker',
      '#1 filled',
    ]);
  });

  test('one share serves all orders of the symbol, in their order', () => {
    const market = new Market(SHARE);
    market.send('buy', 6);
    market.send('sell', 6);
    market.candle([...CANDLE, 100]);
    expect(market.reports.fills.map(({ quantity }) => quantity)).toEqual([6, 4]);
  });

  test('IOC takes what there is, FOK all or nothing', () => {
    const market = new Market(SHARE);
    market.send('buy', 11, { timeInForce: 'FOK' });
    market.send('buy', 25, { timeInForce: 'IOC' });
    market.send('buy', 1, { timeInForce: 'IOC' });
    market.take();
    market.candle([...CANDLE, 100]);
    expect(market.take()).toEqual([
      '#2 10 at 100 taker',
      '#2 partiallyFilled',
      '#1 canceled FILL_OR_KILL',
      '#2 canceled IMMEDIATE_OR_CANCEL',
      '#3 canceled IMMEDIATE_OR_CANCEL',
    ]);
  });

  test('the rest of a triggered stop fills at later opens, even on the other side of the trigger', () => {
    const market = new Market(SHARE);
    market.send('sell', 15, stop(95));
    market.take();
    market.candle([100, 110, 90, 105, 100]);
    market.candle([120, 130, 110, 120, 100]);
    expect(market.take()).toEqual(['#1 10 at 95 taker', '#1 partiallyFilled', '#1 5 at 120 taker', '#1 filled']);
  });

  test('a candle without volume fills nothing', () => {
    const market = new Market(SHARE);
    market.send('buy', 1);
    market.candle(CANDLE);
    expect(market.take()).toEqual(['#1 accepted']);
  });

  test('parts are whole lots', () => {
    const market = new Market(SHARE, { lotSize: 4 });
    market.send('buy', 12);
    for (let i = 0; i < 3; i++) market.candle([...CANDLE, 70]);
    expect(market.reports.fills.map(({ quantity }) => quantity)).toEqual([4, 4, 4]);
  });
});

describe('the optimistic rule', () => {
  test('fills a market order at once at the price it was decided on, slipped', () => {
    const market = new Market({ fill: 'optimistic', ...SLIPPAGE });
    market.send('buy', 10, {}, 80);
    expect(market.take()).toEqual(['#1 accepted', '#1 10 at 80.04 taker', '#1 filled']);
  });

  test('leaves limits and stops to the next candle', () => {
    const market = new Market({ fill: 'optimistic' });
    market.send('buy', 10, limit(95), 80);
    market.send('buy', 10, stop(104), 80);
    expect(market.take()).toEqual(['#1 accepted', '#2 accepted']);
    market.candle(CANDLE);
    expect(market.reports.fills.map(({ price }) => price)).toEqual([104, 95]);
  });

  test('exists only by name: the default fills at the next open', () => {
    const market = new Market();
    market.send('buy', 10, {}, 80);
    expect(market.take()).toEqual(['#1 accepted']);
  });
});
