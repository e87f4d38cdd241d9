import {
  type CustomEvent,
  defineStrategy,
  type FillEvent,
  type MarketEvent,
  type OrderUpdateEvent,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
} from '@ergodic/core';

/** What the strategy remembers of a symbol. */
class Quote {
  mean = 0;
  /** The working order; 0: none. */
  orderId = 0;
  /** The price at which it was placed. */
  placedAt = 0;
}

interface Parameters {
  readonly weight: number;
  readonly discount: number;
  readonly profit: number;
  readonly runaway: number;
  readonly slow: number;
  readonly fast: number;
}

/**
 * Buys dips in an uptrend and sells a little higher, with resting limit orders only. Flat and above the moving average, it
 * bids below the price; filled, it offers above the fill. An order that the price runs away from is replaced.
 */
class Quoter implements Strategy {
  private readonly parameters: Parameters;
  private readonly quotes: readonly Quote[];
  private smoothing: number;

  constructor(parameters: Parameters, symbols: number) {
    this.parameters = parameters;
    this.quotes = Array.from({ length: symbols }, () => new Quote());
    this.smoothing = parameters.slow;
  }

  onMarket(market: MarketEvent, context: StrategyContext): void {
    const quote = this.quotes[market.symbolIndex]!;
    const { price } = market;
    const { runaway } = this.parameters;
    if (market.step === 0) quote.mean = price;
    else quote.mean += this.smoothing * (price - quote.mean);
    if (context.position() === 0) {
      if (quote.orderId === 0 ? price > quote.mean : price > quote.placedAt * (1 + runaway)) {
        this.bid(quote, price, context);
      }
    } else if (price < quote.placedAt * (1 - runaway)) {
      context.cancel(quote.orderId);
      this.offer(quote, market.symbol, context.position(), price, context);
    }
  }

  onFill(fill: FillEvent, context: StrategyContext): void {
    const quote = this.quotes[fill.symbolIndex]!;
    if (fill.order.orderSide === 'sell') quote.orderId = 0;
    else this.offer(quote, fill.order.symbol, fill.filledQty, fill.price, context);
  }

  onOrderUpdate(update: OrderUpdateEvent): void {
    const quote = this.quotes[update.order.symbolIndex]!;
    if (update.status === 'rejected' && update.order.orderId === quote.orderId) quote.orderId = 0;
  }

  onEvent(event: CustomEvent): void {
    if (event.name !== 'PULSE') return;
    const { count } = event.payload as { count: number };
    this.smoothing = count % 2 === 1 ? this.parameters.fast : this.parameters.slow;
  }

  /** A target signal: it replaces the bid that rests. */
  private bid(quote: Quote, price: number, context: StrategyContext): void {
    const { weight, discount } = this.parameters;
    quote.orderId = context.signal(weight, { orderType: 'limit', limitPrice: price * (1 - discount) });
    quote.placedAt = price;
  }

  private offer(quote: Quote, symbol: string, quantity: number, price: number, context: StrategyContext): void {
    const limitPrice = price * (1 + this.parameters.profit);
    quote.orderId = context.order('sell', quantity, { symbol, orderType: 'limit', limitPrice });
    quote.placedAt = price;
  }
}

const fraction = { type: 'number', minimum: 0, maximum: 1 } as const;

export default defineStrategy({
  name: 'quoter',
  description: 'Bids below the price in an uptrend, offers above its fills.',
  parameters: {
    weight: { ...fraction, default: 0.4, description: 'Weight of a bid in equity.' },
    discount: { ...fraction, default: 0.005, description: 'Of a bid, below the price.' },
    profit: { ...fraction, default: 0.01, description: 'Of an offer, above the fill.' },
    runaway: { ...fraction, default: 0.02, description: 'Move of the price at which an order is replaced.' },
    slow: { ...fraction, default: 0.02, description: 'Smoothing of the moving average, at the start.' },
    fast: { ...fraction, default: 0.1, description: 'Smoothing after every other PULSE.' },
  },
  create: (parameters, { symbols }) => new Quoter(parameters, symbols.length),
}) as StrategyDefinition;
