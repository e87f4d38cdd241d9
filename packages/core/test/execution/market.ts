import { parseConfig } from '../../src/config/parse.ts';
import type { OrderReason } from '../../src/events/events.ts';
import {
  type Liquidity,
  Order,
  type OrderInstructions,
  type OrderSide,
  type OrderStatus,
} from '../../src/events/order.ts';
import type { ExecutionReports, MarketRow } from '../../src/execution/handler.ts';
import { SimulatedExecution } from '../../src/execution/simulated.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export interface Fill {
  orderId: number;
  quantity: number;
  price: number;
  commission: number;
  slippage: number;
  liquidity: Liquidity;
  spread: number;
  impact: number;
}

/** Keeps the news: as lines, fills also as numbers. */
export class Reports implements ExecutionReports {
  readonly lines: string[] = [];
  readonly fills: Fill[] = [];
  readonly expiries: number[] = [];

  fill(
    order: Order,
    quantity: number,
    price: number,
    commission: number,
    slippage: number,
    liquidity: Liquidity,
    spread = 0,
    impact = 0,
  ): void {
    this.fills.push({ orderId: order.orderId, quantity, price, commission, slippage, liquidity, spread, impact });
    this.lines.push(
      `#${order.orderId} ${Number(quantity.toPrecision(12))} at ${Number(price.toPrecision(12))} ${liquidity}`,
    );
  }

  update(order: Order, status: OrderStatus, reason: OrderReason): void {
    this.lines.push(`#${order.orderId} ${status}${reason === '' ? '' : ` ${reason}`}`);
  }

  expireAt(timeMs: number): void {
    this.expiries.push(timeMs);
  }
}

/** A market of two symbols, an hour a candle, with the `execution` section as a user writes it. */
export class Market {
  readonly reports: Reports = new Reports();
  readonly execution: SimulatedExecution;
  nowMs = 0;
  private nextId = 1;

  constructor(section: object = {}, rounding: { lotSize?: number; tickSize?: number } = {}) {
    const config = parseConfig({
      markets: { A: { process: 'gbm', price: 1, volatility: 0 } },
      strategy: { use: 'x' },
      execution: section,
    }).execution;
    const instruments = ['A', 'B'].map((symbol) => ({ symbol, lotSize: 0, tickSize: 0, ...rounding }));
    this.execution = new SimulatedExecution(config, instruments);
    this.execution.begin(this.reports);
  }

  /** Sends an order now; returns its id, counted from 1. */
  send(
    side: OrderSide,
    quantity: number,
    instructions: OrderInstructions = {},
    decisionPrice = 100,
    symbolIndex = 0,
  ): number {
    const id = this.nextId++;
    const signal = { orderId: id, symbol: 'AB'[symbolIndex]!, symbolIndex, timeMs: this.nowMs };
    const terms = {
      orderType: instructions.orderType ?? 'market',
      timeInForce: instructions.timeInForce ?? 'GTC',
      limitPrice: instructions.limitPrice ?? Number.NaN,
      triggerPrice: instructions.triggerPrice ?? Number.NaN,
      postOnly: instructions.postOnly ?? false,
      reduceOnly: instructions.reduceOnly ?? false,
    };
    const order = new Order(signal, side, quantity, terms, decisionPrice, false);
    this.execution.submit(order, this.nowMs);
    return id;
  }

  /** Buys at a quiet candle, so that reduce-only orders have something to reduce; forgets the news of it. */
  hold(position: number): void {
    this.send(position > 0 ? 'buy' : 'sell', Math.abs(position));
    this.candle([100, 100, 100, 100, 1e9]);
    this.take();
  }

  /** The next candle closes, if `attention` asks for it or `always`. */
  candle([open, high, low, close, volume = Number.NaN]: readonly number[], always = true, symbolIndex = 0): void {
    const openMs = this.nowMs;
    this.nowMs += HOUR_MS;
    const { attention } = this.execution;
    const row = { symbolIndex, timeMs: this.nowMs, openMs, open, high, low, close, volume } as MarketRow;
    if (always || low! <= attention.low[symbolIndex]! || high! >= attention.high[symbolIndex]!)
      this.execution.onMarket(row);
  }

  /** News since the last call. */
  take(): string[] {
    this.reports.fills.length = 0;
    return this.reports.lines.splice(0);
  }
}
