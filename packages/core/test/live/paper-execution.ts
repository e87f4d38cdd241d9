import type { Attention, ExecutionHandler, ExecutionReports, MarketRow, Order } from '../../src/index.ts';

/** What the paper account charges: fractions of the price and of the traded value. */
export interface PaperCosts {
  readonly slippageBps: number;
  readonly takerFee: number;
}

/**
 * A paper account for market orders, written against the public interface alone. An order waits for the first trade after
 * it: that of the next candle, or one that `trade` tells of while the loop is not running.
 */
export class PaperExecution implements ExecutionHandler {
  readonly attention: Attention;
  private readonly costs: PaperCosts;
  private readonly position: Float64Array;
  private waiting: Order[] = [];
  private reports!: ExecutionReports;

  constructor(symbols: number, costs: PaperCosts) {
    this.costs = costs;
    this.position = new Float64Array(symbols);
    this.attention = { low: new Float64Array(symbols), high: new Float64Array(symbols).fill(Number.POSITIVE_INFINITY) };
  }

  begin(reports: ExecutionReports): void {
    this.reports = reports;
    this.position.fill(0);
    this.waiting = [];
    this.attend();
  }

  submit(order: Order): void {
    if (order.orderType !== 'market') throw new Error(`the paper account takes market orders, got ${order.orderType}`);
    this.reports.update(order, 'accepted', '');
    this.waiting.push(order);
    this.attend();
  }

  cancel(orderId: number): void {
    for (const order of this.take((waiting) => waiting.orderId === orderId)) {
      this.reports.update(order, 'canceled', 'CANCEL_REQUESTED');
    }
  }

  onMarket(row: MarketRow): void {
    this.trade(row.symbolIndex, row.open);
  }

  /** The venue saw a trade of a symbol: what waits for it fills. */
  trade(symbolIndex: number, price: number): void {
    for (const order of this.take((waiting) => waiting.symbolIndex === symbolIndex)) {
      const held = Math.max(0, -order.sign * this.position[symbolIndex]!);
      const quantity = order.reduceOnly ? Math.min(order.quantity, held) : order.quantity;
      if (quantity === 0) {
        this.reports.update(order, 'canceled', 'REDUCE_ONLY');
        continue;
      }
      const paid = price + order.sign * price * this.costs.slippageBps * 1e-4;
      const commission = paid * quantity * this.costs.takerFee;
      this.position[symbolIndex]! += order.sign * quantity;
      this.reports.fill(order, quantity, paid, commission, Math.abs(paid - price) * quantity, 'taker');
      this.reports.update(order, 'filled', '');
    }
  }

  expire(): void {}

  end(): void {
    for (const order of this.take(() => true)) this.reports.update(order, 'expired', 'EPISODE_END');
  }

  /** Removes orders. */
  private take(isWanted: (order: Order) => boolean): Order[] {
    const taken = this.waiting.filter(isWanted);
    this.waiting = this.waiting.filter((order) => !taken.includes(order));
    this.attend();
    return taken;
  }

  /** Infinity asks for the next MARKET whatever its prices, -Infinity for none. */
  private attend(): void {
    this.attention.low.fill(Number.NEGATIVE_INFINITY);
    for (const { symbolIndex } of this.waiting) this.attention.low[symbolIndex] = Number.POSITIVE_INFINITY;
  }
}
