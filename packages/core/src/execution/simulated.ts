import { type Instrument, roundToLot, roundToTick } from '../config/instrument.ts';
import type { ExecutionConfig } from '../config/schema.ts';
import type { OrderReason } from '../events/events.ts';
import { OpenList } from '../events/open-list.ts';
import type { Liquidity, Order } from '../events/order.ts';
import { commissionOf, type TakerPrice, takerPrice } from './costs.ts';
import type { Attention, ExecutionHandler, ExecutionReports, MarketRow } from './handler.ts';

const DAY_MS = 86_400_000;
/** A rest below this part of an order is rounding. */
const DUST = 1e-9;

/** An order at the market, with what the market knows of it: the order itself changes only when a report arrives. */
interface Resting {
  readonly order: Order;
  readonly arrivedMs: number;
  leavesQty: number;
  isOpen: boolean;
  /** It has been through a MARKET. */
  exposed: boolean;
  /** A stop whose trigger was reached; the rest of it fills as a market order. */
  triggered: boolean;
}

/** The stages of a candle, in which its orders are tried. */
type Stage = 'open' | 'stops' | 'limits' | 'close';
const STAGES: readonly Stage[] = ['open', 'stops', 'limits', 'close'];

/**
 * A simulated market. At each MARKET of a symbol, orders that arrived by the open of its interval are tried, stage by stage,
 * first come first served within a stage:
 *
 * 1. open: market and market-on-open orders fill at the open, slipped; stops that the open has passed fill at the open,
 *    slipped; limits that the open satisfies fill at the open, unslipped (a limit never fills worse), as taker. A quote is
 *    its own open: there a limit that has rested through a MARKET before fills as maker;
 * 2. stops touched within the candle fill at their trigger, slipped: the adverse ones come first;
 * 3. limits touched within the candle fill at their limit, as maker. A touch is enough (optimistic: there is no queue);
 * 4. close: market-on-close orders fill at the close, slipped.
 *
 * IOC and FOK orders are over after their first MARKET, and their limits are tried at the open only. Partial fills happen
 * only with a `participationRate`: one share of the candle's volume serves all orders of the symbol. What fills slipped also pays half the
 * spread, and impact by its share of the candle's volume. With `fill:
 * optimistic` a market order fills at the price it was decided on, before the market moves: that looks ahead.
 */
export class SimulatedExecution implements ExecutionHandler {
  readonly attention: Attention;
  private readonly config: ExecutionConfig;
  private readonly instruments: readonly Instrument[];
  private readonly resting: readonly OpenList<Resting>[];
  /** Position by fills made here, base units; what reduce-only orders are held against. */
  private readonly net: Float64Array;
  private reports!: ExecutionReports;
  private available = 0;
  /** Of the candle at which orders are tried; NaN where it has none. */
  private volume: number = Number.NaN;
  private readonly taker: TakerPrice = { price: 0, halfSpread: 0, impact: 0 };

  constructor(config: ExecutionConfig, instruments: readonly Instrument[]) {
    this.config = config;
    this.instruments = instruments;
    this.resting = instruments.map(() => new OpenList());
    this.net = new Float64Array(instruments.length);
    this.attention = { low: new Float64Array(instruments.length), high: new Float64Array(instruments.length) };
  }

  begin(reports: ExecutionReports): void {
    this.reports = reports;
    this.net.fill(0);
    for (let i = 0; i < this.resting.length; i++) {
      this.resting[i]!.clear();
      this.attend(i);
    }
  }

  submit(order: Order, timeMs: number): void {
    const entry = {
      order,
      arrivedMs: timeMs,
      leavesQty: order.quantity,
      isOpen: true,
      exposed: false,
      triggered: false,
    };
    this.reports.update(order, 'accepted', '');
    if (this.config.fill === 'optimistic' && order.orderType === 'market') {
      this.available = Number.POSITIVE_INFINITY;
      this.volume = Number.NaN;
      this.fillSlipped(entry, order.decisionPrice);
      if (!entry.isOpen) return;
    }
    this.resting[order.symbolIndex]!.push(entry);
    if (order.timeInForce === 'day') this.reports.expireAt(dayEnd(timeMs));
    this.attend(order.symbolIndex);
  }

