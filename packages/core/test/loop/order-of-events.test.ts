import { describe, expect, test } from 'vitest';
import { CancelEvent, FillEvent, OrderEvent, OrderUpdateEvent, PRIORITY } from '../../src/events/events.ts';
import { Order } from '../../src/events/order.ts';
import type { Strategy } from '../../src/strategy/strategy.ts';
import { HOUR_MS, run, START_MS, simulationOf, Trace, TWO_MARKETS } from './simulate.ts';

function traceOf(changes: object, create: () => Strategy): string[] {
  const trace = new Trace();
  run(simulationOf(changes, create), 0, { tracer: trace });
  return trace.lines;
}

describe('the order of events at one time', () => {
  test('one symbol: execution, fills, mark, strategy, signal, order, which rests until the next MARKET', () => {
    const lines = traceOf({ steps: 2 }, () => ({ onMarket: (_, context) => void context.order('buy', 1) }));
    expect(lines).toEqual([
      '0 MARKET A',
      '0 DECISION',
      'mark',
      '0 SIGNAL A',
      '0 ORDER A',
      '0 accepted A',
      '1 MARKET A',
      '1 FILL A',
      '1 filled A',
      '1 DECISION',
      'mark',
      '1 SIGNAL A',
      '1 ORDER A',
      '1 accepted A',
      '2 MARKET A',
      '2 FILL A',
      '2 filled A',
      '2 DECISION',
      'mark',
    ]);
  });

  test('two symbols at one time come in config order, the first one whole, and are marked together', () => {
    const lines = traceOf({ steps: 1, markets: TWO_MARKETS }, () => ({
      onMarket: (_, context) => void context.order('buy', 1),
    }));
    expect(lines).toEqual([
      '0 MARKET A',
      '0 DECISION',
      '0 SIGNAL A',
      '0 ORDER A',
      '0 accepted A',
      '0 MARKET B',
      '0 DECISION',
      'mark',
      '0 SIGNAL B',
      '0 ORDER B',
      '0 accepted B',
      '1 MARKET A',
      '1 FILL A',
      '1 filled A',
      '1 DECISION',
      '1 MARKET B',
      '1 FILL B',
      '1 filled B',
      '1 DECISION',
      'mark',
    ]);
  });

  test('config order holds for B before A too', () => {
    const markets = { B: TWO_MARKETS.B, A: TWO_MARKETS.A };
    expect(traceOf({ steps: 0, markets }, () => ({}))).toEqual([
      '0 MARKET B',
      '0 DECISION',
      '0 MARKET A',
      '0 DECISION',
      'mark',
    ]);
  });

  test('the strategy hears of a fill after the portfolio booked it, at the price before the mark', () => {
    const seen: unknown[] = [];
    run(
      simulationOf({ steps: 1 }, () => ({
        onMarket: (_, context) => void context.order('buy', 1),
        onFill: (fill, context) => seen.push(context.position(), fill.order.filledQty, context.step),
      })),
    );
    expect(seen).toEqual([1, 1, 1]);
  });

  test('events of one time go by priority, whatever the order in which they were pushed; the loop knows PRIORITY', () => {
    const simulation = simulationOf({ steps: 3 });
    const trace = new Trace();
    simulation.begin(0, { tracer: trace });
    const { queue } = simulation.loop;
    const at = START_MS + HOUR_MS;
    const terms = {
      orderType: 'limit',
      timeInForce: 'GTC',
      limitPrice: 1,
      triggerPrice: Number.NaN,
      postOnly: false,
      reduceOnly: false,
    } as const;
    const order = new Order({ orderId: 77, symbol: 'A', symbolIndex: 0, timeMs: at }, 'buy', 1, terms, 100, false);
    const { context } = simulation;
    // Through the public way where there is one, at the time of MARKET 1, last priority first.
    queue.push(at, PRIORITY.EXPIRY, { type: 'EXPIRY', timeMs: at });
    context.timer(at, 'late');
    context.emit('NEWS', null, at);
    queue.push(at, PRIORITY.ORDER, new OrderEvent(at, order));
    queue.push(at, PRIORITY.ORDER, new CancelEvent(at, 77));
    queue.push(at, PRIORITY.SIGNAL, new CancelEvent(at, 5));
    queue.push(at, PRIORITY.ORDER_UPDATE, new OrderUpdateEvent(at, order, 'accepted', ''));
    queue.push(at, PRIORITY.FILL, new FillEvent(at, order, 1, 1, 0, 0, 'maker'));
    simulation.advance(1);
    trace.lines.length = 0;
    simulation.advance(1);
    expect(trace.lines).toEqual([
      '0 FILL A',
      '0 accepted A',
      // The request of a strategy; there is no such order, so it goes no further.
      '0 CANCEL',
      '0 ORDER A',
      // The acceptance of the order that just arrived.
      '0 accepted A',
      // The cancel that reaches the market behind it.
      '0 CANCEL',
      '0 canceled A CANCEL_REQUESTED',
      '0 CUSTOM NEWS',
      '1 MARKET A',
      '1 DECISION',
      'mark',
      '1 TIMER late',
      '1 EXPIRY',
    ]);
  });

  test('within a decision: signals and cancels as asked for, then ORDER, then CUSTOM, then the next symbol', () => {
    const lines = traceOf({ steps: 1, markets: TWO_MARKETS }, () => ({
      onMarket(market, context) {
        if (market.step > 0 || market.symbolIndex > 0) return;
        context.emit('NEWS', 1);
        context.cancel(99);
        context.order('buy', 1);
        context.cancel(context.order('buy', 1, { symbol: 'A', orderType: 'limit', limitPrice: 1 }));
      },
    }));
    expect(lines.slice(0, 14)).toEqual([
      '0 MARKET A',
      '0 DECISION',
      // Of an unknown order: it goes no further.
      '0 CANCEL',
      '0 SIGNAL A',
      '0 SIGNAL A',
      '0 CANCEL',
      '0 ORDER A',
      '0 accepted A',
      '0 ORDER A',
      '0 accepted A',
      '0 CANCEL',
      '0 canceled A CANCEL_REQUESTED',
      '0 CUSTOM NEWS',
      '0 MARKET B',
    ]);
  });

  test('an order that is refused reaches the strategy with its reason and no market', () => {
    const updates: string[] = [];
    const trace = new Trace();
    const simulation = simulationOf({ steps: 1 }, () => ({
      onMarket: (_, context) => void context.order('sell', 1),
      onOrderUpdate: (update) => updates.push(`${update.order.orderId} ${update.status} ${update.reason}`),
    }));
    const { figures } = run(simulation, 0, { tracer: trace });
    expect(updates).toEqual(['1 rejected SHORT_NOT_ALLOWED']);
    expect(trace.lines.some((line) => line.includes('ORDER A'))).toBe(false);
    expect([figures.orders, figures.rejects, figures.fills]).toEqual([0, 1, 0]);
  });
});

