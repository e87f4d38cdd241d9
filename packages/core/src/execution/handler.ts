import type { OrderReason } from '../events/events.ts';
import type { Liquidity, Order, OrderStatus } from '../events/order.ts';

/** Where an execution handler sends its news; the event loop delivers them, after the configured latency. */
export interface ExecutionReports {
  /** `price` includes slippage, half the spread and impact; all costs are amounts in quote currency, each counted once. */
  fill(
    order: Order,
    filledQty: number,
    price: number,
    commission: number,
    slippage: number,
    liquidity: Liquidity,
    spread?: number,
    impact?: number,
  ): void;
  update(order: Order, status: OrderStatus, reason: OrderReason): void;
  /** Asks for a call of `expire` at this time, epoch ms. */
  expireAt(timeMs: number): void;
}

/**
 * When a handler wants to see a MARKET of symbol i: its low is at or below `low[i]`, or its high at or above `high[i]`. The
 * loop skips the call for all others. `low[i]` = Infinity asks for every MARKET, -Infinity for none.
 */
export interface Attention {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** One MARKET as the market side sees it. `openMs` is when trading of the interval began; for a quote its time. */
export interface MarketRow {
  symbolIndex: number;
  timeMs: number;
  openMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** NaN where the market has no volume. */
  volume: number;
}

/** The far side of an order: a simulated market, a paper account, an exchange. */
export interface ExecutionHandler {
  readonly attention: Attention;
  /** Starts an episode. */
  begin(reports: ExecutionReports): void;
  /** Takes an order that passed the risk checks. */
  submit(order: Order, timeMs: number): void;
  cancel(orderId: number, timeMs: number): void;
  onMarket(row: MarketRow): void;
  /** Ends `day` orders whose UTC date is over. */
  expire(timeMs: number): void;
  /** Ends the episode: what still rests expires. */
  end(): void;
}
