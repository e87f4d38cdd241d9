import { type Instrument, roundToLot, roundToTick } from '../config/instrument.ts';
import type { PortfolioConfig } from '../config/schema.ts';
import type { FillEvent, OrderReason, SignalEvent } from '../events/events.ts';
import { OpenList } from '../events/open-list.ts';
import { Order, type OrderStatus } from '../events/order.ts';
import { Account } from './account.ts';
import { certainPosition, refusal } from './risk.ts';
import { targetPosition } from './sizing.ts';

/** What a signal leads to. `refused` orders never reach the market. */
export type OrderDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'approved'; readonly order: Order }
  | { readonly kind: 'refused'; readonly order: Order; readonly reason: OrderReason };

const NOTHING: OrderDecision = { kind: 'nothing' };
const NONE: readonly Order[] = [];

/** Differences below this part of the larger position are rounding, not orders. */
const NEGLIGIBLE = 1e-9;

/** Turns signals into sized orders that passed the limits, and books fills. */
export class Portfolio {
  readonly account: Account;
  /** Orders that are not finished, oldest first. */
  readonly working: OpenList<Order> = new OpenList();
  private readonly config: PortfolioConfig;
  private readonly instruments: readonly Instrument[];

  constructor(config: PortfolioConfig, instruments: readonly Instrument[]) {
    this.config = config;
    this.instruments = instruments;
    this.account = new Account(instruments.length, config.cash);
  }

  reset(): void {
    this.account.reset();
    this.working.clear();
  }

  /**
   * Working orders that a target signal replaces: limit and stop orders of earlier target signals of its symbol. Market
   * orders stay, and count as filled in the size of the next order.
   */
  replacedBy(signal: SignalEvent): readonly Order[] {
    if (signal.target === null || this.working.count === 0) return NONE;
    return this.working
      .toArray()
      .filter(
        (order) =>
          order.fromTarget &&
          !order.isCancelRequested &&
          order.symbolIndex === signal.symbolIndex &&
          (order.orderType === 'limit' || order.orderType === 'stop'),
      );
  }

  /** Whether there is such an order to cancel; from now on limits and sizes leave it out. */
  requestCancel(orderId: number): boolean {
    for (let i = 0; i < this.working.count; i++) {
      const order = this.working.at(i);
      if (order.orderId !== orderId || order.isCancelRequested) continue;
      order.isCancelRequested = true;
      return true;
    }
    return false;
  }

  /** Sizes a signal and checks the limits. */
  decide(signal: SignalEvent): OrderDecision {
    const { working } = this;
    const { symbolIndex } = signal;
    const price = this.account.price[symbolIndex]!;
    const certain = certainPosition(this.account, working, symbolIndex);
    const signedQty = this.signedQuantity(signal, certain, price);
    if (signedQty === 0) return NOTHING;
    const lots = Math.abs(roundToLot(signedQty, this.instruments[symbolIndex]!.lotSize));
    // What closes a position up to rounding closes it exactly: no rest stays that is below every lot.
    const closes = signedQty * certain < 0 && Math.abs(lots - Math.abs(certain)) <= NEGLIGIBLE * lots;
    const order = this.createOrder(signal, signedQty > 0, closes ? Math.abs(certain) : lots, price);
    const reason = this.check(order, signal.instructions.reduceOnly === true, certain, working);
    if (reason !== '') return { kind: 'refused', order, reason };
    this.working.push(order);
    return { kind: 'approved', order };
  }

  onFill(fill: FillEvent): void {
    const { order, filledQty } = fill;
    const total = order.filledQty + filledQty;
    order.avgPx = (order.avgPx * order.filledQty + fill.price * filledQty) / total;
    order.filledQty = total;
    if (order.leavesQty <= NEGLIGIBLE * order.quantity) {
      order.status = 'filled';
      this.working.remove(order);
    } else if (order.isOpen) order.status = 'partiallyFilled';
    this.account.book(fill);
  }

  onOrderUpdate(order: Order, status: OrderStatus): void {
    if (!order.isOpen) return;
    order.status = status;
    if (!order.isOpen) this.working.remove(order);
  }

  /** Base units, negative to sell; NaN for a weight of a price that is not positive. */
  private signedQuantity(signal: SignalEvent, certain: number, price: number): number {
    const { target } = signal;
    if (target === null) return signal.orderSide === 'buy' ? signal.quantity : -signal.quantity;
    const byWeight = typeof target === 'number' || 'targetWeight' in this.config.sizing;
    if (byWeight && target !== 'FLAT' && target !== 0 && !(price > 0)) return Number.NaN;
    const wanted = targetPosition(target, this.config.sizing, this.account.equity, price);
    const difference = wanted - certain;
    const scale = Math.max(Math.abs(wanted), Math.abs(certain));
    if (Math.abs(difference) <= NEGLIGIBLE * scale) return 0;
    return difference;
  }

  private createOrder(signal: SignalEvent, isBuy: boolean, quantity: number, price: number): Order {
    const { instructions, symbolIndex } = signal;
    const tickSize = this.instruments[symbolIndex]!.tickSize;
    const side = isBuy ? 1 : -1;
    // A literal: a spread of the user's object goes through the runtime, and costs as much as the rest of the order.
    const terms = {
      orderType: instructions.orderType ?? 'market',
      timeInForce: instructions.timeInForce ?? 'GTC',
      limitPrice: roundToTick(instructions.limitPrice ?? Number.NaN, tickSize, -side),
      triggerPrice: roundToTick(instructions.triggerPrice ?? Number.NaN, tickSize, side),
      postOnly: instructions.postOnly ?? false,
      reduceOnly: (instructions.reduceOnly ?? false) || (!isBuy && !this.config.allowShort),
    };
    return new Order(signal, isBuy ? 'buy' : 'sell', quantity, terms, price, signal.target !== null);
  }

  private check(order: Order, isReduceOnly: boolean, certain: number, working: OpenList<Order>): OrderReason {
    if (Number.isNaN(order.quantity)) return 'PRICE_NOT_POSITIVE';
    if (order.quantity === 0) return 'BELOW_LOT_SIZE';
    // The market cuts it to the position: whatever its quantity, it brings the position closer to zero.
    if (isReduceOnly) return certain * order.sign < 0 ? '' : 'REDUCE_ONLY';
    return refusal(this.config, this.account, working, order.symbolIndex, order.sign * order.quantity);
  }
}
