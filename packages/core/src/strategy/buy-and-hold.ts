import {
  defineStrategy,
  type MarketEvent,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
} from './strategy.ts';

class BuyAndHold implements Strategy {
  private readonly bought: boolean[];

  constructor(symbols: number) {
    this.bought = new Array(symbols).fill(false);
  }

  onMarket(market: MarketEvent, context: StrategyContext): void {
    if (this.bought[market.symbolIndex]) return;
    this.bought[market.symbolIndex] = true;
    context.signal('LONG');
  }
}

/** Goes long in each symbol at its first MARKET and stays. */
export const buyAndHold: StrategyDefinition = defineStrategy({
  name: 'buy-and-hold',
  description: 'Long in every symbol from its first price on.',
  parameters: {},
  create: (_, { symbols }) => new BuyAndHold(symbols.length),
}) as StrategyDefinition;
