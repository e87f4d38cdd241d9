import { type Config, formatPath, parsePath } from '@ergodic/core';
import { type LoadedCandles, sha256 } from './inputs.ts';

/** All that the price paths of a run follow from, file by its hash. What is undefined is left out of the key. */
export interface MarketSection {
  /** In the order of the config. */
  readonly markets: readonly (readonly [symbol: string, market: unknown])[];
  readonly steps: number | undefined;
  readonly interval: string | undefined;
  readonly seed: string;
  readonly calendar: Config['calendar'];
  readonly start: string;
  readonly correlation: Config['correlation'];
  readonly antithetic: true | undefined;
  /** Draws that price paths follow from, in an order that says nothing. */
  readonly randomize: readonly (readonly [path: string, distribution: unknown])[] | undefined;
}

/** `hashes`: SHA-256 of the candles of each symbol that has a file. */
export function marketSection(config: Config, hashes: ReadonlyMap<string, string>): MarketSection {
  const markets = Object.entries(config.markets).map(
    ([symbol, market]) => [symbol, 'file' in market ? { ...market, file: hashes.get(symbol) } : market] as const,
  );
  const { steps, interval, seed, calendar, start, correlation } = config;
  // What is not there is left out: a key does not change where nothing of it does.
  const antithetic = config.antithetic || undefined;
  const randomize = marketDraws(config);
  return { markets, steps, interval, seed, calendar, start, correlation, antithetic, randomize };
}

/** Runs with one key share their price paths, episode by episode: what is compared on them is paired. */
export function marketKey(config: Config, candles: readonly Pick<LoadedCandles, 'symbol' | 'sha256'>[]): string {
  const hashes = new Map(candles.map(({ symbol, sha256: hash }) => [symbol, hash]));
  return sha256(JSON.stringify(marketSection(config, hashes)));
}

function marketDraws({ randomize }: Config): MarketSection['randomize'] {
  const draws = Object.entries(randomize).map(([text, drawn]) => [parsePath(text) ?? [text], drawn] as const);
  const entries = draws
    .filter(([[root]]) => root === 'markets' || root === 'steps')
    .map(([path, drawn]) => [formatPath(path), drawn] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : entries;
}
