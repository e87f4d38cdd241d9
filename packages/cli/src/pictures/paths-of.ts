import { EpisodeError, type MarketPath, MarketPaths, marketNotices } from '@ergodic/core';
import { candleNotices, loadCandles } from '@ergodic/workers';
import { UsageError } from '../config/errors.ts';
import { type LoadedConfig, loadConfig } from '../config/index.ts';

export interface MarketOptions {
  readonly set?: readonly string[];
  readonly seed?: string;
  readonly steps?: string | number;
}

/** The markets of a config, ready to give paths. */
export interface OpenMarkets {
  readonly loaded: LoadedConfig;
  readonly paths: MarketPaths;
  /** Remarks on candle files and parameters, one line each. */
  readonly notices: readonly string[];
}

/** Loads a config for its markets alone. Throws UsageError, CandleError or RunError. */
export async function openMarkets(
  path: string | undefined,
  options: MarketOptions,
  change: (loaded: LoadedConfig['config']) => LoadedConfig['config'] = (config) => config,
): Promise<OpenMarkets> {
  const { set: sets, seed, steps } = options;
  const overrides = { seed, steps };
  const loaded = await loadConfig({ path, sets, overrides, marketsOnly: true, cwd: process.cwd() });
  const config = change(steps === undefined ? loaded.config : withFixedSteps(loaded.config));
  try {
    const files = loadCandles(config);
    const candles = Object.fromEntries(files.map(({ symbol, series }) => [symbol, series]));
    const notices = [...candleNotices(files), ...marketNotices(config.markets)];
    return { loaded: { ...loaded, config }, paths: new MarketPaths(config, { candles }), notices };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CONFIG_INVALID') throw new UsageError(loaded.explain(error));
    throw error;
  }
}

/** Who asks for so many steps wants no others drawn. */
export function withFixedSteps(config: LoadedConfig['config']): LoadedConfig['config'] {
  const { steps: _, ...randomize } = config.randomize;
  return { ...config, randomize };
}

/** An episode's paths, or why it would fail. */
export interface Outcome {
  readonly episode: number;
  readonly paths: readonly MarketPath[] | null;
  /** `CODE: message` of a failure. */
  readonly failure?: string;
}

/** The paths of episodes 0 … n − 1, one after the other. */
export function* outcomesOf(markets: MarketPaths, n: number): Generator<Outcome> {
  for (let episode = 0; episode < n; episode++) {
    try {
      yield { episode, paths: markets.path(episode) };
    } catch (error) {
      if (!(error instanceof EpisodeError)) throw error;
      yield { episode, paths: null, failure: `${error.code}: ${error.message}` };
    }
  }
}
