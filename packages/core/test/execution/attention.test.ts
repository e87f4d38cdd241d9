import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderInstructions, OrderType, TimeInForce } from '../../src/events/order.ts';
import { Market } from './market.ts';

/** A coarse grid of prices, so that touches and equalities happen. */
const price = fc.integer({ min: 90, max: 110 });
const candle = fc
  .tuple(price, price, price, price, fc.nat(40))
  .map(([a, b, c, d, volume]) => [a, Math.max(a, b, c, d), Math.min(a, b, c, d), d, volume]);
const order = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  orderType: fc.constantFrom<OrderType>(
    'market',
    'limit',
    'limit',
    'limit',
    'stop',
    'stop',
    'market-on-open',
    'market-on-close',
  ),
  timeInForce: fc.constantFrom<TimeInForce>('GTC', 'GTC', 'GTC', 'day', 'IOC', 'FOK'),
  price,
  quantity: fc.integer({ min: 1, max: 9 }),
  postOnly: fc.boolean(),
  reduceOnly: fc.boolean(),
});
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('candle' as const), candle }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('send' as const), order }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), id: fc.integer({ min: 1, max: 6 }) }) },
);
const section = fc.constantFrom({}, { participationRate: 0.2 }, { fill: 'optimistic' }, { slippage: { bps: 5 } });

function instructionsOf(drawn: typeof order extends fc.Arbitrary<infer T> ? T : never): OrderInstructions {
  const { orderType, timeInForce, reduceOnly } = drawn;
  return {
    orderType,
    timeInForce,
    reduceOnly,
    ...(orderType === 'limit' ? { limitPrice: drawn.price, postOnly: drawn.postOnly } : {}),
    ...(orderType === 'stop' ? { triggerPrice: drawn.price } : {}),
  };
}

describe('attention', () => {
  test('never hides a candle that onMarket would act on', () => {
    fc.assert(
      fc.property(section, fc.array(operation, { minLength: 3, maxLength: 50 }), (config, operations) => {
        const banded = new Market(config);
        const full = new Market(config);
        for (const op of operations) {
          for (const market of [banded, full]) {
            if (op.do === 'candle') market.candle(op.candle, market === full);
            else if (op.do === 'cancel') market.execution.cancel(op.id);
            else market.send(op.order.side, op.order.quantity, instructionsOf(op.order));
            market.execution.expire(market.nowMs);
          }
          expect(banded.reports.lines).toEqual(full.reports.lines);
        }
        expect(banded.reports.fills).toEqual(full.reports.fills);
      }),
      { numRuns: 1000 },
    );
  });

  test('is asleep without orders, a band with resting limits and stops, everything with a market order or a new limit', () => {
    const market = new Market();
    const band = (): number[] => [market.execution.attention.low[0]!, market.execution.attention.high[0]!];
    expect(band()).toEqual([-Infinity, Infinity]);
    market.send('buy', 1, { orderType: 'limit', limitPrice: 95 });
    market.send('buy', 1, { orderType: 'limit', limitPrice: 96 });
    market.send('sell', 1, { orderType: 'stop', triggerPrice: 90 });
    // A limit wants to see its first MARKET, whatever the price.
    expect(band()).toEqual([Infinity, Infinity]);
    market.candle([100, 100, 100, 100]);
    expect(band()).toEqual([96, Infinity]);
    market.send('sell', 1, { orderType: 'limit', limitPrice: 105 });
    market.send('buy', 1, { orderType: 'stop', triggerPrice: 104 });
    market.candle([100, 100, 100, 100]);
    expect(band()).toEqual([96, 104]);
    expect([market.execution.attention.low[1], market.execution.attention.high[1]]).toEqual([-Infinity, Infinity]);
    market.execution.cancel(2);
    market.execution.cancel(5);
    expect(band()).toEqual([95, 105]);
    market.send('buy', 1);
    expect(band()[0]).toBe(Infinity);
    market.candle([100, 100, 100, 100]);
    expect(band()).toEqual([95, 105]);
    market.execution.end();
    expect(band()).toEqual([-Infinity, Infinity]);
  });
});
