import { type CandleSeries, type Config, formatDuration, MarketPaths } from '@ergodic/core';
import { loadCandles } from '@ergodic/workers';
import { NullTestError } from './error.ts';

/** The markets of a config as they are. */
export interface OwnMarkets {
  readonly config: Config;
  readonly paths: MarketPaths;
  /** Of the markets that read a file. */
  readonly candles: Readonly<Record<string, CandleSeries>>;
}

/** Throws ConfigError, CandleError, or NullTestError where nothing ever moves. */
export function openOwnMarkets(config: Config): OwnMarkets {
  const candles = Object.fromEntries(loadCandles(config).map(({ symbol, series }) => [symbol, series]));
  const paths = new MarketPaths(config, { candles });
  if (paths.steps < 1) {
    throw new NullTestError(`steps: a null test needs at least one step to trade over, got ${paths.steps}`);
  }
  return { config, paths, candles };
}

/** Times and length of every run that stands for the config: those of its own markets. */
export function gridOf({ paths }: OwnMarkets): { start: string; interval: string; steps: number } {
  const { startMs, intervalMs, steps } = paths;
  return { start: new Date(startMs).toISOString(), interval: formatDuration(intervalMs), steps };
}

/** What an episode of the config's market starts at, quote currency. */
export function priceOf(symbol: string, { config, candles }: OwnMarkets): number {
  const market = config.markets[symbol]!;
  return 'price' in market && market.price !== undefined ? market.price : candles[symbol]!.close[0]!;
}
