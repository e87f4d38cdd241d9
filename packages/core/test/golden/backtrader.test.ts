import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  defineStrategy,
  type FillEvent,
  type MarketEvent,
  type OrderUpdateEvent,
  parseConfig,
  parseTimeMs,
  type Recorder,
  Simulation,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type Tracer,
} from '../../src/index.ts';
import { readCandles } from '../candle-file.ts';

type GoldenFill = [time: string, side: string, quantity: number, price: number, commission: number];

interface Case {
  readonly file: string;
  readonly strategy: string;
  /** Of brackets: distance of the stop and of the limit from the entry, fractions. */
  readonly stop?: number;
  readonly limit?: number;
  readonly stepsPerYear: number;
  readonly steps: number;
  readonly fillCount: number;
  readonly expired: number;
  /** Candles that touched the stop and the limit. */
  readonly bothTouched: number;
  readonly sums: { quantity: number; price: number; commission: number; equity: number };
  readonly finalEquity: number;
  readonly sharpe: number;
  readonly sortino: number;
  readonly calmar: number;
  readonly maxDrawdown: number;
  /** All of them, or the first and the last 40. */
  readonly fills: readonly GoldenFill[];
}

/** Made by backtrader.py, whose docstring says what is compared. */
const golden: { cases: Case[] } = JSON.parse(readFileSync(new URL('backtrader.json', import.meta.url), 'utf8'));

/** The strategy `brackets` of backtrader.py. */
class Brackets implements Strategy {
  private readonly stop: number;
  private readonly limit: number;
  private entryId = 0;
  private exitIds: readonly number[] = [];

  constructor(stop: number, limit: number) {
    this.stop = stop;
    this.limit = limit;
  }

  onMarket({ close }: MarketEvent, context: StrategyContext): void {
    if (this.entryId !== 0 || context.position() !== 0) return;
    const limitPrice = close * 0.99;
    const quantity = (0.5 * context.equity) / close;
    this.entryId = context.order('buy', quantity, { orderType: 'limit', limitPrice, timeInForce: 'day' });
  }

  onFill({ order, price, filledQty }: FillEvent, context: StrategyContext): void {
    if (order.orderId === this.entryId) {
      this.entryId = 0;
      const triggerPrice = price * (1 - this.stop);
      const limitPrice = price * (1 + this.limit);
      this.exitIds = [
        context.order('sell', filledQty, { orderType: 'stop', triggerPrice }),
        context.order('sell', filledQty, { orderType: 'limit', limitPrice }),
      ];
    } else for (const orderId of this.exitIds) if (orderId !== order.orderId) context.cancel(orderId);
  }

  onOrderUpdate({ order, status }: OrderUpdateEvent): void {
    if (status === 'expired' && order.orderId === this.entryId) this.entryId = 0;
  }
}

const brackets = defineStrategy({
  name: 'brackets',
  parameters: { stop: { type: 'number' }, limit: { type: 'number' } },
  create: ({ stop, limit }) => new Brackets(stop, limit),
}) as StrategyDefinition;

/** Runs a case and keeps what the golden tells of it. A tracer sends every MARKET through the loop's general path. */
function simulate({ file, strategy, stop, limit }: Case, tracer: Tracer | null = null) {
  const parameters = strategy === 'brackets' ? { stop, limit } : { fast: 10, slow: 50 };
  const config = parseConfig({
    markets: { BTC: { process: 'replay', file } },
    strategy: { use: strategy, ...parameters },
    portfolio: { cash: 10_000, sizing: { targetWeight: 0.95 } },
    execution: { fees: { maker: 0.001, taker: 0.001 }, slippage: { bps: 5 } },
  });
  const candles = readCandles(file);
  const simulation = new Simulation(config, { candles: { BTC: candles }, strategies: { brackets } });
  const fills: FillEvent[] = [];
  let equity = 0;
  const recorder: Recorder = {
    fill: (fill) => fills.push(fill),
    steps: (columns, from, to) => {
      for (let i = from; i <= to; i++) equity += columns.equity[i]!;
    },
  };
  simulation.begin(0, { recorder, tracer });
  expect(simulation.advance()).toBe('ended');
  expect(simulation.loop.endReason).toBe('completed');
  const figures = new Float64Array(simulation.fields.length);
  simulation.record(figures, 0);
  const record = Object.fromEntries(simulation.fields.map((field, i) => [field, figures[i]!])) as Record<
    string,
    number
  >;
  return { simulation, record, fills, equity, intervalMs: candles.intervalMs };
}

/** Two engines that do the same in another order of operations: 1e-9 is some 10^6 roundings of a double. */
function expectClose(received: number, expected: number, what: string): void {
  expect(Math.abs(received - expected), `${what}: got ${received}, expected ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.abs(expected),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe.each(golden.cases)('backtrader, $strategy on $file', (expected) => {
  const run = simulate(expected);

  it('makes the same fills', () => {
    const { fills, intervalMs } = run;
    expect(fills.length).toBe(expected.fillCount);
    const kept = expected.fills.length === fills.length ? fills : [...fills.slice(0, 40), ...fills.slice(-40)];
    expect(kept.length).toBe(expected.fills.length);
    for (const [i, [time, side, quantity, price, commission]] of expected.fills.entries()) {
      const fill = kept[i]!;
      expect([fill.timeMs - intervalMs, fill.order.orderSide], `fill ${i}`).toEqual([parseTimeMs(time), side]);
      expectClose(fill.filledQty, quantity, `quantity of fill ${i}`);
      expectClose(fill.price, price, `price of fill ${i}`);
      expectClose(fill.commission, commission, `commission of fill ${i}`);
    }
    expectClose(sum(fills.map(({ filledQty }) => filledQty)), expected.sums.quantity, 'sum of quantities');
    expectClose(sum(fills.map(({ price }) => price)), expected.sums.price, 'sum of prices');
    expectClose(sum(fills.map(({ commission }) => commission)), expected.sums.commission, 'sum of commissions');
  });

  it('expires the same number of day orders, and does the same under a tracer', () => {
    let expired = 0;
    const traced = simulate(expected, {
      event: (event) => {
        if (event.type === 'ORDER_UPDATE' && event.reason === 'DAY_END') expired++;
      },
      market: () => {},
      step: () => {},
    });
    expect(expired).toBe(expected.expired);
    expect(traced.fills).toEqual(run.fills);
    expect(traced.record).toEqual(run.record);
    expect(traced.equity).toBe(run.equity);
  });

  it('has the same equity', () => {
    const { record, equity, simulation } = run;
    expect(record.steps).toBe(expected.steps);
    expect(record.fills).toBe(expected.fillCount);
    expectClose(equity, expected.sums.equity, 'sum of equity over the steps');
    expectClose(record.finalEquity!, expected.finalEquity, 'final equity');
    expectClose(simulation.context.equity, expected.finalEquity, 'equity of the context');
    expectClose(record.commission!, expected.sums.commission, 'commission of the record');
  });

  it.each(['sharpe', 'sortino', 'calmar', 'maxDrawdown'] as const)('has the %s that empyrical computes', (figure) => {
    expect(run.simulation.stepsPerYear).toBe(expected.stepsPerYear);
    expectClose(run.record[figure]!, expected[figure], figure);
  });
});
