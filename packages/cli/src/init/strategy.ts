/** The strategy that `ergodic init` writes. It imports nothing, so that it runs in a folder without packages. */
export const STRATEGY_TEMPLATE = `// A strategy: buy when the price is a few percent below its average, sell when it is back.
//
// It imports nothing, so it runs in any folder. In a project with @ergodic/core installed you get the full types by
//     import { defineStrategy } from '@ergodic/core';
//     export default defineStrategy({ … });

/** What this strategy reads of a MARKET, one per step and symbol. */
interface Market {
  /** The latest price, or the close of a candle. */
  readonly price: number;
  /** Place of the symbol in the config, from 0. */
  readonly symbolIndex: number;
}

/** What this strategy uses of its account; there is more: equity, cash, order(), openOrders(), random, stop(). */
interface Context {
  /** Base units of the current symbol, 0 when flat. */
  position(): number;
  /** LONG opens a position of the size that the config's portfolio.sizing says, FLAT closes it. */
  signal(target: 'LONG' | 'FLAT'): number;
}

export default {
  name: 'buy-the-dip',
  description: 'Long from a dip below the moving average until the price is back above it.',

  // Declared parameters are set in the config, beside \`use\`, and checked before the run starts.
  parameters: {
    window: { type: 'integer', minimum: 2, default: 24, description: 'Length of the average, steps.' },
    dip: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1, default: 0.02, description: 'As a fraction.' },
  },

  // Called once per episode: what you keep here starts afresh in each. Use no clock and no Math.random (there is
  // context.random), and every episode can be replayed.
  create({ window, dip }: { window: number; dip: number }, { symbols }: { symbols: readonly string[] }) {
    // One exponential average per symbol; NaN until its first price.
    const averages = new Float64Array(symbols.length).fill(Number.NaN);
    const weight = 2 / (window + 1);

    return {
      // Called at each price. You see nothing later than this price; an order fills at the next one.
      onMarket(market: Market, context: Context): void {
        const { price, symbolIndex } = market;
        const before = averages[symbolIndex]!;
        const average = Number.isNaN(before) ? price : before + weight * (price - before);
        averages[symbolIndex] = average;

        const isLong = context.position() > 0;
        if (!isLong && price < average * (1 - dip)) context.signal('LONG');
        else if (isLong && price >= average) context.signal('FLAT');
      },
    };
  },
} as const;
`;
