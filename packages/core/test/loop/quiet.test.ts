import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SimulationParts } from '../../src/loop/simulation.ts';
import type { CandleSeries } from '../../src/market/handler.ts';
import type { MarketEvent, Strategy, StrategyContext } from '../../src/strategy/strategy.ts';
import { act } from './chaos.ts';
import { HOUR_MS, type Outcome, REPLAY, Recording, run, START_MS, simulationOf, Trace } from './simulate.ts';

/** How often an episode does what, as probabilities a row. */
interface Habits {
  readonly look: number;
  readonly wake: number;
  readonly trade: number;
}

/**
 * Writes down what it sees. Looks, timers and trades come at random rows, so that quiet stretches of any length begin and
 * end anywhere; what it draws depends on what it saw, so a difference spreads.
 */
class Witness implements Strategy {
  readonly seen: (string | number)[] = [];
  private readonly habits: Habits;

  constructor(habits: Habits) {
    this.habits = habits;
  }

  onStart(context: StrategyContext): void {
    this.look('start', context);
  }

  onMarket(market: MarketEvent, context: StrategyContext): void {
    const { seen, habits } = this;
    const { random } = context;
    if (random.bernoulli(habits.look)) {
      const { timeMs, step, symbol, symbolIndex, price, open, high, low, close, volume } = market;
      seen.push('market', timeMs, step, symbol, symbolIndex, price, open, high, low, close, volume);
      seen.push(context.price(), context.position(), context.avgPx());
      if (market.timeMs !== context.timeMs || market.step !== context.step)
        throw new Error('market and context differ');
    }
    // One thing alone, before anything else has asked: each must bring the ledger up to date by itself.
    if (random.bernoulli(habits.look)) this.lookAtOne(context);
    if (random.bernoulli(habits.look)) this.look('look', context);
    if (random.bernoulli(habits.wake)) context.timer(market.timeMs + this.delay(context), `of ${market.step}`);
    if (random.bernoulli(habits.wake)) context.emit('later', market.step, context.timeMs + this.delay(context));
    if (random.bernoulli(habits.wake / 4)) context.emit('now', market.step);
    if (random.bernoulli(habits.trade)) act(context, 0.002);
    if (random.bernoulli(habits.look)) this.look('after', context);
  }

  onFill(fill: Parameters<NonNullable<Strategy['onFill']>>[0], context: StrategyContext): void {
    this.seen.push(
      'fill',
      fill.timeMs,
      fill.order.orderId,
      fill.filledQty,
      fill.price,
      fill.commission,
      fill.liquidity,
    );
    this.look('fill', context);
  }

  onOrderUpdate(update: Parameters<NonNullable<Strategy['onOrderUpdate']>>[0], context: StrategyContext): void {
    this.seen.push('update', update.timeMs, update.order.orderId, update.status, update.reason);
    if (context.random.bernoulli(0.3)) this.look('update', context);
  }

  onTimer(timer: Parameters<NonNullable<Strategy['onTimer']>>[0], context: StrategyContext): void {
    this.seen.push('timer', timer.timeMs, timer.tag);
    this.look('timer', context);
    if (context.random.bernoulli(0.5)) act(context);
  }

  onEvent(event: Parameters<NonNullable<Strategy['onEvent']>>[0], context: StrategyContext): void {
    this.seen.push('event', event.timeMs, event.name, event.payload as number);
    this.look('event', context);
  }

  /** From a fraction of a row to many rows ahead, sometimes at the very time of a row. */
  private delay({ random }: StrategyContext): number {
    const rows = random.integer(3) === 0 ? 1 + random.integer(150) : 1 + random.integer(9);
    return rows * HOUR_MS - (random.bernoulli(0.5) ? 0 : 1 + random.integer(HOUR_MS - 1));
  }

