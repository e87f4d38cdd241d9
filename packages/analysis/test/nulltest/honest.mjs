/**
 * Strategies that cannot see ahead, and whose results are as awkward for a test as results get: rare large losses, rare large
 * gains, orders that fill within candles, shorts with leverage, hardly any trade.
 */
const define = (name, create) => ({ name, parameters: {}, create });

/** Bids below the price or buys above it; leaves at a profit or at a loss. */
class Bracket {
  constructor(entry, profit, loss) {
    this.entry = entry;
    this.profit = profit;
    this.loss = loss;
  }

  onMarket({ price, symbol }, context) {
    if (context.position() > 0 || context.openOrders(symbol).length > 0) return;
    const at = price * (1 + this.entry);
    const order =
      this.entry < 0
        ? { orderType: 'limit', limitPrice: at, timeInForce: 'day' }
        : { orderType: 'stop', triggerPrice: at };
    context.signal('LONG', order);
  }

  onFill({ price, order: { symbol } }, context) {
    for (const { orderId } of context.openOrders(symbol)) context.cancel(orderId);
    const quantity = context.position(symbol);
    if (quantity <= 0) return;
    const exit = { symbol, reduceOnly: true };
    context.order('sell', quantity, { ...exit, orderType: 'limit', limitPrice: price * (1 + this.profit) });
    context.order('sell', quantity, { ...exit, orderType: 'stop', triggerPrice: price * (1 - this.loss) });
  }
}

/** Doubles the stake after a loss. */
class Doubler {
  stake = 0.02;
  start = 0;

  onMarket(_, context) {
    if (context.step % 5 !== 0) return;
    if (context.position() !== 0) this.stake = context.equity < this.start ? Math.min(2 * this.stake, 3) : 0.02;
    this.start = context.equity;
    context.signal(this.stake);
  }
}

/** Sells at a small profit, and never at a loss. */
const takeProfit = () => ({
  onMarket(_, context) {
    if (context.position() === 0 && context.openOrders().length === 0) context.signal(2);
  },
  onFill({ price, order: { symbol, orderSide } }, context) {
    if (orderSide === 'sell') return;
    const limit = { symbol, reduceOnly: true, orderType: 'limit', limitPrice: price * 1.004 };
    context.order('sell', context.position(symbol), limit);
  },
});

/** Quotes both sides of the price at every step. */
const maker = () => ({
  onMarket({ price, symbol }, context) {
    for (const { orderId } of context.openOrders(symbol)) context.cancel(orderId);
    const quantity = (0.2 * context.initialCash) / price;
    context.order('buy', quantity, { orderType: 'limit', limitPrice: price * 0.998 });
    context.order('sell', quantity, { orderType: 'limit', limitPrice: price * 1.002 });
  },
});

const every = (steps, weight) => () => ({
  onMarket(_, context) {
    if (context.step % steps === 0) context.signal(weight);
  },
});

export const honest = {
  'short-leverage': define('short-leverage', every(50, -3)),
  'long-leverage': define('long-leverage', every(50, 3)),
  'short-and-hold': define('short-and-hold', every(1e9, -1)),
  doubler: define('doubler', () => new Doubler()),
  'take-profit': define('take-profit', takeProfit),
  bidder: define('bidder', () => new Bracket(-0.004, 0.004, 0.01)),
  breakout: define('breakout', () => new Bracket(0.005, 0.02, 0.01)),
  maker: define('maker', maker),
  'at-the-close': define('at-the-close', () => ({
    onMarket(_, context) {
      if (context.position() === 0) context.signal('LONG');
      else context.signal('FLAT', { orderType: 'market-on-close' });
    },
  })),
  seldom: define('seldom', () => ({
    onMarket(_, context) {
      if (context.random.nextDouble() < 0.002) context.signal(context.position() === 0 ? 3 : 0);
    },
  })),
};
