import { type Instrument, roundToLot, roundToTick } from '../config/instrument.ts';
import type { PortfolioConfig } from '../config/schema.ts';
import type { FillEvent, OrderReason, OrderUpdateEvent, SignalEvent } from '../events/events.ts';
import { Order, type OrderInstructions } from '../events/order.ts';
import { Account } from './account.ts';
import { certainPosition, refusal } from './risk.ts';
import { targetPosition } from './sizing.ts';

/** What a signal leads to. `refused` orders never reach the market. */
export type OrderDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'approved'; readonly order: Order }
  | { readonly kind: 'refused'; readonly order: Order; readonly reason: OrderReason };

const NOTHING: OrderDecision = { kind: 'nothing' };

/** Differences below this part of the larger position are rounding, not orders. */
const NEGLIGIBLE = 1e-9;

/** Turns signals into sized orders that passed the limits, and books fills. */
export class Portfolio {
  readonly account: Account;
  /** Orders that are not finished, oldest first. */
  readonly working: Order[] = [];
  private readonly config: PortfolioConfig;
  private readonly instruments: readonly Instrument[];

  constructor(config: PortfolioConfig, instruments: readonly Instrument[]) {
    this.config = config;
    this.instruments = instruments;
    this.account = new Account(instruments.length, config.cash);
  }

  reset(): void {
    this.account.reset();
    this.working.length = 0;
  }

  /**
   * Working orders that a target signal replaces: limit and stop orders of earlier target signals of its symbol. Market
   * orders stay, and count as filled in the size of the next order.
   */
  replacedBy(signal: SignalEvent): Order[] {
    if (signal.target === null) return [];
    return this.working.filter(
      (order) =>
        order.fromTarget &&
        order.symbolIndex === signal.symbolIndex &&
        (order.orderType === 'limit' || order.orderType === 'stop'),
    );
  }

  /** Sizes a signal and checks the limits. `replaced` are working orders about to be canceled. */
  decide(signal: SignalEvent, replaced: readonly Order[]): OrderDecision {
    const working = replaced.length === 0 ? this.working : this.working.filter((order) => !replaced.includes(order));
    const { symbolIndex } = signal;
    const price = this.account.price[symbolIndex]!;
    const signedQty = this.signedQuantity(signal, working, price);
    if (signedQty === 0) return NOTHING;
    const certain = certainPosition(this.account, working, symbolIndex);
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
    this.account.book(fill);
  }

  onOrderUpdate(update: OrderUpdateEvent): void {
    const { status } = update;
    update.order.status = status;
    if (status === 'accepted' || status === 'partiallyFilled' || status === 'created') return;
    const at = this.working.indexOf(update.order);
    if (at >= 0) this.working.splice(at, 1);
  }

  /** Base units, negative to sell; NaN for a weight of a price that is not positive. */
  private signedQuantity(signal: SignalEvent, working: readonly Order[], price: number): number {
    const { target, symbolIndex } = signal;
    if (target === null) return signal.orderSide === 'buy' ? signal.quantity : -signal.quantity;
    const certain = certainPosition(this.account, working, symbolIndex);
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
    let checked: OrderInstructions = instructions;
    if (tickSize > 0 && instructions.limitPrice !== undefined) {
      checked = { ...checked, limitPrice: roundToTick(instructions.limitPrice, tickSize, -side) };
    }
    if (tickSize > 0 && instructions.triggerPrice !== undefined) {
      checked = { ...checked, triggerPrice: roundToTick(instructions.triggerPrice, tickSize, side) };
    }
    if (!isBuy && !this.config.allowShort && checked.reduceOnly !== true) checked = { ...checked, reduceOnly: true };
    return new Order(
      signal.orderId,
      signal.symbol,
      symbolIndex,
      isBuy ? 'buy' : 'sell',
      quantity,
      checked,
      price,
      signal.target !== null,
      signal.timeMs,
    );
  }

  private check(order: Order, isReduceOnly: boolean, certain: number, working: readonly Order[]): OrderReason {
    if (Number.isNaN(order.quantity)) return 'PRICE_NOT_POSITIVE';
    if (order.quantity === 0) return 'BELOW_LOT_SIZE';
    // The market cuts it to the position: whatever its quantity, it brings the position closer to zero.
    if (isReduceOnly) return certain * order.sign < 0 ? '' : 'REDUCE_ONLY';
    return refusal(this.config, this.account, working, order.symbolIndex, order.sign * order.quantity);
  }
}
