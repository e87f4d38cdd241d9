import fc from 'fast-check';
import type { MarketEvent, Strategy, StrategyContext } from '../../src/strategy/strategy.ts';
import { HOUR_MS, TWO_MARKETS } from './simulate.ts';

/** One random act, drawn from the strategy's own stream, so that it repeats with the episode. */
export function act(context: StrategyContext, stopProbability = 0): void {
  const { random } = context;
  const symbol = context.symbols[random.integer(context.symbols.length)]!;
  const price = context.price(symbol);
  if (Number.isNaN(price)) return;
  const near = price * (0.99 + 0.02 * random.nextDouble());
  const side = random.bernoulli(0.5) ? 'buy' : 'sell';
  const timeInForce = (['GTC', 'GTC', 'day', 'IOC', 'FOK'] as const)[random.integer(5)]!;
  if (random.bernoulli(stopProbability)) {
    context.stop();
    return;
  }
  switch (random.integer(9)) {
    case 0:
      context.signal('LONG', { symbol });
      break;
    case 1:
      context.signal('FLAT', { symbol });
      break;
    case 2:
      context.signal(random.nextDouble() - 0.5, { symbol, orderType: 'limit', limitPrice: near, timeInForce });
      break;
    case 3:
      context.order(side, 5 * random.nextDouble() + 0.1, { symbol, orderType: 'limit', limitPrice: near, timeInForce });
      break;
    case 4:
      context.order(side, 5 * random.nextDouble() + 0.1, {
        symbol,
        orderType: 'stop',
        triggerPrice: near,
        timeInForce,
      });
      break;
    case 5:
      context.cancel(context.openOrders(symbol)[0]?.orderId ?? 0);
      break;
    case 6:
      context.timer(context.timeMs + Math.ceil(random.nextDouble() * 3 * HOUR_MS), 'chaos');
      break;
    case 7:
      context.emit('chaos', 1, context.timeMs + random.integer(2) * HOUR_MS);
      break;
  }
}

/** Does something at random at most of its events. */
export class Chaos implements Strategy {
  private readonly stopProbability: number;
  private readonly activity: number;

  constructor(stopProbability: number, activity: number) {
    this.stopProbability = stopProbability;
    this.activity = activity;
  }

  onMarket(_: MarketEvent, context: StrategyContext): void {
    if (context.random.bernoulli(this.activity)) act(context, this.stopProbability);
  }

  onFill(_: unknown, context: StrategyContext): void {
    if (context.random.bernoulli(0.3)) act(context, this.stopProbability);
  }

  onTimer(_: unknown, context: StrategyContext): void {
    act(context, this.stopProbability);
  }

  onEvent(_: unknown, context: StrategyContext): void {
    act(context);
  }
}

export interface Scenario {
  readonly changes: object;
  readonly create: () => Strategy;
}

const REWARDS = [
  { use: 'log-return' },
  { use: 'order-frequency', window: 7, limit: 1 },
  { use: 'relative', window: 9 },
  { use: 'drawdown' },
];

/** Configs over everything that may change the loop's path, with a strategy that acts at random. */
export const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    steps: fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 505, max: 520 }),
      fc.integer({ min: 1020, max: 1030 }),
    ),
    markets: fc.constantFrom({ A: TWO_MARKETS.A }, TWO_MARKETS),
    latency: fc.constantFrom('0ms', '0ms', '1s', '30m', '1h', '150m'),
    heartbeat: fc.constantFrom(undefined, undefined, '45m'),
    allowShort: fc.boolean(),
    fill: fc.constantFrom('next', 'next', 'optimistic'),
    seed: fc.nat(1000),
    stopProbability: fc.constantFrom(0, 0, 0.003, 0.05),
    activity: fc.constantFrom(0.02, 0.5),
  })
  .map(({ steps, markets, latency, heartbeat, allowShort, fill, seed, stopProbability, activity }) => ({
    changes: {
      seed,
      steps,
      markets,
      ...(heartbeat === undefined ? {} : { heartbeat }),
      portfolio: { allowShort, risk: { maxLeverage: 2 } },
      execution: { latency, fill, fees: { taker: 0.001, maker: 0.0005 }, slippage: { bps: 3 } },
      rewards: REWARDS,
    },
    create: () => new Chaos(stopProbability, activity),
  }));
