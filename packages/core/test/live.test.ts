import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  type CandleSeries,
  type Config,
  type EndReason,
  type FillEvent,
  type LoopStatus,
  parseConfig,
  type Recorder,
  Simulation,
} from '../src/index.ts';
import { readCandles } from './candle-file.ts';
import { type LiveCandle, LiveHandler } from './live/live-handler.ts';
import { PaperExecution } from './live/paper-execution.ts';

const HOUR_MS = 3_600_000;
const btc = readCandles('btc-usd-1h.csv');

/** 1200 candles are more than two blocks of the lane. The strategy does not change its mind at the last one. */
const COUNT = 1200;

/** The first candles of the history. */
function first(count: number): CandleSeries {
  const { intervalMs, timeMs, open, high, low, close, volume } = btc;
  const cut = (column: Float64Array) => column.subarray(0, count);
  return {
    intervalMs,
    timeMs: cut(timeMs),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  };
}

function configOf(): Config {
  return parseConfig({
    interval: '1h',
    // A live feed has no first candle that could tell when the episode starts.
    start: new Date(btc.timeMs[0]! + HOUR_MS).toISOString(),
    markets: { BTC: { process: 'replay', file: 'btc-usd-1h.csv' } },
    strategy: { use: 'sma-cross', fast: 10, slow: 50 },
    portfolio: { cash: 10_000, sizing: { targetWeight: 0.95 } },
    execution: { fees: { taker: 0.001 }, slippage: { bps: 5 } },
    heartbeat: '4h',
    rewards: [
      { use: 'log-return' },
      { use: 'order-frequency', window: 100, limit: 1, scale: 0.01 },
      { use: 'drawdown' },
      { use: 'relative', window: 30 },
    ],
  });
}

/** Everything that an episode leaves behind. */
class Journal implements Recorder {
  readonly fills: {
    step: number;
    timeMs: number;
    side: string;
    filledQty: number;
    price: number;
    commission: number;
  }[] = [];
  readonly rows: number[][] = [];

  fill({ timeMs, order, filledQty, price, commission }: FillEvent, step: number): void {
    this.fills.push({ step, timeMs, side: order.orderSide, filledQty, price, commission });
  }

  steps: Recorder['steps'] = (columns, from, to, total, rewards) => {
    for (let i = from; i <= to; i++) {
      const { equity, gross, price, timeMs } = columns;
      const parts = rewards.map((part) => part[i]!);
      // Step 0 has no reward.
      const reward = columns.base + i === 0 ? 0 : total[i]!;
      this.rows.push([columns.base + i, timeMs[i]!, price[0]![i]!, equity[i]!, gross[i]!, reward, ...parts]);
    }
  };
}

interface Outcome {
  readonly fills: Journal['fills'];
  /** Time, price, equity, exposure and rewards of each step. */
  readonly rows: Journal['rows'];
  readonly record: Record<string, number>;
  readonly endReason: EndReason | null;
}

function outcome(simulation: Simulation, journal: Journal): Outcome {
  const figures = new Float64Array(simulation.fields.length);
  simulation.record(figures, 0);
  const record = Object.fromEntries(simulation.fields.map((field, i) => [field, figures[i]!]));
  return { fills: journal.fills, rows: journal.rows, record, endReason: simulation.loop.endReason };
}

function replay(config: Config, count: number): Outcome {
  const simulation = new Simulation(config, { candles: { BTC: first(count) } });
  const journal = new Journal();
  simulation.begin(0, { recorder: journal });
  expect(simulation.advance()).toBe('ended');
  return outcome(simulation, journal);
}

/** Candles as an exchange sends them: each some turns of Node's event loop after the one before. */
async function* feed(count: number, turns: (i: number) => number = () => 1): AsyncGenerator<LiveCandle> {
  const { timeMs, open, high, low, close, volume } = btc;
  for (let i = 0; i < count; i++) {
    for (let turn = turns(i); turn > 0; turn--) await setImmediate();
    yield {
      timeMs: timeMs[i]! + HOUR_MS,
      open: open[i]!,
      high: high[i]!,
      low: low[i]!,
      close: close[i]!,
      volume: volume[i]!,
    };
  }
}

function trader(config: Config = configOf()) {
  const live = new LiveHandler();
  const paper = new PaperExecution(1, { slippageBps: 5, takerFee: 0.001 });
  const simulation = new Simulation(config, { handlers: [live], execution: paper });
  const journal = new Journal();
  simulation.begin(0, { recorder: journal });
  return { live, paper, simulation, journal };
}

