import { defineStrategy, type MarketEvent, type Strategy, type StrategyContext } from '@ergodic/core';

/** When the first coin has just moved, holds the second one in that direction. */
class Lead implements Strategy {
  private before = Number.NaN;

  onMarket({ symbolIndex, price }: MarketEvent, context: StrategyContext): void {
    if (symbolIndex !== 0) return;
    const move = price - this.before;
    this.before = price;
    const second = context.symbols[1];
    if (second === undefined || !(Math.abs(move) > 0)) return;
    // The second coin has no price of this hour yet: the latest one is an hour old.
    if (context.step > 1) context.signal(move > 0 ? 'LONG' : 'SHORT', { symbol: second });
  }
}

export default defineStrategy({
  name: 'lead',
  description: 'Long the second market after the first has risen, short after it has fallen.',
  parameters: {},
  create: () => new Lead(),
});