  cancel(orderId: number): void {
    for (let i = 0; i < this.resting.length; i++) {
      const found = this.resting[i]!.toArray().find(({ order }) => order.orderId === orderId);
      if (found === undefined) continue;
      this.finish(found, 'canceled', 'CANCEL_REQUESTED');
      this.sweep(i);
    }
  }

  onMarket(row: MarketRow): void {
    const resting = this.resting[row.symbolIndex]!;
    const { participationRate } = this.config;
    this.volume = row.volume;
    this.available = participationRate === undefined ? Number.POSITIVE_INFINITY : participationRate * (row.volume || 0);
    for (const stage of STAGES) {
      let isDone = true;
      for (let i = 0; i < resting.count; i++) {
        const entry = resting.at(i);
        if (entry.arrivedMs > row.openMs || !entry.isOpen) continue;
        this.tryFill(entry, stage, row);
        isDone &&= !entry.isOpen;
      }
      if (isDone) break;
    }
    for (let i = 0; i < resting.count; i++) {
      const entry = resting.at(i);
      if (entry.arrivedMs > row.openMs || !entry.isOpen) continue;
      entry.exposed = true;
      const { timeInForce } = entry.order;
      if (timeInForce === 'IOC') this.finish(entry, 'canceled', 'IMMEDIATE_OR_CANCEL');
      if (timeInForce === 'FOK') this.finish(entry, 'canceled', 'FILL_OR_KILL');
    }
    this.sweep(row.symbolIndex);
  }

  expire(timeMs: number): void {
    for (let i = 0; i < this.resting.length; i++) {
      for (const entry of this.resting[i]!.toArray()) {
        if (entry.order.timeInForce === 'day' && dayEnd(entry.arrivedMs) <= timeMs)
          this.finish(entry, 'expired', 'DAY_END');
      }
      this.sweep(i);
    }
  }

  end(): void {
    for (let i = 0; i < this.resting.length; i++) {
      for (const entry of this.resting[i]!.toArray()) this.finish(entry, 'expired', 'EPISODE_END');
      this.sweep(i);
    }
  }

  /** Tries one order at one stage of the candle. */
  private tryFill(entry: Resting, stage: Stage, row: MarketRow): void {
    const { order } = entry;
    const { sign, triggerPrice, limitPrice } = order;
    switch (order.orderType) {
      case 'market':
      case 'market-on-open':
        if (stage === 'open') this.fillSlipped(entry, row.open);
        return;
      case 'market-on-close':
        if (stage === 'close') this.fillSlipped(entry, row.close);
        return;
      case 'stop':
        if (stage === 'open' && (entry.triggered || sign * (row.open - triggerPrice) >= 0)) {
          entry.triggered = true;
          this.fillSlipped(entry, row.open);
        } else if (stage === 'stops' && !entry.triggered && sign * (extreme(row, sign) - triggerPrice) >= 0) {
          entry.triggered = true;
          this.fillSlipped(entry, triggerPrice);
        }
        return;
      case 'limit':
        if (stage === 'open' && sign * (limitPrice - row.open) >= 0) {
          if (order.postOnly && !entry.exposed) this.finish(entry, 'canceled', 'POST_ONLY');
          else this.fillAtOpen(entry, row);
        } else if (stage === 'limits' && sign * (limitPrice - extreme(row, -sign)) >= 0 && rests(order)) {
          const quantity = this.fillable(entry);
          if (quantity > 0) this.fill(entry, quantity, limitPrice, limitPrice, 'maker');
        }
    }
  }

  /** A limit that the open satisfies takes liquidity; on a market of quotes, one that has rested there gives it. */
  private fillAtOpen(entry: Resting, row: MarketRow): void {
    const { sign, symbolIndex } = entry.order;
    const isQuote = row.openMs === row.timeMs;
    const price = roundToTick(row.open, this.instruments[symbolIndex]!.tickSize, sign);
    const quantity = this.fillable(entry);
    if (quantity > 0) this.fill(entry, quantity, price, row.open, isQuote && entry.exposed ? 'maker' : 'taker');
  }

  private fillSlipped(entry: Resting, reference: number): void {
    const quantity = this.fillable(entry);
    if (quantity <= 0) return;
    const { sign, symbolIndex } = entry.order;
    const { tickSize } = this.instruments[symbolIndex]!;
    const { taker } = this;
    const share = this.volume > 0 ? quantity / this.volume : 1;
    takerPrice(this.config, { reference, sign, tickSize, share }, taker);
    this.fill(entry, quantity, taker.price, reference, 'taker', taker.halfSpread, taker.impact);
  }

