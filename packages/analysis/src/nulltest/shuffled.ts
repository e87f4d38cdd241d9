import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, MarketConfig } from '@ergodic/core';
import { frictionless } from './frictionless.ts';
import { gridOf, type OwnMarkets, priceOf } from './own-markets.ts';
import { shuffledRows, tableRows, writeTable } from './return-table.ts';
import type { RowGroup } from './rows.ts';

/** A config on returns without order. */
export interface Shuffled {
  readonly config: Config;
  /** How many returns of each market it draws from. */
  readonly returns: Readonly<Record<string, number>>;
}

/** The first market whose returns cannot be drawn: its price is not always positive. */
export function unshuffled(groups: readonly RowGroup[]): string | undefined {
  return groups.flat().find(({ returns }) => returns.some(Number.isNaN))?.symbol;
}

/**
 * The config on its markets' own returns in random order, drawn with replacement, their mean taken out: a martingale without serial dependence.
 * Returns of one row stay together in all markets of a group. Candles open at the close before them, and have rebuilt highs and lows
 * (`rebuildExtremes`); instead of quotes there are flat candles, at which orders fill at the next price. Writes the candles to `dir`.
 */
export function shuffledConfig(own: OwnMarkets, groups: readonly RowGroup[], dir: string): Shuffled {
  const { config, paths } = own;
  const rows = tableRows(groups, paths.intervalMs);
  const isJoint = groups.flat().length > 1;
  const markets: Record<string, MarketConfig> = {};
  mkdirSync(dir, { recursive: true });
  for (const [g, group] of groups.entries()) {
    // Groups have nothing to do with one another: each has an order of its own, in one table.
    const order = shuffledRows(rows, group[0]!.returns.length, `${config.seed}/${g}`.slice(-128));
    for (const market of group) {
      const { symbol } = market;
      const file = join(dir, fileName(symbol, config));
      const { startMs, intervalMs } = paths;
      const hasRange = paths.hasCandles(symbol);
      writeTable(file, market, { price: priceOf(symbol, own), startMs, intervalMs, order, hasRange });
      const { lotSize } = config.markets[symbol]!;
      const lots = lotSize === undefined ? {} : { lotSize };
      markets[symbol] = { process: 'bootstrap', file, blocks: 'stationary', blockLength: 1, joint: isJoint, ...lots };
    }
  }
  const { correlation: _, ...rest } = frictionless(config);
  const inOrder = Object.keys(config.markets).map((symbol) => [symbol, markets[symbol]!]);
  return {
    config: { ...rest, ...gridOf(own), markets: Object.fromEntries(inOrder) },
    returns: Object.fromEntries(groups.flat().map(({ symbol, returns }) => [symbol, returns.length])),
  };
}

/** A name that no other market has, whatever their names have in common. */
export function fileName(symbol: string, { markets }: Config): string {
  const number = Object.keys(markets).indexOf(symbol) + 1;
  return `${number}-${symbol.replaceAll(/[^\w.]+/g, '-')}.csv`;
}