describe('timers', () => {
  test('a heartbeat of 10m comes six times an hour, after the MARKET of its time', () => {
    const lines = traceOf({ steps: 3, heartbeat: '10m' }, () => ({}));
    const beat = (step: number): string => `${step} TIMER heartbeat`;
    expect(lines.filter((line) => line.includes('MARKET') || line.includes('TIMER'))).toEqual([
      '0 MARKET A',
      ...new Array(5).fill(beat(0)),
      '1 MARKET A',
      ...new Array(6).fill(beat(1)),
      '2 MARKET A',
      ...new Array(6).fill(beat(2)),
      '3 MARKET A',
    ]);
  });

  test('a timer sees the prices of the latest MARKET and its own time', () => {
    const seen: number[][] = [];
    const prices: number[] = [];
    run(
      simulationOf({ steps: 4 }, () => ({
        onMarket(market, context) {
          prices.push(market.price);
          context.timer(market.timeMs + HOUR_MS / 2, 'half');
        },
        onTimer: (timer, context) =>
          seen.push([timer.timeMs - START_MS, context.timeMs - START_MS, context.step, context.price()]),
      })),
    );
    expect(seen).toEqual([0, 1, 2, 3].map((i) => [(i + 0.5) * HOUR_MS, (i + 0.5) * HOUR_MS, i, prices[i]]));
  });

  test('the past is refused: a timer must lie ahead, an event must not lie behind', () => {
    const errors: string[] = [];
    const attempt = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        errors.push((error as Error).name);
      }
    };
    run(
      simulationOf({ steps: 1 }, () => ({
        onMarket(market, context) {
          for (const timeMs of [market.timeMs, market.timeMs - 1, Number.NaN, Infinity])
            attempt(() => context.timer(timeMs, 't'));
          for (const timeMs of [market.timeMs - 1, Number.NaN, Infinity])
            attempt(() => context.emit('E', null, timeMs));
        },
      })),
    );
    expect(errors).toEqual(new Array(7).fill('RangeError'));
  });
});
