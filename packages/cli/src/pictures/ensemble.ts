import { measureFacts, quantileOf, ReturnSample } from '@ergodic/calibration';
import type { MarketPath, MarketPaths } from '@ergodic/core';
import { type Bin, binsFor } from '../report/data/distribution.ts';
import type { FanPoint } from '../report/data/fan.ts';
import { outcomesOf } from './paths-of.ts';

/** Points of time that a fan is drawn at. */
const FAN_POINTS = 160;
const FAN_LEVELS = { q05: 0.05, q25: 0.25, q50: 0.5, q75: 0.75, q95: 0.95 } as const;

/** What paths of one symbol have in common. */
export interface SymbolPaths {
  readonly symbol: string;
  readonly hasCandles: boolean;
  /** Of each path that did not fail, every close. */
  readonly closes: readonly Float64Array[];
  /** Of the longest path, since the start. */
  readonly timeMs: Float64Array;
  /** The first path that did not fail, with its candles. */
  readonly first: MarketPath | undefined;
}

export interface Ensemble {
  readonly symbols: readonly SymbolPaths[];
  /** Episodes that have no paths, with the reason of the first. */
  readonly failed: number;
  readonly failure: string | undefined;
}

/** Runs episodes 0 … n − 1 and keeps their closes. */
export function collectPaths(markets: MarketPaths, n: number): Ensemble {
  const closes = markets.symbols.map((): Float64Array[] => []);
  const longest: (MarketPath | undefined)[] = markets.symbols.map(() => undefined);
  const firsts: (MarketPath | undefined)[] = markets.symbols.map(() => undefined);
  let failed = 0;
  let failure: string | undefined;
  for (const outcome of outcomesOf(markets, n)) {
    if (outcome.paths === null) {
      failed++;
      failure ??= `episode ${outcome.episode}: ${outcome.failure}`;
      continue;
    }
    for (const [i, path] of outcome.paths.entries()) {
      closes[i]!.push(path.close);
      firsts[i] ??= path;
      if (path.close.length > (longest[i]?.close.length ?? 0)) longest[i] = path;
    }
  }
  const symbols = markets.symbols.map((symbol, i): SymbolPaths => {
    const timeMs = longest[i]?.timeMs ?? new Float64Array(0);
    return {
      symbol,
      hasCandles: markets.hasCandles(symbol),
      closes: closes[i]!,
      timeMs: timeMs.map((time) => time - timeMs[0]!),
      first: firsts[i],
    };
  });
  return { symbols, failed, failure };
}

/** Rows, the first and the last among them, about evenly apart. */
export function spreadRows(rows: number, most: number): number[] {
  if (rows <= most) return Array.from({ length: rows }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (rows - 1)) / (most - 1)));
}

/** Quantiles over the paths at some times; a path that ends early keeps its last value. */
export function fanOf(curves: readonly Float64Array[], timeMs: Float64Array): FanPoint[] {
  return spreadRows(timeMs.length, FAN_POINTS).map((row) => {
    const values = Float64Array.from(curves, (curve) => curve[Math.min(row, curve.length - 1)]!).sort();
    const levels = Object.entries(FAN_LEVELS).map(([name, p]) => [name, quantileOf(values, p)]);
    return { timeMs: timeMs[row]!, ...Object.fromEntries(levels) } as FanPoint;
  });
}

/** Figures of one quantity over the paths; null without a path that has it. */
export interface Figures {
  readonly n: number;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly min: number | null;
  readonly q05: number | null;
  readonly q25: number | null;
  readonly q50: number | null;
  readonly q75: number | null;
  readonly q95: number | null;
  readonly max: number | null;
}

export function figuresOf(values: Iterable<number>): Figures {
  const sorted = Float64Array.from([...values].filter(Number.isFinite)).sort();
  const n = sorted.length;
  const at = (p: number): number | null => (n === 0 ? null : quantileOf(sorted, p));
  const mean = n === 0 ? null : sorted.reduce((sum, value) => sum + value, 0) / n;
  const squares = sorted.reduce((sum, value) => sum + (value - mean!) * (value - mean!), 0);
  const levels = { min: at(0), q05: at(0.05), q25: at(0.25), q50: at(0.5), q75: at(0.75), q95: at(0.95), max: at(1) };
  return { n, mean, sd: n > 1 ? Math.sqrt(squares / (n - 1)) : null, ...levels };
}

/** Bars of a histogram; none where all values are equal. */
export function binsOf(values: Iterable<number>): { readonly n: number; readonly bins: Bin[] } {
  const known = [...values].filter(Number.isFinite);
  const [low, high, width] = binsFor({ ...figuresOf(known) });
  if (low === high) return { n: known.length, bins: [] };
  const counts = new Array<number>(high - low).fill(0);
  for (const value of known) {
    const bin = Math.min(Math.floor(value / width) - low, high - low - 1);
    if (bin >= 0 && value <= high * width) counts[bin]!++;
  }
  const bins = counts.map((count, i) => ({ from: (low + i) * width, to: (low + i + 1) * width, count }));
  return { n: known.length, bins };
}

/** What a table says of the paths of one symbol. */
export interface SymbolSummary {
  readonly symbol: string;
  readonly initialPrice: number | null;
  readonly finalPrice: Figures;
  /** Final over initial price, less 1. Like the figures below, of no path where any has a price that is not above zero. */
  readonly totalReturn: Figures;
  /** Of the log returns of each path, a year. */
  readonly volatility: Figures;
  readonly skewness: Figures;
  readonly excessKurtosis: Figures;
  readonly maxDrawdown: Figures;
}

export function summaryOf({ symbol, closes, first }: SymbolPaths, stepsPerYear: number): SymbolSummary {
  // Figures of the paths that happen to stay above zero would not be those of the market.
  const isPositive = closes.every((close) => close.every((price) => price > 0));
  const measured = (isPositive ? closes : []).map((close) => namedFacts(ReturnSample.ofPrices(close, stepsPerYear)));
  const of = (name: string): Figures => figuresOf(measured.map((facts) => facts[name]!));
  return {
    symbol,
    initialPrice: first?.close[0] ?? null,
    finalPrice: figuresOf(closes.map((close) => close.at(-1)!)),
    totalReturn: figuresOf(isPositive ? closes.map((close) => close.at(-1)! / close[0]! - 1) : []),
    volatility: of('volatility'),
    skewness: of('skewness'),
    excessKurtosis: of('excessKurtosis'),
    maxDrawdown: of('maxDrawdown'),
  };
}

function namedFacts(sample: ReturnSample): Record<string, number> {
  const values = measureFacts(sample, NAMES);
  return Object.fromEntries(NAMES.map((name, i) => [name, values[i]!]));
}

const NAMES = ['volatility', 'skewness', 'excessKurtosis', 'maxDrawdown'];

/** Annualised root mean square of the log returns in a window that ends at each row; NaN where it is not full or not defined. */
export function realisedVolatility(close: Float64Array, window: number, stepsPerYear: number): Float64Array {
  const volatility = new Float64Array(close.length).fill(Number.NaN);
  const squares = new Float64Array(close.length);
  for (let i = 1; i < close.length; i++) {
    const change = Math.log(close[i]! / close[i - 1]!);
    squares[i] = change * change;
  }
  for (let i = window; i < close.length; i++) {
    let sum = 0;
    for (let j = i - window + 1; j <= i; j++) sum += squares[j]!;
    volatility[i] = Math.sqrt((sum / window) * stepsPerYear);
  }
  return volatility;
}
