import { EpisodeError } from '../../src/config/errors.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { QueuedEvent } from '../../src/events/events.ts';
import type { Recorder, Tracer } from '../../src/loop/parts.ts';
import { Simulation, type SimulationParts } from '../../src/loop/simulation.ts';
import type { CandleSeries } from '../../src/market/handler.ts';
import type { MarketEvent, Strategy, StrategyDefinition } from '../../src/strategy/strategy.ts';

export const START_MS: number = Date.UTC(2026, 0, 1);
export const HOUR_MS = 3_600_000;
const GBM = { process: 'gbm', price: 100, drift: 0.1, volatility: 1 };

/** A config with one gbm market and the strategy `test`, changed by `changes`. */
export function configOf(changes: object = {}): object {
  return { steps: 20, markets: { A: GBM }, strategy: { use: 'test' }, ...changes };
}

export const TWO_MARKETS = { A: GBM, B: { ...GBM, price: 50 } };

export function strategyOf(create: () => Strategy): StrategyDefinition {
  return { name: 'test', parameters: {}, create };
}

export function simulationOf(
  changes: object,
  create: () => Strategy = () => ({}),
  parts: SimulationParts = {},
): Simulation {
  return new Simulation(parseConfig(configOf(changes)), {
    ...parts,
    strategies: { test: strategyOf(create), ...parts.strategies },
  });
}

export interface Outcome {
  readonly endReason: string;
  /** '' unless the episode failed. */
  readonly code: string;
  readonly message: string;
  /** The bits of the record: Object.is-comparable as a whole. */
  readonly record: readonly number[];
  readonly figures: Readonly<Record<string, number>>;
}

interface Observers {
  recorder?: Recorder | null;
  tracer?: Tracer | null;
}

/** Runs one episode to its end, in budgets if given; `decide` answers decisions from outside. */
export function run(
  simulation: Simulation,
  episode = 0,
  observers: Observers = {},
  budgets: readonly number[] = [],
  decide: (simulation: Simulation) => void = () => {},
): Outcome {
  try {
    simulation.begin(episode, observers);
    for (let i = 0; ; i++) {
      const status = simulation.advance(budgets.length === 0 ? undefined : budgets[i % budgets.length]);
      if (status === 'ended') break;
      if (status === 'decision') decide(simulation);
      if (status === 'waiting') throw new Error('a simulated market must not wait');
    }
  } catch (error) {
    if (!(error instanceof EpisodeError)) throw error;
    return { endReason: 'failed', code: error.code, message: error.message, record: [], figures: {} };
  }
  const values = new Float64Array(simulation.fields.length + 2).fill(-7);
  simulation.record(values, 1);
  if (values[0] !== -7 || values.at(-1) !== -7) throw new Error('record wrote outside of its fields');
  const record = Array.from(values.slice(1, -1));
  const figures = Object.fromEntries(simulation.fields.map((name, i) => [name, record[i]!]));
  return { endReason: simulation.loop.endReason!, code: '', message: '', record, figures };
}

/** Keeps what a recorder sees: one entry a step and one a fill. */
export class Recording implements Recorder {
  readonly equity: number[] = [];
  readonly timeMs: number[] = [];
  readonly prices: number[][] = [];
  readonly total: number[] = [];
  readonly parts: number[][] = [];
  readonly fills: { orderId: number; step: number; timeMs: number; price: number; quantity: number }[] = [];

  steps: Recorder['steps'] = (columns, from, to, total, rewards) => {
    for (let i = from; i <= to; i++) {
      this.equity.push(columns.equity[i]!);
      this.timeMs.push(columns.timeMs[i]!);
      this.prices.push(columns.price.map((price) => price[i]!));
      this.total.push(total[i]!);
      this.parts.push(rewards.map((part) => part[i]!));
    }
  };

  fill: Recorder['fill'] = (fill, step) => {
    this.fills.push({
      orderId: fill.order.orderId,
      step,
      timeMs: fill.timeMs,
      price: fill.price,
      quantity: fill.order.sign * fill.filledQty,
    });
  };
}

/** Keeps one line per event, in the order in which they are handled. */
export class Trace implements Tracer {
  readonly lines: string[] = [];

  event(event: QueuedEvent, step: number): void {
    this.lines.push(`${step} ${nameOf(event)}`);
  }

  market(market: MarketEvent): void {
    this.lines.push(`${market.step} MARKET ${market.symbol}`);
  }

  step(): void {
    this.lines.push('mark');
  }
}

function nameOf(event: QueuedEvent): string {
  switch (event.type) {
    case 'SIGNAL':
      return `SIGNAL ${event.symbol}`;
    case 'ORDER':
    case 'FILL':
      return `${event.type} ${event.order.symbol}`;
    case 'ORDER_UPDATE':
      return `${event.status} ${event.order.symbol}${event.reason === '' ? '' : ` ${event.reason}`}`;
    case 'TIMER':
      return `TIMER ${event.tag}`;
    case 'CUSTOM':
      return `CUSTOM ${event.name}`;
    default:
      return event.type;
  }
}

/** Candles of an hour from START_MS on; without high and low they follow from open and close. */
export function candlesOf(
  rows: readonly (readonly number[])[],
  firstOpenMs = START_MS,
  intervalMs = HOUR_MS,
): CandleSeries {
  const column = (pick: (row: readonly number[], i: number) => number): Float64Array => Float64Array.from(rows, pick);
  return {
    intervalMs,
    timeMs: column((_, i) => firstOpenMs + i * intervalMs),
    open: column(([open]) => open!),
    high: column(([, high]) => high!),
    low: column(([, , low]) => low!),
    close: column(([, , , close]) => close!),
    volume: rows[0]!.length > 4 ? column(([, , , , volume]) => volume!) : new Float64Array(0),
  };
}

/** A candle that opens and closes at these prices. */
export const flat = (open: number, close = open): number[] => [
  open,
  Math.max(open, close),
  Math.min(open, close),
  close,
];

export const REPLAY = { process: 'replay', file: 'x.csv' };

/** A simulation that replays candles of symbol A. */
export function replayOf(rows: readonly (readonly number[])[], changes: object, create: () => Strategy): Simulation {
  const config = { steps: undefined, markets: { A: REPLAY }, ...changes };
  return simulationOf(config, create, { candles: { A: candlesOf(rows) } });
}
