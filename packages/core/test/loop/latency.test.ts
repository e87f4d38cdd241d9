import { describe, expect, test } from 'vitest';
import type { Strategy } from '../../src/strategy/strategy.ts';
import { flat, HOUR_MS, replayOf, run, START_MS, simulationOf, Trace } from './simulate.ts';

const latency = (text: string): object => ({ execution: { latency: text } });
const buyAtStart = (seen: string[]): Strategy => ({
  onMarket: (market, context) => void (market.step === 0 && context.order('buy', 1)),
  onFill: (fill, context) =>
    seen.push(`fill at ${fill.price}, ${(fill.timeMs - START_MS) / HOUR_MS} h, ${context.position()}`),
  onOrderUpdate: (update) => seen.push(`${update.status}, ${(update.timeMs - START_MS) / HOUR_MS} h`),
});

describe('latency', () => {
  test('zero: the order fills at the next open', () => {
    const seen: string[] = [];
    // The first candle closes at 1 h.
    run(replayOf([flat(100), flat(101, 109), flat(110)], latency('0ms'), () => buyAtStart(seen)));
    expect(seen).toEqual(['accepted, 1 h', 'fill at 101, 2 h, 1', 'filled, 2 h']);
  });

  test('an order on its way while a candle opens cannot fill in it; its news comes later too', () => {
    const seen: string[] = [];
    run(replayOf([flat(100), flat(101, 109), flat(110), flat(120), flat(130)], latency('15m'), () => buyAtStart(seen)));
    expect(seen).toEqual(['accepted, 1.5 h', 'fill at 110, 3.25 h, 1', 'filled, 3.25 h']);
  });

  test('an order that arrives exactly at an open takes part', () => {
    const seen: string[] = [];
    run(
      replayOf([flat(100), flat(101), flat(110), flat(120), flat(130), flat(140)], latency('1h'), () =>
        buyAtStart(seen),
      ),
    );
    expect(seen).toEqual(['accepted, 3 h', 'fill at 110, 4 h, 1', 'filled, 4 h']);
  });

  test('a quoted market fills at the first quote at or after the arrival', () => {
    for (const [text, expected] of [
      ['1h', 1],
      ['61m', 2],
    ] as const) {
      const prices: number[] = [];
      const fills: number[] = [];
      run(
        simulationOf({ steps: 6, ...latency(text) }, () => ({
          onMarket(market, context) {
            prices.push(market.price);
            if (market.step === 0) context.order('buy', 1);
          },
          onFill: (fill) => fills.push(fill.price),
        })),
      );
      expect(fills).toEqual([prices[expected]]);
    }
  });

  test('what is under way at the end is booked, and what never filled is not', () => {
    const seen: string[] = [];
    const { figures } = run(replayOf([flat(100), flat(101), flat(110)], latency('30m'), () => buyAtStart(seen)));
    expect(seen).toEqual(['accepted, 2 h', 'fill at 110, 3.5 h, 1', 'filled, 3.5 h']);
    expect(figures).toMatchObject({ fills: 1, finalEquity: 10_000 });
  });

  test('the fill under way at the end pays its commission and counts in the last step', () => {
    const changes = { execution: { latency: '30m', fees: { taker: 0.01 } } };
    const { figures } = run(replayOf([flat(100), flat(101), flat(110)], changes, () => buyAtStart([])));
    expect(figures.finalEquity).toBeCloseTo(10_000 - 1.1, 9);
    expect(figures.totalReward).toBeCloseTo(Math.log((10_000 - 1.1) / 10_000), 12);
  });

  test('orders that are still on their way at the end expire too', () => {
    const seen: string[] = [];
    const create = (): Strategy => ({
      onMarket: (market, context) => void (market.step === 1 && context.order('buy', 1)),
      onOrderUpdate: (update) => seen.push(`${update.status} ${update.reason}`),
    });
    run(replayOf([flat(100), flat(101), flat(110)], latency('2h'), create));
    expect(seen).toEqual(['expired EPISODE_END']);
  });

  test('a cancel travels as long as an order, so it may come too late', () => {
    const seen: string[] = [];
    const create = (): Strategy => ({
      onMarket(market, context) {
        if (market.step === 0) context.order('buy', 1, { orderType: 'limit', limitPrice: 90 });
        if (market.step === 2) context.cancel(1);
      },
      onOrderUpdate: (update) => seen.push(`${update.status} ${update.reason}`.trim()),
    });
    const touched = [flat(100), flat(100), flat(100), [100, 100, 89, 100], flat(100), flat(100)];
    run(replayOf(touched, latency('90m'), create));
    expect(seen).toEqual(['accepted', 'filled']);
    seen.length = 0;
    run(replayOf(touched, latency('10m'), create));
    expect(seen).toEqual(['accepted', 'canceled CANCEL_REQUESTED']);
  });

  test('an order that is canceled in the event that sent it never rests', () => {
    for (const text of ['0ms', '10m']) {
      const seen: string[] = [];
      const create = (): Strategy => ({
        onMarket(market, context) {
          if (market.step === 0) context.cancel(context.order('buy', 1, { orderType: 'limit', limitPrice: 90 }));
        },
        onOrderUpdate: (update) => seen.push(`${update.status} ${update.reason}`.trim()),
      });
      run(replayOf([flat(100), flat(100), flat(100)], latency(text), create));
      expect([text, ...seen]).toEqual([text, 'accepted', 'canceled CANCEL_REQUESTED']);
    }
  });

  test('of two resting targets that one event sends, the second replaces the first', () => {
    for (const text of ['0ms', '10m']) {
      const open: number[] = [];
      const create = (): Strategy => ({
        onMarket(market, context) {
          if (market.step > 0) return;
          context.signal(0.3, { orderType: 'limit', limitPrice: 90 });
          context.signal(0.6, { orderType: 'limit', limitPrice: 90 });
        },
        onTimer: (_, context) => open.push(context.openOrders().length),
        onStart: (context) => context.timer(START_MS + 1.9 * HOUR_MS, 'look'),
      });
      run(replayOf([flat(100), flat(100), flat(100)], latency(text), create));
      expect([text, ...open]).toEqual([text, 1]);
    }
  });

  test('a cancel that is asked for before an order leaves its limits to that order', () => {
    for (const text of ['0ms', '10m']) {
      const seen: string[] = [];
      const limit = { orderType: 'limit', limitPrice: 90 } as const;
      const create = (): Strategy => ({
        onMarket(market, context) {
          if (market.step === 0) context.order('buy', 100, limit);
          if (market.step !== 1) return;
          context.cancel(1);
          context.order('buy', 100, limit);
          context.order('buy', 1, limit);
        },
        onOrderUpdate: ({ order, status, reason }) => seen.push(`${order.orderId} ${status} ${reason}`.trim()),
      });
      run(replayOf([flat(100), flat(100), flat(100), flat(100)], latency(text), create));
      expect(seen.toSorted()).toEqual([
        '1 accepted',
        '1 canceled CANCEL_REQUESTED',
        '2 accepted',
        '2 expired EPISODE_END',
        '3 rejected MAX_LEVERAGE',
      ]);
    }
  });

  test('an order asked for before the cancel still counts what it cancels', () => {
    const seen: string[] = [];
    const limit = { orderType: 'limit', limitPrice: 90 } as const;
    const create = (): Strategy => ({
      onMarket(market, context) {
        if (market.step === 0) context.order('buy', 100, limit);
        if (market.step !== 1) return;
        context.order('buy', 1, limit);
        context.cancel(1);
      },
      onOrderUpdate: ({ order, status, reason }) => seen.push(`${order.orderId} ${status} ${reason}`.trim()),
    });
    run(replayOf([flat(100), flat(100), flat(100)], {}, create));
    expect(seen).toEqual(['1 accepted', '2 rejected MAX_LEVERAGE', '1 canceled CANCEL_REQUESTED']);
  });

  test('refusals are known at once: they never left', () => {
    const trace = new Trace();
    run(
      simulationOf({ steps: 1, ...latency('30m') }, () => ({ onMarket: (_, c) => void c.order('sell', 1) })),
      0,
      { tracer: trace },
    );
    expect(trace.lines).toContain('0 rejected A SHORT_NOT_ALLOWED');
  });
});

describe('day orders', () => {
  const rests = (limitPrice: number, seen: string[]): Strategy => ({
    onMarket: (market, context) =>
      void (market.step === 21 && context.order('buy', 1, { orderType: 'limit', limitPrice, timeInForce: 'day' })),
    onOrderUpdate: (u) => seen.push(`${u.status} ${u.reason} ${(u.timeMs - START_MS) / HOUR_MS}`.replace('  ', ' ')),
  });
  // The candle of step 22 is 22:00 to 23:00, that of step 23 closes at midnight, that of step 24 is the next day's.
  const candles = (low: number, at: number): number[][] =>
    Array.from({ length: 30 }, (_, i) => (i === at ? [100, 100, low, 100] : flat(100)));

  test('the candle that closes at midnight still belongs to the day', () => {
    const seen: string[] = [];
    run(replayOf(candles(80, 23), {}, () => rests(90, seen)));
    expect(seen).toEqual(['accepted 22', 'filled 24']);
  });

  test('the candle after midnight comes too late', () => {
    const seen: string[] = [];
    run(replayOf(candles(80, 24), {}, () => rests(90, seen)));
    expect(seen).toEqual(['accepted 22', 'expired DAY_END 24']);
  });
});
