import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CandleSeries, Config, MarketConfig } from '@ergodic/core';
import { contained } from './frictionless.ts';
import { gridOf, type OwnMarkets, openOwnMarkets } from './own-markets.ts';
import { sharedTimes } from './rows.ts';
import { fileName } from './shuffled.ts';

/**
 * The config as it is, costs and all, for a few episodes. A replay runs from its first candle: then all episodes have one path, and a strategy
 * that remembers an earlier one shows.
 */
export function ownConfig(config: Config, episodes: number): Config {
  const { steps, ...rest } = contained(config);
  const isRandom = Object.values(config.markets).some(
    (market) => market.process === 'replay' && market.start === 'random',
  );
  const markets = Object.entries(config.markets).map(([symbol, market]) => [
    symbol,
    market.process === 'replay' ? { ...market, start: 'first' } : market,
  ]);
  const length = isRandom || steps === undefined ? {} : { steps };
  return { ...rest, ...length, episodes, markets: Object.fromEntries(markets) };
}

/** Why a config has no true order of returns to hold others against; undefined where it has. */
export function withoutHistory({ config, candles }: OwnMarkets): string | undefined {
  const other = Object.entries(config.markets).find(([, { process }]) => process !== 'replay');
  if (other !== undefined) return `${other[0]} is no replay`;
  const series = Object.values(candles);
  const shared = sharedTimes(series).size;
  return series.every(({ timeMs }) => timeMs.length === shared)
    ? undefined
    : 'the files have candles at different times';
}

/**
 * The config, costs and all, on the candles of its replays in random order, each once, the same order in all markets. Where the config uses
 * only the first candles of a file, a file of these is written to `dir`.
 */
export function permutedConfig(own: Config, dir: string): Config {
  const opened = openOwnMarkets(own);
  const { paths, candles } = opened;
  const symbols = Object.keys(own.markets);
  const rows = paths.steps + 1;
  const markets = symbols.map((symbol): [string, MarketConfig] => {
    const { file, ...market } = own.markets[symbol] as Extract<MarketConfig, { process: 'replay' }>;
    const { process: _, start: __, ...instrument } = market;
    const isWhole = candles[symbol]!.close.length === rows;
    const used = isWhole ? file : join(dir, fileName(symbol, own));
    if (!isWhole) {
      mkdirSync(dir, { recursive: true });
      writeFirst(used, candles[symbol]!, rows);
    }
    const isJoint = symbols.length > 1;
    return [
      symbol,
      { process: 'bootstrap', file: used, blocks: 'permuted', blockLength: 1, joint: isJoint, ...instrument },
    ];
  });
  return { ...own, ...gridOf(opened), markets: Object.fromEntries(markets) };
}

function writeFirst(file: string, { timeMs, open, high, low, close, volume }: CandleSeries, rows: number): void {
  const hasVolume = volume.length > 0;
  const lines = Array.from({ length: rows }, (_, i) =>
    [
      new Date(timeMs[i]!).toISOString(),
      ...[open, high, low, close, ...(hasVolume ? [volume] : [])].map((column) => column[i]),
    ].join(','),
  );
  writeFileSync(file, `time,open,high,low,close${hasVolume ? ',volume' : ''}\n${lines.join('\n')}\n`);
}
