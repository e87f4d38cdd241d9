import { readFileSync } from 'node:fs';
import {
  buildCandles,
  type CandleSeries,
  ConfigError,
  type FillEvent,
  type OrderEvent,
  parseConfig,
  type QueuedEvent,
  Simulation,
  type SimulationParts,
  type StrategyDefinition,
  type Tracer,
} from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import news from './news/news.ts';
import newsStrategy from './news/news-strategy.ts';
import meanReversion from './strategies/mean-reversion.ts';
import momentum from './strategies/momentum.mjs';

/** The parts that the configs name, by the text of `use`. */
const parts: SimulationParts = {
  components: { './news.ts': news },
  strategies: {
    './news-strategy.ts': newsStrategy,
    './mean-reversion.ts': meanReversion,
    // Plain JavaScript: TypeScript sees any text where 'integer' stands.
    './momentum.mjs': momentum as unknown as StrategyDefinition,
  },
};

function readConfig(file: string): Record<string, unknown> {
  return parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

function readCandles(file: string): CandleSeries {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  const rows = lines.map((text, i) => {
    const [time = '', open = '', high = '', low = '', close = '', volume] = text.split(',');
    return { line: i + 2, time, open, high, low, close, volume };
  });
  return buildCandles(rows, { file }).series;
}

class EventList implements Tracer {
  readonly events: QueuedEvent[] = [];
  readonly prices: number[] = [];

  event(event: QueuedEvent): void {
    this.events.push(event);
  }

  market: Tracer['market'] = ({ price }) => {
    this.prices.push(price);
  };

  step(): void {}

  of<T extends QueuedEvent['type']>(type: T): Extract<QueuedEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<QueuedEvent, { type: T }> => event.type === type);
  }
}

function run(config: unknown, more: SimulationParts = {}, episode = 0) {
  const simulation = new Simulation(parseConfig(config), { ...parts, ...more });
  const trace = new EventList();
  simulation.begin(episode, { tracer: trace });
  expect(simulation.advance()).toBe('ended');
  expect(simulation.loop.endReason).toBe('completed');
  const figures = new Float64Array(simulation.fields.length);
  simulation.record(figures, 0);
  return { trace, record: Object.fromEntries(simulation.fields.map((field, i) => [field, figures[i]!])) };
}

describe('examples/news', () => {
  const config = readConfig('./news/ergodic.yaml');
  const { trace, record } = run(config);
  const headlines = trace.of('CUSTOM');

  it('delivers its own events, at the rate it is configured for', () => {
    expect(headlines.every(({ name }) => name === 'NEWS')).toBe(true);
    // A Poisson count with mean 1000 / 12: 5 standard deviations, false alarms below 1e-6, at a fixed seed.
    expect(Math.abs(headlines.length - 1000 / 12)).toBeLessThan(5 * Math.sqrt(1000 / 12));
    const times = headlines.map(({ timeMs }) => timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('trades on them, at the time of the news', () => {
    const newsTimes = new Set(headlines.map(({ timeMs }) => timeMs));
    const orders: OrderEvent[] = trace.of('ORDER');
    const fills: FillEvent[] = trace.of('FILL');
    expect(orders.length).toBeGreaterThan(5);
    expect(orders.filter(({ timeMs }) => !newsTimes.has(timeMs))).toEqual([]);
    expect(fills.length).toBeGreaterThanOrEqual(orders.length - 1);
    for (const { timeMs, order } of orders) {
      const { payload } = headlines.findLast((headline) => headline.timeMs === timeMs)!;
      const { sentiment } = payload as { sentiment: number };
      expect(order.orderSide).toBe(sentiment > 0 ? 'buy' : 'sell');
    }
  });

  it.each([0, 1, 4711])('moves no market path, episode %i', (episode) => {
    const withNews = run(config, {}, episode);
    const without = run({ ...config, components: [] }, {}, episode);
    const more = run({ ...config, components: [{ use: './news.ts', meanIntervalHours: 0.5 }] }, {}, episode);
    expect(without.trace.of('CUSTOM')).toEqual([]);
    expect(without.record.orders).toBe(0);
    expect(more.trace.of('CUSTOM').length).toBeGreaterThan(1000);
    for (const other of [without, more]) {
      expect(other.trace.prices).toEqual(withNews.trace.prices);
      expect(other.record['finalPrice_BTC/USDT']).toBe(withNews.record['finalPrice_BTC/USDT']);
    }
  });

  it('gives the same episode again', () => {
    expect(run(config).record).toEqual(record);
  });

  it('refuses a parameter out of range, and names it', () => {
    const wrong = { ...config, components: [{ use: './news.ts', meanIntervalHours: 0 }] };
    expect(() => run(wrong)).toThrow(ConfigError);
    expect(() => run(wrong)).toThrow('components[0].meanIntervalHours: must be greater than 0, got 0');
  });
});

describe('examples/strategies', () => {
  it('mean-reversion buys and sells as a maker', () => {
    const { trace, record } = run(readConfig('./strategies/mean-reversion.yaml'));
    const fills = trace.of('FILL');
    expect(fills.length).toBeGreaterThan(20);
    for (const [i, { order, price }] of fills.entries()) {
      expect(order.orderType).toBe('limit');
      expect(order.orderSide).toBe(i % 2 === 0 ? 'buy' : 'sell');
      expect(order.sign * (order.limitPrice - price)).toBeGreaterThanOrEqual(0);
    }
    expect(record.slippage).toBe(0);
  });

  it('momentum runs from plain JavaScript', () => {
    const candles = { 'BTC/USD': readCandles('./data/btc-usd-1h.csv') };
    const { record } = run(readConfig('./strategies/momentum.yaml'), { candles });
    expect(record.fills).toBeGreaterThan(20);
    expect(record.rejects).toBe(0);
  });
});
