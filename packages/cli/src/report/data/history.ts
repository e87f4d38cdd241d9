import { isOneHistory } from '@ergodic/analysis';
import { type Config, type MarketConfig, parsePath } from '@ergodic/core';

/**
 * What the episodes of a run are drawn from. `one`: the same candles in every episode. `windows`: parts of a history that overlap. `resampled`:
 * blocks of a history. `model`: a process, in at least one market.
 */
export type Origin = 'one' | 'windows' | 'resampled' | 'model';

/** From the least bound to a history to the most. */
const ORIGINS: readonly Origin[] = ['model', 'resampled', 'windows'];

export function originOf(config: Pick<Config, 'markets' | 'randomize'>): Origin {
  if (isOneHistory(config)) return 'one';
  const { markets, randomize } = config;
  const drawn = new Set(Object.keys(randomize).map((text) => wholeMarketOf(text)));
  const origins = Object.entries(markets).map(([symbol, market]) =>
    drawn.has(symbol) ? 'model' : originOfMarket(market),
  );
  return ORIGINS.find((origin) => origins.includes(origin)) ?? 'model';
}

/** The symbol, where a draw replaces its market. */
function wholeMarketOf(text: string): string | undefined {
  const path = parsePath(text) ?? [];
  return path.length === 2 && path[0] === 'markets' ? String(path[1]) : undefined;
}

function originOfMarket({ process }: MarketConfig): Origin {
  if (process === 'replay') return 'windows';
  return process === 'bootstrap' ? 'resampled' : 'model';
}
