import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderReason, SignalEvent, SignalTarget } from '../../src/events/events.ts';
import type { Order } from '../../src/events/order.ts';
import type { Portfolio } from '../../src/portfolio/portfolio.ts';
import { fillOf, hold, portfolioOf, target, wish } from './orders.ts';

function approved(portfolio: Portfolio, signal: SignalEvent): Order {
  const decision = portfolio.decide(signal);
  if (decision.kind !== 'approved') throw new Error(`expected an approved order, got ${JSON.stringify(decision)}`);
  return decision.order;
}

function outcome(portfolio: Portfolio, signal: SignalEvent): string {
  const decision = portfolio.decide(signal);
  return decision.kind === 'refused' ? decision.reason : decision.kind;
}

const SHORTS = { allowShort: true, risk: { maxLeverage: 10 } };

describe('sizing', () => {
  test('a weight means weight x equity / decision price, less what is held', () => {
    const money = fc.double({ min: 1, max: 1e6, noNaN: true });
    const weight = fc.double({ min: -1, max: 1, noNaN: true }).filter((w) => Math.abs(w) > 1e-3);
    const held = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(
        money,
        fc.double({ min: 0.01, max: 1e5, noNaN: true }),
        weight,
        held,
        (cash, price, w, heldWeight) => {
          fc.pre(Math.abs(w - heldWeight) > 1e-3);
          const portfolio = portfolioOf({ ...SHORTS, cash }, [price]);
          const position = (heldWeight * cash) / price;
          if (position !== 0) hold(portfolio, position);
          const order = approved(portfolio, target(w));
          // Position and weights are below 1; a handful of roundings each at 2^-53 of them.
          expect(order.sign * order.quantity * (price / cash)).toBeCloseTo(w - heldWeight, 12);
          expect(order.decisionPrice).toBe(price);
        },
      ),
    );
  });

  test.each([
    ['LONG', 19],
    ['SHORT', -19],
    [0.5, 10],
    [-0.25, -5],
  ] as [SignalTarget, number][])('of %s by targetWeight 0.95 at 50 with 1000 of equity is %d', (wanted, quantity) => {
    const portfolio = portfolioOf({ ...SHORTS, cash: 1000, sizing: { targetWeight: 0.95 } }, [50]);
    const order = approved(portfolio, target(wanted));
    expect(order.sign * order.quantity).toBeCloseTo(quantity, 12);
  });

  test.each([
    ['LONG', 7],
    ['SHORT', -7],
    [0.5, 10],
  ] as [SignalTarget, number][])('of %s by fixedQuantity 7 is %d', (wanted, quantity) => {
    const portfolio = portfolioOf({ ...SHORTS, cash: 1000, sizing: { fixedQuantity: 7 } }, [50]);
    const order = approved(portfolio, target(wanted));
    expect(order.sign * order.quantity).toBe(quantity);
  });

  test.each(['FLAT', 0] as SignalTarget[])('%s sells exactly what is held, whatever the prices are', (flat) => {
    const portfolio = portfolioOf({}, [0.3]);
    hold(portfolio, 0.1 + 0.2);
    const order = approved(portfolio, target(flat));
    expect([order.orderSide, order.quantity]).toEqual(['sell', 0.1 + 0.2]);
  });

  test('equity of all symbols counts, at signed quantity x price', () => {
    const portfolio = portfolioOf({ ...SHORTS, cash: 1000 }, [10, 20]);
    hold(portfolio, -10, 1);
    portfolio.account.price[1] = 30;
    // 1000 + 200 of proceeds - 300 of the short = 900.
    expect(approved(portfolio, target(1)).quantity).toBe(90);
  });

  test('a target that is reached leads to nothing', () => {
    const portfolio = portfolioOf({ cash: 1000 }, [10]);
    expect(portfolio.decide(target('FLAT')).kind).toBe('nothing');
    hold(portfolio, 100);
    expect(portfolio.decide(target('LONG')).kind).toBe('nothing');
  });

  test('a market order that works counts as filled, so the same target is not bought twice', () => {
    const portfolio = portfolioOf({ cash: 1000 }, [10]);
    expect(approved(portfolio, target('LONG')).quantity).toBe(100);
    expect(portfolio.decide(target('LONG')).kind).toBe('nothing');
    expect(approved(portfolio, target('FLAT'))).toMatchObject({ orderSide: 'sell', quantity: 100 });
  });

  test('a new target replaces limit and stop orders of earlier targets of its symbol, and no others', () => {
    const portfolio = portfolioOf({ ...SHORTS, cash: 1000 }, [10, 10]);
    const limit = approved(portfolio, target(0.1, { orderType: 'limit', limitPrice: 9 }));
    const stop = approved(portfolio, target(0.1, { orderType: 'stop', triggerPrice: 11 }));
    approved(portfolio, target(0.1));
    approved(portfolio, target(0.1, { orderType: 'limit', limitPrice: 9 }, 1));
    approved(portfolio, wish('buy', 1, { orderType: 'limit', limitPrice: 9 }));
    expect(portfolio.replacedBy(target(0.2))).toEqual([limit, stop]);
    expect(portfolio.replacedBy(wish('buy', 1))).toEqual([]);
  });
});