  private lookAtOne(context: StrategyContext): void {
    const { seen } = this;
    const { random, symbols } = context;
    const symbol = symbols[random.integer(symbols.length)]!;
    switch (random.integer(9)) {
      case 0:
        seen.push(context.equity);
        break;
      case 1:
        seen.push(context.price(symbol));
        break;
      case 2:
        seen.push(context.position(symbol));
        break;
      case 3:
        seen.push(context.step);
        break;
      case 4:
        seen.push(context.timeMs);
        break;
      case 5:
        seen.push(context.unrealizedPnl);
        break;
      case 6:
        seen.push(context.cash, context.realizedPnl);
        break;
      case 7:
        seen.push(context.avgPx(symbol));
        break;
      default:
        seen.push(context.openOrders(symbol).length);
    }
  }

  private look(when: string, context: StrategyContext): void {
    const { timeMs, step, cash, equity, initialCash, realizedPnl, unrealizedPnl } = context;
    this.seen.push(when, timeMs, step, cash, equity, initialCash, realizedPnl, unrealizedPnl);
    for (const symbol of context.symbols) {
      this.seen.push(context.price(symbol), context.position(symbol), context.avgPx(symbol));
    }
    for (const order of context.openOrders()) this.seen.push(order.orderId, order.status, order.filledQty);
  }
}

/** Hourly candles with gaps: a symbol may miss hours, begin late and end early. */
function history(seed: number, rows: number, first: number, gap: number): CandleSeries {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const timeMs: number[] = [];
  const columns: Record<'open' | 'high' | 'low' | 'close' | 'volume', number[]> = {
    open: [],
    high: [],
    low: [],
    close: [],
    volume: [],
  };
  let price = 100;
  for (let i = 0; i < rows; i++) {
    const open = price * (1 + (next() - 0.5) * 0.01);
    const close = open * (1 + (next() - 0.5) * 0.02);
    price = close;
    const isMissing = next() < gap;
    if (isMissing && i > 0) continue;
    timeMs.push(START_MS + (first + i) * HOUR_MS);
    columns.open.push(open);
    columns.high.push(Math.max(open, close) * (1 + next() * 0.005));
    columns.low.push(Math.min(open, close) * (1 - next() * 0.005));
    columns.close.push(close);
    columns.volume.push(next() * 100);
  }
  const { open, high, low, close, volume } = columns;
  return {
    intervalMs: HOUR_MS,
    timeMs: Float64Array.from(timeMs),
    open: Float64Array.from(open),
    high: Float64Array.from(high),
    low: Float64Array.from(low),
    close: Float64Array.from(close),
    volume: Float64Array.from(volume),
  };
}

const NAMES = ['A', 'B', 'C'];

interface Scene {
  readonly changes: object;
  /** Of markets that are replayed: candles are made from them when the episode runs, a counterexample stays readable. */
  readonly histories: readonly { seed: number; rows: number; first: number; gap: number }[];
  readonly habits: Habits;
}

const market = fc.record({
  seed: fc.nat(1e6),
  rows: fc.oneof(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 500, max: 1100 })),
  first: fc.nat(20),
  gap: fc.constantFrom(0, 0, 0.02, 0.5),
});

const scene: fc.Arbitrary<Scene> = fc
  .record({
    markets: fc.array(market, { minLength: 1, maxLength: 3 }),
    isQuote: fc.boolean(),
    seed: fc.nat(1000),
    latency: fc.constantFrom('0ms', '0ms', '20m', '1h', '130m'),
    heartbeat: fc.constantFrom(undefined, undefined, undefined, '7h', '45m'),
    fill: fc.constantFrom('next', 'next', 'optimistic'),
    participationRate: fc.constantFrom(undefined, undefined, 0.02),
    ruin: fc.constantFrom(0, 0, 0.97),
    allowShort: fc.boolean(),
    look: fc.constantFrom(0, 0.05, 0.5),
    wake: fc.constantFrom(0, 0.01, 0.1),
    trade: fc.constantFrom(0.003, 0.02, 0.2),
  })
  .map(({ markets, isQuote, seed, latency, heartbeat, fill, participationRate, ruin, allowShort, ...habits }) => {
    const symbols = markets.map((_, i) => NAMES[i]!);
    // Quotes.
    const gbm = { process: 'gbm', price: 100, drift: 0.1, volatility: 1 };
    const changes = {
      seed,
      steps: isQuote ? markets[0]!.rows : undefined,
      markets: Object.fromEntries(symbols.map((symbol) => [symbol, isQuote ? gbm : REPLAY])),
      ...(heartbeat === undefined ? {} : { heartbeat }),
      portfolio: { allowShort, ruin, risk: { maxLeverage: 2 } },
      execution: {
        latency,
        fill,
        fees: { taker: 0.001, maker: 0.0005 },
        slippage: { bps: 3 },
        ...(isQuote || participationRate === undefined ? {} : { participationRate }),
      },
      rewards: [{ use: 'log-return' }, { use: 'order-frequency', window: 7, limit: 1 }, { use: 'drawdown' }],
    };
    return { changes, histories: isQuote ? [] : markets, habits };
  });

