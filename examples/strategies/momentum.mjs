// A strategy in plain JavaScript: no import, no build.

class Momentum {
  constructor(lookback, symbols) {
    this.lookback = lookback;
    this.prices = symbols.map(() => []);
  }

  onMarket(market, context) {
    const prices = this.prices[market.symbolIndex];
    prices.push(market.price);
    if (prices.length <= this.lookback) return;
    const isRising = market.price > prices.shift();
    if (isRising !== context.position() > 0) context.signal(isRising ? 'LONG' : 'FLAT');
  }
}

export default {
  name: 'momentum',
  description: 'Long while the price is above that of some steps ago, else flat.',
  parameters: {
    lookback: { type: 'integer', minimum: 1, maximum: 10_000, default: 24, description: 'Steps to look back.' },
  },
  create: ({ lookback }, { symbols }) => new Momentum(lookback, symbols),
};