describe('a cancel that was asked for', () => {
  const limit = { orderType: 'limit', limitPrice: 9 } as const;
  const working = (portfolio: Portfolio): number[] => portfolio.working.toArray().map(({ orderId }) => orderId);

  test('is known to the order, and leaves it working; of another order there is nothing to cancel', () => {
    const portfolio = portfolioOf({ cash: 1000 }, [10]);
    const order = approved(portfolio, wish('buy', 50, limit));
    expect([portfolio.requestCancel(99), order.isCancelRequested]).toEqual([false, false]);
    expect([portfolio.requestCancel(order.orderId), order.isCancelRequested]).toEqual([true, true]);
    expect([working(portfolio), order.isOpen]).toEqual([[order.orderId], true]);
    portfolio.onOrderUpdate(order, 'canceled');
    expect([working(portfolio), portfolio.requestCancel(order.orderId)]).toEqual([[], false]);
  });

  test('takes a resting order out of the limits', () => {
    for (const risk of [{ maxLeverage: 1 }, { maxLeverage: 10, maxPosition: 100 }]) {
      const portfolio = portfolioOf({ cash: 1000, risk }, [10]);
      const order = approved(portfolio, wish('buy', 100, limit));
      expect(outcome(portfolio, wish('buy', 1, limit))).toBe('maxPosition' in risk ? 'MAX_POSITION' : 'MAX_LEVERAGE');
      portfolio.requestCancel(order.orderId);
      expect(outcome(portfolio, wish('buy', 100, limit))).toBe('approved');
    }
  });

  test('takes a market order out of the size of the next', () => {
    const portfolio = portfolioOf({ cash: 1000 }, [10]);
    const order = approved(portfolio, target('LONG'));
    expect(outcome(portfolio, target('LONG'))).toBe('nothing');
    portfolio.requestCancel(order.orderId);
    expect(approved(portfolio, target('LONG')).quantity).toBe(100);
  });

  test('is not asked for again by a new target', () => {
    const portfolio = portfolioOf({ cash: 1000 }, [10]);
    const order = approved(portfolio, target(0.5, limit));
    expect(portfolio.replacedBy(target(0.6))).toEqual([order]);
    portfolio.requestCancel(order.orderId);
    expect(portfolio.replacedBy(target(0.6))).toEqual([]);
  });
});

