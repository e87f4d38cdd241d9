/** What the engine does while it is measured. Plain data and plain objects: each of the builds reads them with its own code. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  /** For `parseConfig`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** For `Simulation`. */
  readonly parts: Readonly<Record<string, unknown>>;
}

const market = { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 };
const portfolio = { cash: 10_000, sizing: { targetWeight: 0.95 } };
const costs = { fees: { maker: 0.0002, taker: 0.001 }, slippage: { bps: 5 } };
const episode = { seed: 'gate', steps: 10_000, interval: '1h' };

/** The part of a MARKET and of a context that the strategy below looks at. */
interface Candle {
  readonly symbol: string;
  readonly price: number;
}

interface Fill {
  readonly price: number;
  readonly order: { readonly symbol: string };
}

interface Account {
  position(symbol?: string): number;
  openOrders(symbol?: string): readonly { readonly orderId: number }[];
  cancel(orderId: number): void;
  signal(target: string, options: object): number;
  order(side: string, quantity: number, options: object): number;
}

/** Bids below the price for a day; once filled, a limit above and a stop below what it paid. */
const quoter = {
  name: 'quoter',
  parameters: {},
  create: () => ({
    onMarket({ price, symbol }: Candle, account: Account) {
      if (account.position() > 0 || account.openOrders(symbol).length > 0) return;
      account.signal('LONG', { orderType: 'limit', limitPrice: price * 0.995, timeInForce: 'day' });
    },
    onFill({ price, order: { symbol } }: Fill, account: Account) {
      for (const { orderId } of account.openOrders(symbol)) account.cancel(orderId);
      const quantity = account.position(symbol);
      if (quantity <= 0) return;
      const exit = { symbol, reduceOnly: true };
      account.order('sell', quantity, { ...exit, orderType: 'limit', limitPrice: price * 1.01 });
      account.order('sell', quantity, { ...exit, orderType: 'stop', triggerPrice: price * 0.97 });
    },
  }),
};

export const workloads: readonly Workload[] = [
  {
    name: 'reference',
    title: 'one price, moving averages, log return',
    config: {
      ...episode,
      markets: { 'BTC/USDT': market },
      strategy: { use: 'sma-cross', fast: 10, slow: 50 },
      portfolio,
      execution: costs,
      rewards: [{ use: 'log-return' }],
    },
    parts: {},
  },
  {
    name: 'candles',
    title: 'candles, limit and stop orders',
    config: {
      ...episode,
      markets: { 'BTC/USDT': { ...market, candles: true } },
      strategy: { use: './quoter.ts' },
      portfolio,
      execution: costs,
      rewards: [{ use: 'log-return' }],
    },
    parts: { strategies: { './quoter.ts': quoter } },
  },
  {
    name: 'rewards',
    title: 'two prices, three rewards',
    config: {
      ...episode,
      markets: { 'BTC/USDT': market, 'ETH/USDT': { ...market, price: 2_000, volatility: 0.9 } },
      strategy: { use: 'sma-cross', fast: 5, slow: 20 },
      portfolio: { ...portfolio, sizing: { targetWeight: 0.45 } },
      execution: costs,
      rewards: [
        { use: 'log-return' },
        { use: 'drawdown', scale: 0.01 },
        { use: 'order-frequency', window: 50, limit: 5, scale: 0.001 },
      ],
    },
    parts: {},
  },
];
