import type { CandleSeries, MarketColumns, MarketDataHandler, TimeGrid } from '../../src/market/handler.ts';
import { rootKey, substreamKey } from '../../src/random/key.ts';
import { RandomStream } from '../../src/random/stream.ts';

const HOUR_MS = 3_600_000;

export function hourlyGrid(steps: number): TimeGrid {
  return { startMs: Date.UTC(2026, 0, 1), intervalMs: HOUR_MS, steps, stepsPerYear: 8760 };
}

/** A grid whose steps span one year. */
export function yearGrid(steps: number): TimeGrid {
  return { startMs: 0, intervalMs: (365 * 24 * HOUR_MS) / steps, steps, stepsPerYear: steps };
}

export function stream(episode: number, seed = 'market tests'): RandomStream {
  return new RandomStream(substreamKey(rootKey(seed), episode, 'market/TEST'));
}

export function newColumns(kind: 'quote' | 'candle', length: number): MarketColumns {
  const column = () => new Float64Array(length);
  const close = column();
  const quote = kind === 'quote';
  return {
    timeMs: column(),
    open: quote ? close : column(),
    high: quote ? close : column(),
    low: quote ? close : column(),
    close,
    volume: column(),
  };
}

/** One episode of at most 512 rows, asked for at once. */
export function path(handler: MarketDataHandler, random: RandomStream): MarketColumns {
  return chunkedPath(handler, random, [512]);
}

/** One episode, asked for in chunks of the given sizes, over and over, and put together. */
export function chunkedPath(
  handler: MarketDataHandler,
  random: RandomStream,
  chunks: readonly number[],
): MarketColumns {
  const whole = newColumns(handler.kind, handler.rows);
  const block = newColumns(handler.kind, Math.max(...chunks));
  handler.begin(random);
  let row = 0;
  for (let chunk = 0; ; chunk++) {
    const size = chunks[chunk % chunks.length]!;
    const n = handler.fill(block, size);
    if (n === 0) break;
    if (n > size) throw new Error(`asked for ${size} rows, got ${n}`);
    for (const name of ['timeMs', 'open', 'high', 'low', 'close', 'volume'] as const) {
      whole[name].set(block[name].subarray(0, n), row);
    }
    row += n;
  }
  if (row !== handler.rows) throw new Error(`expected ${handler.rows} rows, got ${row}`);
  return whole;
}

/** The first column and row where two paths differ; undefined where they are the same bit for bit. */
export function difference(a: MarketColumns, b: MarketColumns): string | undefined {
  for (const name of ['timeMs', 'open', 'high', 'low', 'close', 'volume'] as const) {
    if (a[name].length !== b[name].length) return `${name} has ${a[name].length} and ${b[name].length} rows`;
    const row = a[name].findIndex((value, i) => !Object.is(value, b[name][i]));
    if (row >= 0) return `${name}[${row}] is ${a[name][row]} and ${b[name][row]}`;
  }
  return undefined;
}

/** Candles with prices that tell them apart; the volume of candle i is i. */
export function candleSeries(length: number, intervalMs = HOUR_MS): CandleSeries {
  const columns = newColumns('candle', length);
  for (let i = 0; i < length; i++) {
    const close = 100 * Math.exp(0.02 * Math.sin(i * 12.9898));
    const open = i === 0 ? close : columns.close[i - 1]! * (1 + 1e-4 * Math.cos(i));
    columns.timeMs[i] = Date.UTC(2020, 0, 1) + i * intervalMs;
    columns.open[i] = open;
    columns.high[i] = Math.max(open, close) * (1 + 1e-3 * Math.sin(i) ** 2);
    columns.low[i] = Math.min(open, close) * (1 - 1e-3 * Math.cos(i) ** 2);
    columns.close[i] = close;
    columns.volume[i] = i;
  }
  return { intervalMs, ...columns };
}

export interface Moments {
  readonly meanEarly: number;
  readonly meanLate: number;
  readonly varianceEarly: number;
  readonly varianceLate: number;
  readonly covariance: number;
}

/** Sample moments of f(price) at two rows, over the paths of episodes 0 … n − 1. */
export function momentsAtTwoRows(
  handler: MarketDataHandler,
  n: number,
  early: number,
  late: number,
  f: (price: number) => number,
): Moments {
  const xs = new Float64Array(n);
  const ys = new Float64Array(n);
  const columns = newColumns(handler.kind, handler.rows);
  const root = rootKey('moments');
  for (let episode = 0; episode < n; episode++) {
    handler.begin(new RandomStream(substreamKey(root, episode, 'market/TEST')));
    handler.fill(columns, handler.rows);
    xs[episode] = f(columns.close[early]!);
    ys[episode] = f(columns.close[late]!);
  }
  const meanEarly = mean(xs);
  const meanLate = mean(ys);
  return {
    meanEarly,
    meanLate,
    varianceEarly: mean(xs.map((x) => (x - meanEarly) * (x - meanEarly))),
    varianceLate: mean(ys.map((y) => (y - meanLate) * (y - meanLate))),
    covariance: mean(xs.map((x, i) => (x - meanEarly) * (ys[i]! - meanLate))),
  };
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Fails unless |got − expected| ≤ 5 standard errors: a false alarm once in 1.7 million checks. */
export function expectWithin5Se(got: number, expected: number, standardError: number): void {
  if (Math.abs(got - expected) <= 5 * standardError) return;
  const errors = (got - expected) / standardError;
  throw new Error(`got ${got}, expected ${expected}: ${errors.toFixed(1)} standard errors of ${standardError}`);
}

/**
 * Checks moments of two normals against closed forms. Standard errors over n paths: mean √(v/n), variance v·√(2/n),
 * covariance √((v₁v₂ + c²)/n).
 */
export function expectNormalMoments(n: number, got: Moments, expected: Moments): void {
  const { varianceEarly: v1, varianceLate: v2, covariance: c } = expected;
  expectWithin5Se(got.meanEarly, expected.meanEarly, Math.sqrt(v1 / n));
  expectWithin5Se(got.meanLate, expected.meanLate, Math.sqrt(v2 / n));
  expectWithin5Se(got.varianceEarly, v1, v1 * Math.sqrt(2 / n));
  expectWithin5Se(got.varianceLate, v2, v2 * Math.sqrt(2 / n));
  expectWithin5Se(got.covariance, c, Math.sqrt((v1 * v2 + c * c) / n));
}