interface Account {
  readonly seen: Witness['seen'];
  readonly outcome: Outcome;
  readonly recording: Recording;
}

function partsOf(histories: Scene['histories']): SimulationParts {
  if (histories.length === 0) return {};
  const candles = histories.map(({ seed, rows, first, gap }, i) => history(seed, rows, i === 0 ? 0 : first, gap));
  return { candles: Object.fromEntries(candles.map((series, i) => [NAMES[i]!, series])) };
}

function watch({ changes, histories, habits }: Scene, isTraced: boolean, budgets: readonly number[] = []): Account {
  let witness: Witness | undefined;
  const create = (): Strategy => (witness = new Witness(habits));
  const recording = new Recording();
  const observers = { recorder: recording, ...(isTraced ? { tracer: new Trace() } : {}) };
  const outcome = run(simulationOf(changes, create, partsOf(histories)), 3, observers, budgets);
  return { seen: witness!.seen, outcome, recording };
}

/** Fails at the first difference, which a whole list of thousands would hide. */
function expectSame(actual: Account, expected: Account): void {
  const at = expected.seen.findIndex((value, i) => !Object.is(value, actual.seen[i]));
  const around = (seen: Witness['seen']): Witness['seen'] => seen.slice(Math.max(0, at - 12), at + 3);
  if (at >= 0) expect(around(actual.seen), `entry ${at}`).toEqual(around(expected.seen));
  expect(actual.seen.length).toBe(expected.seen.length);
  expect(actual.outcome).toEqual(expected.outcome);
  expect(JSON.stringify(actual.recording)).toBe(JSON.stringify(expected.recording));
}

describe('a quiet stretch', () => {
  test('shows a strategy what the general path shows, and leaves the same record', () => {
    let rows = 0;
    let fills = 0;
    fc.assert(
      fc.property(scene, (scene) => {
        const general = watch(scene, true);
        expect(general.outcome.code).toBe('');
        rows += general.recording.equity.length;
        fills += general.recording.fills.length;
        expectSame(watch(scene, false), general);
      }),
      { numRuns: 150 },
    );
    expect(rows).toBeGreaterThan(10_000);
    expect(fills).toBeGreaterThan(500);
  });

  test('shows it in whatever budgets the episode advances', () => {
    const budgets = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(scene, budgets, (scene, budgets) => {
        expectSame(watch(scene, false, budgets), watch(scene, true));
      }),
      { numRuns: 60 },
    );
  });

  test.each([1, 2, 3, 4, 5, 130, 511, 512, 513])('that a timer %i rows ahead ends is over there', (rows) => {
    for (const early of [0, 1]) {
      const seen: number[][] = [];
      const prices: number[] = [];
      const create = (): Strategy => ({
        onMarket(market, context) {
          prices.push(market.price);
          if (market.step === 20) context.timer(market.timeMs + rows * HOUR_MS - early, 'now');
        },
        onTimer: ({ timeMs }, context) => void seen.push([timeMs, context.timeMs, context.step, context.price()]),
      });
      run(simulationOf({ steps: 600 }, create));
      const step = 20 + rows - early;
      const timeMs = START_MS + (20 + rows) * HOUR_MS - early;
      expect(seen).toEqual([[timeMs, timeMs, step, prices[step]]]);
    }
  });
});