describe('risk', () => {
  const limits = { cash: 1000, risk: { maxLeverage: 1, maxPosition: 60 } };
  test.each<[string, object, number[], (p: Portfolio) => void, SignalEvent, OrderReason | 'approved']>([
    ['leverage above the limit', { cash: 1000 }, [10], () => {}, wish('buy', 101), 'MAX_LEVERAGE'],
    ['leverage at the limit', { cash: 1000 }, [10], () => {}, wish('buy', 100), 'approved'],
    ['leverage with another symbol', { cash: 1000 }, [10, 10], (p) => hold(p, 50, 1), wish('buy', 51), 'MAX_LEVERAGE'],
    ['leverage with another symbol', { cash: 1000 }, [10, 10], (p) => hold(p, 50, 1), wish('buy', 50), 'approved'],
    [
      'leverage with a limit order that works',
      { cash: 1000 },
      [10],
      (p) => approved(p, wish('buy', 50, { orderType: 'limit', limitPrice: 9 })),
      wish('buy', 51, { orderType: 'limit', limitPrice: 9 }),
      'MAX_LEVERAGE',
    ],
    [
      'a turn away from a position that a loss has brought beyond leverage',
      { cash: 1000, allowShort: true },
      [10],
      (p) => hold(p, 101),
      wish('sell', 200),
      'approved',
    ],
    [
      'a turn that leads beyond leverage on the other side',
      { cash: 1000, allowShort: true },
      [10],
      (p) => hold(p, 90),
      wish('sell', 191),
      'MAX_LEVERAGE',
    ],
    ['position above the limit', limits, [10], () => {}, wish('buy', 61), 'MAX_POSITION'],
    ['position at the limit', limits, [10], () => {}, wish('buy', 60), 'approved'],
    ['position of what is held and bought', limits, [10], (p) => hold(p, 30), wish('buy', 31), 'MAX_POSITION'],
    ['a short beyond the limit', { ...limits, allowShort: true }, [10], () => {}, wish('sell', 61), 'MAX_POSITION'],
    ['a short at the limit', { ...limits, allowShort: true }, [10], () => {}, wish('sell', 60), 'approved'],
    ['a short beyond leverage', { cash: 1000, allowShort: true }, [10], () => {}, wish('sell', 101), 'MAX_LEVERAGE'],
    ['a sale of nothing', {}, [10], () => {}, wish('sell', 1), 'SHORT_NOT_ALLOWED'],
    ['a SHORT', {}, [10], () => {}, target('SHORT'), 'SHORT_NOT_ALLOWED'],
    ['a sale of more than is held', {}, [10], (p) => hold(p, 5), wish('sell', 6), 'SHORT_NOT_ALLOWED'],
    ['a weight at a price of zero', {}, [0], () => {}, target('LONG'), 'PRICE_NOT_POSITIVE'],
    ['a weight at a negative price', SHORTS, [-2], () => {}, target(0.5), 'PRICE_NOT_POSITIVE'],
    ['a negative weight at a negative price', SHORTS, [-2], () => {}, target(-0.5), 'PRICE_NOT_POSITIVE'],
    ['reduce-only while flat', SHORTS, [10], () => {}, wish('sell', 1, { reduceOnly: true }), 'REDUCE_ONLY'],
    ['reduce-only that adds', SHORTS, [10], (p) => hold(p, 5), wish('buy', 1, { reduceOnly: true }), 'REDUCE_ONLY'],
    [
      'reduce-only in a long-only account that adds',
      {},
      [10],
      () => {},
      wish('buy', 1, { reduceOnly: true }),
      'REDUCE_ONLY',
    ],
    [
      'reduce-only of more than is held',
      {},
      [10],
      (p) => hold(p, 5),
      wish('sell', 6, { reduceOnly: true }),
      'approved',
    ],
    [
      'reduce-only of more than is held and more than leverage',
      { cash: 1000, allowShort: true },
      [10],
      (p) => hold(p, 5),
      wish('sell', 1000, { reduceOnly: true }),
      'approved',
    ],
    ['reduce-only that reduces', SHORTS, [10], (p) => hold(p, 5), wish('sell', 5, { reduceOnly: true }), 'approved'],
    [
      'a reversal beside reduce-only orders, which never add',
      { cash: 1000, allowShort: true },
      [10],
      (p) => {
        hold(p, 100);
        const stopLoss = { orderType: 'stop', triggerPrice: 9, reduceOnly: true } as const;
        for (let i = 0; i < 2; i++) approved(p, wish('sell', 100, stopLoss));
      },
      wish('sell', 150),
      'approved',
    ],
    [
      'an opening order without equity',
      { cash: 100, allowShort: true },
      [10, 10],
      (p) => {
        hold(p, -10);
        p.account.price[0] = 30;
      },
      wish('buy', 1, {}, 1),
      'NO_EQUITY',
    ],
  ])('%s', (_, section, prices, prepare, signal, expected) => {
    const portfolio = portfolioOf(section, prices);
    prepare(portfolio);
    expect(outcome(portfolio, signal)).toBe(expected);
  });

  test('a fixed quantity may trade at a negative price, with leverage of the absolute value', () => {
    const section = { ...SHORTS, cash: 100, sizing: { fixedQuantity: 10 }, risk: { maxLeverage: 1 } };
    expect(outcome(portfolioOf(section, [-10]), target('LONG'))).toBe('approved');
    expect(outcome(portfolioOf(section, [-11]), target('LONG'))).toBe('MAX_LEVERAGE');
  });

  test('refused orders do not work, approved ones do until they are finished', () => {
    const portfolio = portfolioOf({ cash: 1000 }, [10]);
    portfolio.decide(wish('buy', 101));
    expect(portfolio.working.toArray()).toEqual([]);
    const order = approved(portfolio, wish('buy', 60));
    for (const status of ['accepted', 'partiallyFilled'] as const) {
      portfolio.onOrderUpdate(order, status);
      expect(portfolio.working.toArray()).toEqual([order]);
    }
    portfolio.onOrderUpdate(order, 'canceled');
    expect([portfolio.working.toArray(), order.status, order.isOpen]).toEqual([[], 'canceled', false]);
    expect(outcome(portfolio, wish('buy', 60))).toBe('approved');
  });

  test('an order that only brings the position closer to zero passes every limit', () => {
    const position = fc.integer({ min: 1, max: 1000 });
    const part = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(position, part, fc.boolean(), fc.integer({ min: 1, max: 5000 }), (held, percent, isShort, price) => {
        const portfolio = portfolioOf(
          { cash: 10, allowShort: isShort, risk: { maxLeverage: 0.1, maxPosition: 0.5 } },
          [10],
        );
        hold(portfolio, isShort ? -held : held);
        portfolio.account.price[0] = price;
        const quantity = (held * percent) / 100;
        expect(outcome(portfolio, wish(isShort ? 'buy' : 'sell', quantity))).toBe('approved');
        expect(outcome(portfolio, target('FLAT'))).toBe(percent === 100 ? 'nothing' : 'approved');
      }),
    );
  });

  test('an approved order never leads beyond leverage or position at the decision price', () => {
    const order = fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      symbol: fc.nat(1),
      quantity: fc.integer({ min: 1, max: 60 }),
      price: fc.integer({ min: 5, max: 15 }),
    });
    fc.assert(
      fc.property(fc.array(order, { maxLength: 30 }), fc.boolean(), (orders, allowShort) => {
        const portfolio = portfolioOf(
          { cash: 1000, allowShort, risk: { maxLeverage: 1.5, maxPosition: 80 } },
          [10, 10],
        );
        const { account } = portfolio;
        for (const { side, symbol, quantity, price } of orders) {
          account.price[symbol] = price;
          const before = Math.abs(account.position[symbol]!);
          const decision = portfolio.decide(wish(side, quantity, {}, symbol));
          if (decision.kind !== 'approved') continue;
          account.book(fillOf(side, quantity, price, 0, 0, symbol));
          portfolio.onOrderUpdate(decision.order, 'filled');
          const after = Math.abs(account.position[symbol]!);
          if (!allowShort) expect(account.position[symbol]).toBeGreaterThanOrEqual(0);
          if (after <= before) continue;
          expect(after).toBeLessThanOrEqual(80);
          expect(account.grossExposure).toBeLessThanOrEqual(1.5 * account.equity);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('rounding', () => {
  test('quantities go towards zero to whole lots', () => {
    const portfolio = portfolioOf({ ...SHORTS, cash: 1000 }, [10], { lotSize: 3 });
    expect(approved(portfolio, target(1)).quantity).toBe(99);
    expect(approved(portfolioOf({ ...SHORTS, cash: 1000 }, [10], { lotSize: 3 }), target(-1)).quantity).toBe(99);
    expect(outcome(portfolio, wish('buy', 2.9))).toBe('BELOW_LOT_SIZE');
  });

  test('0.3 is three lots of 0.1', () => {
    const order = approved(portfolioOf({ cash: 1000 }, [10], { lotSize: 0.1 }), wish('buy', 0.3));
    expect(order.quantity).toBeCloseTo(0.3, 15);
  });

  test('a limit price goes to the tick that is no worse for its owner, a trigger to the later one', () => {
    const portfolio = portfolioOf(SHORTS, [10], { tickSize: 0.5 });
    const limitPrice = 9.7;
    const triggerPrice = 9.7;
    expect(approved(portfolio, wish('buy', 1, { orderType: 'limit', limitPrice })).limitPrice).toBe(9.5);
    expect(approved(portfolio, wish('sell', 1, { orderType: 'limit', limitPrice })).limitPrice).toBe(10);
    expect(approved(portfolio, wish('buy', 1, { orderType: 'stop', triggerPrice })).triggerPrice).toBe(10);
    expect(approved(portfolio, wish('sell', 1, { orderType: 'stop', triggerPrice })).triggerPrice).toBe(9.5);
    expect(approved(portfolio, wish('buy', 1)).limitPrice).toBeNaN();
  });

  test('a position in whole lots closes entirely, without a rest that can never be sold', () => {
    const lots = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lots, fc.constantFrom(0.1, 0.01, 0.3, 0.7), (buys, lotSize) => {
        const portfolio = portfolioOf({ cash: 1e6 }, [10], { lotSize });
        for (const count of buys) {
          const order = approved(portfolio, wish('buy', count * lotSize));
          portfolio.onFill(fillOf('buy', order.quantity, 10));
          portfolio.onOrderUpdate(order, 'filled');
        }
        const order = approved(portfolio, target('FLAT'));
        portfolio.onFill(fillOf('sell', Math.min(order.quantity, portfolio.account.position[0]!), 10));
        portfolio.onOrderUpdate(order, 'filled');
        expect(outcome(portfolio, target('FLAT'))).toBe('nothing');
      }),
    );
  });
});

describe('fills', () => {
  test('an order knows its filled quantity and mean price', () => {
    const portfolio = portfolioOf({ cash: 1000 }, [10]);
    const order = approved(portfolio, wish('buy', 40));
    portfolio.onFill({ ...fillOf('buy', 10, 9), order });
    expect([order.status, order.isOpen, portfolio.working.count]).toEqual(['partiallyFilled', true, 1]);
    portfolio.onFill({ ...fillOf('buy', 30, 11), order });
    // At once: what is sized before the news of it comes must not count it twice.
    expect([order.status, order.isOpen, portfolio.working.count]).toEqual(['filled', false, 0]);
    expect([order.filledQty, order.leavesQty, order.avgPx]).toEqual([40, 0, 10.5]);
    expect(portfolio.account.position[0]).toBe(40);
  });

  test('reset forgets positions and working orders', () => {
    const portfolio = portfolioOf({ cash: 1000 }, [10]);
    approved(portfolio, wish('buy', 40));
    hold(portfolio, 3);
    portfolio.reset();
    expect([portfolio.working.toArray(), portfolio.account.equity, portfolio.account.position[0]]).toEqual([
      [],
      1000,
      0,
    ]);
  });
});
