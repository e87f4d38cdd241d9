import { ExpiryEvent, FillEvent, type OrderReason, OrderUpdateEvent, PRIORITY } from '../events/events.ts';
import type { Liquidity, Order, OrderStatus } from '../events/order.ts';
import type { EventQueue } from '../events/queue.ts';
import type { ExecutionReports } from '../execution/handler.ts';
import type { Portfolio } from '../portfolio/portfolio.ts';
import type { LoopParts } from './parts.ts';

/** News from the market, as events that travel for the configured latency. */
export class TimedReports implements ExecutionReports {
  /** Whether anybody but the portfolio wants to hear of order updates. */
  isUpdateHeard = true;
  /** Updates that nobody had to be told of. */
  silentUpdates = 0;
  private readonly queue: EventQueue;
  private portfolio!: Portfolio;
  private latencyMs = 0;

  constructor(queue: EventQueue) {
    this.queue = queue;
  }

  /** Starts an episode. */
  begin({ portfolio, latencyMs }: Pick<LoopParts, 'portfolio' | 'latencyMs'>): void {
    this.portfolio = portfolio;
    this.latencyMs = latencyMs;
    this.silentUpdates = 0;
  }

  fill(
    order: Order,
    filledQty: number,
    price: number,
    commission: number,
    slippage: number,
    liquidity: Liquidity,
    spread = 0,
    impact = 0,
  ): void {
    const arrivalMs = this.queue.nowMs + this.latencyMs;
    const event = new FillEvent(arrivalMs, order, filledQty, price, commission, slippage, liquidity, spread, impact);
    this.queue.push(arrivalMs, PRIORITY.FILL, event);
  }

  update(order: Order, status: OrderStatus, reason: OrderReason): void {
    const isCommon = status === 'accepted' || status === 'filled';
    if (isCommon && !this.isUpdateHeard && this.latencyMs === 0) {
      // `accepted` would be handled next, so the portfolio can take it at once; what is `filled` it learns from the fill.
      this.silentUpdates++;
      if (status === 'accepted') this.portfolio.onOrderUpdate(order, status);
      return;
    }
    const arrivalMs = this.queue.nowMs + this.latencyMs;
    this.queue.push(arrivalMs, PRIORITY.ORDER_UPDATE, new OrderUpdateEvent(arrivalMs, order, status, reason));
  }

  expireAt(timeMs: number): void {
    this.queue.push(timeMs, PRIORITY.EXPIRY, new ExpiryEvent(timeMs));
  }
}