describe('live trading with a paper account', () => {
  const replayed = replay(configOf(), COUNT);

  it('compares with a replay that trades', () => {
    expect(replayed.fills.length).toBeGreaterThan(20);
    expect(replayed.rows.length).toBe(COUNT);
    expect(replayed.record['reward_order-frequency']).toBeLessThan(0);
  });

  it('does what the replay of the same candles does, bit for bit', async () => {
    const { live, simulation, journal } = trader();
    expect(simulation.steps).toBe(Number.POSITIVE_INFINITY);
    expect(simulation.advance()).toBe('waiting');
    for await (const candle of feed(COUNT)) {
      live.push(candle);
      expect(simulation.advance()).toBe('waiting');
      expect(simulation.context.timeMs).toBe(candle.timeMs);
      expect(simulation.context.price('BTC')).toBe(candle.close);
    }
    live.close();
    expect(simulation.advance()).toBe('ended');
    expect(simulation.advance()).toBe('ended');
    expect(outcome(simulation, journal)).toEqual(replayed);
  });

  it('waits out a feed that stalls and comes back in bursts', async () => {
    const { live, simulation, journal } = trader();
    const produce = async (): Promise<void> => {
      // Bursts of seven, and one long silence.
      for await (const candle of feed(COUNT, (i) => (i === 700 ? 500 : i % 7 === 0 ? 3 : 0))) live.push(candle);
      live.close();
    };
    const produced = produce();
    const waitsAt = new Map<number, number>();
    for (;;) {
      const status: LoopStatus = simulation.advance();
      if (status === 'ended') break;
      expect(status).toBe('waiting');
      waitsAt.set(simulation.context.step, (waitsAt.get(simulation.context.step) ?? 0) + 1);
      await setImmediate();
    }
    await produced;
    expect(waitsAt.get(699)).toBeGreaterThan(400);
    expect(outcome(simulation, journal)).toEqual(replayed);
  });

  it('takes candles in pieces of a budget', async () => {
    const { live, simulation, journal } = trader();
    for await (const candle of feed(COUNT, (i) => (i % 100 === 0 ? 1 : 0))) {
      live.push(candle);
      if (live.free > 900) continue;
      let yields = 0;
      while (simulation.advance(10) === 'yielded') yields++;
      expect(yields).toBeGreaterThan(10);
    }
    live.close();
    expect(simulation.advance()).toBe('ended');
    expect(outcome(simulation, journal)).toEqual(replayed);
  });

  it('books fills that arrive while the loop waits, at the time of the last candle', async () => {
    const { live, paper, simulation, journal } = trader();
    for await (const candle of feed(COUNT)) {
      // The first trade of the interval, an hour before its candle is finished.
      paper.trade(0, candle.open);
      expect(simulation.advance()).toBe('waiting');
      live.push(candle);
      expect(simulation.advance()).toBe('waiting');
    }
    live.close();
    expect(simulation.advance()).toBe('ended');
    const earlier = replayed.fills.map((fill) => ({ ...fill, step: fill.step - 1, timeMs: fill.timeMs - HOUR_MS }));
    expect(journal.fills).toEqual(earlier);
    expect(journal.rows).toEqual(replayed.rows);
    expect(outcome(simulation, journal).record).toEqual(replayed.record);
  });

  it('ends when the feed closes, and what is still open expires', async () => {
    // A strategy cannot know that a candle is the last: unlike in a replay, it decides there too.
    const last = (replayed.fills[10]!.timeMs - btc.timeMs[0]!) / HOUR_MS - 1;
    const { live, simulation, journal } = trader();
    for await (const candle of feed(last)) {
      live.push(candle);
      simulation.advance();
    }
    expect(simulation.context.openOrders().map(({ status }) => status)).toEqual(['accepted']);
    const [order] = simulation.context.openOrders();
    live.close();
    expect(simulation.advance()).toBe('ended');
    expect(order!.status).toBe('expired');
    const { record, endReason } = outcome(simulation, journal);
    const short = replay(configOf(), last);
    expect(endReason).toBe('completed');
    expect(record).toEqual({ ...short.record, orders: short.record.orders! + 1 });
    expect(journal.fills).toEqual(short.fills);
    expect(journal.rows).toEqual(short.rows);
    expect(() => live.push({ timeMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 })).toThrow('closed');
  });

  it('knows the last candle when the feed closes with it', async () => {
    const last = (replayed.fills[10]!.timeMs - btc.timeMs[0]!) / HOUR_MS - 1;
    const { live, simulation, journal } = trader();
    for await (const candle of feed(last)) {
      live.push(candle);
      if (candle.timeMs === btc.timeMs[last - 1]! + HOUR_MS) live.close();
      simulation.advance();
    }
    expect(simulation.loop.endReason).toBe('completed');
    expect(outcome(simulation, journal)).toEqual(replay(configOf(), last));
  });
});
