import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Account } from '../../src/portfolio/account.ts';
import { fillOf } from './orders.ts';

const CASH = 10_000;
const SYMBOL_COUNT = 3;

/** Whole numbers below 2^53 in all products: the ledger is exact, so is the comparison. */
const quantity = fc.integer({ min: 1, max: 50 });
const price = fc.integer({ min: 1, max: 200 });
const symbol = fc.nat(SYMBOL_COUNT - 1);
const operation = fc.oneof(
  fc.record({
    do: fc.constant('fill' as const),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    symbol,
    quantity,
    price,
    commission: fc.integer({ min: -5, max: 20 }),
    slippage: fc.nat(10),
  }),
  fc.record({ do: fc.constant('price' as const), symbol, price }),
);

/** Every fill kept; positions are lists of single units with their entry price. */
class NaiveLedger {
  cash = CASH;
  commission = 0;
  slippage = 0;
  tradedValue = 0;
  fills = 0;
  realized = 0;
  readonly entries: { sign: number; units: number; cost: number }[] = Array.from({ length: SYMBOL_COUNT }, () => ({
    sign: 0,
    units: 0,
    cost: 0,
  }));

  fill(s: number, sign: number, units: number, at: number): void {
    const held = this.entries[s]!;
    for (let i = 0; i < units; i++) {
      this.cash -= sign * at;
      this.tradedValue += at;
      if (held.units === 0 || held.sign === sign) {
        held.sign = sign;
        held.units++;
        held.cost += at;
      } else {
        const mean = held.cost / held.units;
        this.realized += held.sign * (at - mean);
        held.units--;
        held.cost -= mean;
      }
    }
  }
}

describe('Account', () => {
  test('agrees with a unit-by-unit ledger after any fills and price moves', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const account = new Account(SYMBOL_COUNT, CASH);
        const naive = new NaiveLedger();
        const prices = new Array(SYMBOL_COUNT).fill(100);
        account.price.fill(100);
        for (const op of operations) {
          if (op.do === 'price') {
            prices[op.symbol] = op.price;
            account.price[op.symbol] = op.price;
          } else {
            account.book(fillOf(op.side, op.quantity, op.price, op.commission, op.slippage, op.symbol));
            naive.fill(op.symbol, op.side === 'buy' ? 1 : -1, op.quantity, op.price);
            naive.cash -= op.commission;
            naive.commission += op.commission;
            naive.slippage += op.slippage;
            naive.fills++;
          }
          // Whole numbers: exact.
          const positions = naive.entries.map(({ sign, units }) => sign * units || 0);
          const values = positions.map((units, s) => units * prices[s]!);
          expect(Array.from(account.position)).toEqual(positions);
          expect(account.cash).toBe(naive.cash);
          expect(account.equity).toBe(naive.cash + values.reduce((sum, value) => sum + value, 0));
          expect(account.grossExposure).toBe(values.reduce((sum, value) => sum + Math.abs(value), 0));
          expect([account.commission, account.slippage, account.tradedValue, account.fills]).toEqual([
            naive.commission,
            naive.slippage,
            naive.tradedValue,
            naive.fills,
          ]);
          // Means are fractions: up to 60 fills of 50 units, each rounded at 2^-53 of sums below 6e5, stay below 1e-6.
          for (const [s, held] of naive.entries.entries()) {
            expect(account.avgPx[s]!).toBeCloseTo(held.units === 0 ? 0 : held.cost / held.units, 6);
          }
          expect(Math.abs(account.realizedPnl - naive.realized)).toBeLessThan(1e-6);
          const gain = account.realizedPnl + account.unrealizedPnl - account.commission;
          expect(Math.abs(gain - (account.equity - CASH))).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a fill through zero closes at the old mean and opens at its own price', () => {
    const account = new Account(1, 1000);
    account.price[0] = 12;
    account.book(fillOf('buy', 10, 10));
    account.book(fillOf('sell', 15, 12));
    expect([account.position[0], account.avgPx[0], account.realizedPnl, account.cash]).toEqual([-5, 12, 20, 1080]);
    account.price[0] = 11;
    expect([account.unrealizedPnl, account.equity]).toEqual([5, 1025]);
  });

  test('symbols without a price do not touch equity while nothing is held in them', () => {
    const account = new Account(2, 1000);
    account.price[0] = 10;
    account.book(fillOf('buy', 10, 10));
    expect([account.equity, account.grossExposure, account.unrealizedPnl]).toEqual([1000, 100, 0]);
  });

  test('reset gives the account of a new episode', () => {
    const account = new Account(2, 1000);
    account.price.set([10, 20]);
    account.book(fillOf('buy', 10, 10, 1, 2));
    account.reset();
    expect(account).toEqual(new Account(2, 1000));
  });
});