  /** As much of an order as volume and its own rules allow now; 0 for none of it. */
  private fillable(entry: Resting): number {
    const { order } = entry;
    const { symbolIndex, sign } = order;
    let wanted = entry.leavesQty;
    if (order.reduceOnly) {
      const held = Math.max(0, -sign * this.net[symbolIndex]!);
      if (held === 0) {
        this.finish(entry, 'canceled', 'REDUCE_ONLY');
        return 0;
      }
      wanted = Math.min(wanted, held);
    }
    const { lotSize } = this.instruments[symbolIndex]!;
    const quantity = wanted <= this.available ? wanted : roundToLot(this.available, lotSize);
    return order.timeInForce === 'FOK' && quantity < wanted ? 0 : quantity;
  }

  /** Fills a quantity of an order. Spread and impact are parts of the price, quote currency for each base unit. */
  private fill(
    entry: Resting,
    quantity: number,
    price: number,
    reference: number,
    liquidity: Liquidity,
    halfSpread = 0,
    impact = 0,
  ): void {
    const { order } = entry;
    const { symbolIndex, sign } = order;
    this.available -= quantity;
    this.net[symbolIndex]! += sign * quantity;
    entry.leavesQty -= quantity;
    if (entry.leavesQty <= DUST * order.quantity) entry.leavesQty = 0;
    const commission = commissionOf(this.config, price, quantity, liquidity);
    const slippage = Math.max(0, Math.abs(price - reference) - halfSpread - impact) * quantity;
    this.reports.fill(
      order,
      quantity,
      price,
      commission,
      slippage,
      liquidity,
      halfSpread * quantity,
      impact * quantity,
    );
    if (entry.leavesQty === 0) this.finish(entry, 'filled', '');
    else {
      this.reports.update(order, 'partiallyFilled', '');
      if (order.reduceOnly && this.net[symbolIndex] === 0) this.finish(entry, 'canceled', 'REDUCE_ONLY');
    }
  }

  private finish(entry: Resting, status: 'filled' | 'canceled' | 'expired', reason: OrderReason): void {
    if (!entry.isOpen) return;
    entry.isOpen = false;
    this.reports.update(entry.order, status, reason);
  }

  /** Drops finished orders of a symbol and says which MARKETs matter to the rest. */
  private sweep(symbolIndex: number): void {
    this.resting[symbolIndex]!.retain(isOpen);
    this.attend(symbolIndex);
  }

  private attend(symbolIndex: number): void {
    let low = Number.NEGATIVE_INFINITY;
    let high = Number.POSITIVE_INFINITY;
    const resting = this.resting[symbolIndex]!;
    for (let i = 0; i < resting.count; i++) {
      const entry = resting.at(i);
      const { order } = entry;
      // A limit is seen at its first MARKET, whatever the price: whether it takes or gives liquidity depends on it.
      const isBand =
        order.orderType === 'limit' ? rests(order) && entry.exposed : order.orderType === 'stop' && !entry.triggered;
      if (!isBand || order.timeInForce === 'IOC' || order.timeInForce === 'FOK') {
        low = Number.POSITIVE_INFINITY;
        break;
      }
      const isBelow = order.orderType === 'limit' ? order.sign > 0 : order.sign < 0;
      const price = order.orderType === 'limit' ? order.limitPrice : order.triggerPrice;
      if (isBelow) low = Math.max(low, price);
      else high = Math.min(high, price);
    }
    this.attention.low[symbolIndex] = low;
    this.attention.high[symbolIndex] = high;
  }
}

/** The end of the UTC date of a time. A candle that ends at midnight still belongs to the day before. */
function dayEnd(timeMs: number): number {
  return (Math.floor(timeMs / DAY_MS) + 1) * DAY_MS;
}

/** The furthest price of a candle in a direction. */
function extreme(row: MarketRow, sign: number): number {
  return sign > 0 ? row.high : row.low;
}

function isOpen(entry: Resting): boolean {
  return entry.isOpen;
}

function rests(order: Order): boolean {
  return order.timeInForce === 'GTC' || order.timeInForce === 'day';
}
