import type { FillEvent } from '../events/events.ts';

/**
 * The ledger: cash, positions, prices. Prices and money in quote currency, positions in base units (negative: short).
 *
 *     equity = cash + sum of position x price
 *
 * Only fills change cash and positions; only MARKETs change prices.
 */
export class Account {
  readonly initialCash: number;
  readonly position: Float64Array;
  /** The latest price of each symbol; NaN before its first MARKET. */
  readonly price: Float64Array;
  /** Mean entry price of each position; 0 when flat. */
  readonly avgPx: Float64Array;
  cash: number;
  realizedPnl = 0;
  commission = 0;
  slippage = 0;
  /** Paid as halves of spreads. */
  spread = 0;
  /** Lost to the market impact of own orders. */
  impact = 0;
  /** Sum of quantity x price over all fills, in absolute value. */
  tradedValue = 0;
  fills = 0;

  constructor(symbols: number, initialCash: number) {
    this.initialCash = initialCash;
    this.cash = initialCash;
    this.position = new Float64Array(symbols);
    this.price = new Float64Array(symbols);
    this.avgPx = new Float64Array(symbols);
    this.reset();
  }

  reset(): void {
    this.cash = this.initialCash;
    this.position.fill(0);
    this.price.fill(Number.NaN);
    this.avgPx.fill(0);
    this.realizedPnl = 0;
    this.commission = 0;
    this.slippage = 0;
    this.spread = 0;
    this.impact = 0;
    this.tradedValue = 0;
    this.fills = 0;
  }

  /** Cash plus the value of each position at its latest price. */
  get equity(): number {
    let equity = this.cash;
    for (let i = 0; i < this.position.length; i++) {
      if (this.position[i] !== 0) equity += this.position[i]! * this.price[i]!;
    }
    return equity;
  }

  /** Sum of the absolute values of the positions. */
  get grossExposure(): number {
    let gross = 0;
    for (let i = 0; i < this.position.length; i++) {
      if (this.position[i] !== 0) gross += Math.abs(this.position[i]! * this.price[i]!);
    }
    return gross;
  }

  get unrealizedPnl(): number {
    let pnl = 0;
    for (let i = 0; i < this.position.length; i++) {
      if (this.position[i] !== 0) pnl += this.position[i]! * (this.price[i]! - this.avgPx[i]!);
    }
    return pnl;
  }

  /** Books a fill. The commission is paid from cash and is not part of realizedPnl. */
  book(fill: FillEvent): void {
    const i = fill.symbolIndex;
    const signed = fill.order.sign * fill.filledQty;
    const before = this.position[i]!;
    const after = before + signed;
    this.cash -= signed * fill.price + fill.commission;
    this.commission += fill.commission;
    this.slippage += fill.slippage;
    this.spread += fill.spread;
    this.impact += fill.impact;
    this.tradedValue += Math.abs(signed * fill.price);
    this.fills++;
    if (before === 0 || before > 0 === signed > 0) {
      this.avgPx[i] = (before * this.avgPx[i]! + signed * fill.price) / after;
    } else {
      const closed = Math.min(Math.abs(signed), Math.abs(before)) * Math.sign(before);
      this.realizedPnl += closed * (fill.price - this.avgPx[i]!);
      if (after === 0) this.avgPx[i] = 0;
      else if (after > 0 !== before > 0) this.avgPx[i] = fill.price;
    }
    this.position[i] = after;
  }
}
