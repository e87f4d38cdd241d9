import { defineStrategy, type MarketEvent, type Strategy, type StrategyContext } from '@ergodic/core';

/** The last prices of one symbol. */
class Window {
  private readonly prices: Float64Array;
  private count = 0;

  constructor(length: number) {
    this.prices = new Float64Array(length);
  }

  push(price: number): void {
    this.prices[this.count++ % this.prices.length] = price;
  }

  get isFull(): boolean {
    return this.count >= this.prices.length;
  }

  get mean(): number {
    return this.prices.reduce((sum, price) => sum + price, 0) / this.prices.length;
  }

  get deviation(): number {
    const { mean } = this;
    const squares = this.prices.reduce((sum, price) => sum + (price - mean) * (price - mean), 0);
    return Math.sqrt(squares / (this.prices.length - 1));
  }
}

class MeanReversion implements Strategy {
  private readonly entryDeviations: number;
  private readonly windows: readonly Window[];

  constructor(window: number, entryDeviations: number, symbols: number) {
    this.entryDeviations = entryDeviations;
    this.windows = Array.from({ length: symbols }, () => new Window(window));
  }

  onMarket(market: MarketEvent, context: StrategyContext): void {
    const window = this.windows[market.symbolIndex]!;
    window.push(market.price);
    if (!window.isFull) return;
    const { mean, deviation } = window;
    // A later target replaces the limit orders of an earlier one: both quotes follow the mean.
    if (context.position() > 0) context.signal('FLAT', { orderType: 'limit', limitPrice: mean });
    else context.signal('LONG', { orderType: 'limit', limitPrice: mean - this.entryDeviations * deviation });
  }
}

export default defineStrategy({
  name: 'mean-reversion',
  description: 'Bids some deviations below the mean of the last prices and sells at the mean.',
  parameters: {
    window: { type: 'integer', minimum: 2, maximum: 10_000, default: 48, description: 'Steps of the mean.' },
    entryDeviations: { type: 'number', minimum: 0, default: 1.5, description: 'Standard deviations below the mean.' },
  },
  create: ({ window, entryDeviations }, { symbols }) => new MeanReversion(window, entryDeviations, symbols.length),
});
