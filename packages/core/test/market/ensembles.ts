import type { MarketConfig } from '../../src/config/markets.ts';
import { createHandler } from '../../src/market/create.ts';
import type { CandleSeries, TimeGrid } from '../../src/market/handler.ts';
import { rootKey, SubstreamKeyer } from '../../src/random/key.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { newColumns } from './paths.ts';

/** How many paths a closed form is held against, unless a test says otherwise. */
export const PATHS = 200_000;

/**
 * Closes of `n` paths of a market at the given rows: one array of n prices a row. `mirrored` negates every normal.
 */
export function closesAt(
  config: MarketConfig,
  grid: TimeGrid,
  rows: readonly number[],
  { n = PATHS, seed = 'ensembles', candles, mirrored = false }: EnsembleOptions = {},
): Float64Array[] {
  const out = rows.map(() => new Float64Array(n));
  eachPath(config, grid, { n, seed, candles, mirrored }, (close, episode) => {
    for (const [i, row] of rows.entries()) out[i]![episode] = close[row]!;
  });
  return out;
}

export interface EnsembleOptions {
  readonly n?: number;
  readonly seed?: string;
  readonly candles?: CandleSeries | undefined;
  readonly mirrored?: boolean;
}

/** Calls `see` with the closes of each path; they are overwritten by the next. */
export function eachPath(
  config: MarketConfig,
  grid: TimeGrid,
  { n = PATHS, seed = 'ensembles', candles, mirrored = false }: EnsembleOptions,
  see: (close: Float64Array, episode: number) => void,
): void {
  const handler = createHandler(config, grid, { candles });
  const columns = newColumns(handler.kind, handler.rows);
  const keyer = new SubstreamKeyer(rootKey(seed), 'market/TEST');
  const key = new Int32Array(4);
  const random = new RandomStream([1, 2, 3, 4]);
  random.mirror(mirrored);
  for (let episode = 0; episode < n; episode++) {
    keyer.key(episode, key);
    random.reset(key);
    handler.begin(random);
    handler.fill(columns, handler.rows);
    see(columns.close, episode);
  }
}

/** Mean and its standard error. */
export function meanOf(values: Float64Array): { mean: number; error: number } {
  const n = values.length;
  let mean = 0;
  for (const value of values) mean += value / n;
  let square = 0;
  for (const value of values) square += (value - mean) * (value - mean);
  return { mean, error: Math.sqrt(square / (n - 1) / n) };
}

/** Fails unless the mean of `values` is within 5 of its own standard errors of `expected` (once in 1.7 million by chance). */
export function expectMean(values: Float64Array, expected: number, slack = 0): void {
  const { mean, error } = meanOf(values);
  if (Math.abs(mean - expected) <= 5 * error + slack) return;
  const errors = ((mean - expected) / error).toFixed(1);
  throw new Error(`mean ${mean}, expected ${expected}: ${errors} standard errors of ${error}`);
}

/** Fails unless the variance of `values` is within 5 standard errors (of the mean of squared deviations) of `expected`. */
export function expectVariance(values: Float64Array, expected: number, slack = 0): void {
  const { mean } = meanOf(values);
  expectMean(
    values.map((value) => (value - mean) * (value - mean)),
    expected,
    slack,
  );
}

/** The discounted payoff of a European call, for `expectMean` against a price from elsewhere. */
export function callPayoffs(prices: Float64Array, strike: number, rate: number, years: number): Float64Array {
  const discount = Math.exp(-rate * years);
  return prices.map((price) => discount * Math.max(0, price - strike));
}
