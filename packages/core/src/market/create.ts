import { formatDuration } from '../config/duration.ts';
import { ConfigError } from '../config/errors.ts';
import type { MarketConfig } from '../config/schema.ts';
import { AbmHandler } from './abm.ts';
import { BootstrapHandler } from './bootstrap.ts';
import { GbmHandler } from './gbm.ts';
import type { CandleSeries, MarketDataHandler, TimeGrid } from './handler.ts';
import { OuHandler } from './ou.ts';
import { ReplayHandler } from './replay.ts';

/**
 * The handler of a market's config: the place to register a process.
 *
 * `candles` are those of `config.file`; the simulated processes need none. A replay keeps its candles' own times and
 * takes from the grid only the number of steps. Throws ConfigError, its paths relative to the market's config: where
 * candles are missing or unfit for a bootstrap, or one would be done at another interval than the grid's.
 */
export function createHandler(config: MarketConfig, grid: TimeGrid, candles?: CandleSeries): MarketDataHandler {
  switch (config.process) {
    case 'gbm':
      return new GbmHandler(config, grid);
    case 'abm':
      return new AbmHandler(config, grid);
    case 'ou':
      return new OuHandler(config, grid);
    case 'replay':
      return new ReplayHandler(needCandles(config, candles), grid.steps + 1);
    case 'bootstrap':
      return new BootstrapHandler(config, grid, needInterval(grid, needCandles(config, candles)));
  }
}

function needCandles(config: { process: string; file: string }, candles: CandleSeries | undefined): CandleSeries {
  if (candles !== undefined && candles.close.length > 0) return candles;
  throw new ConfigError([
    { path: ['file'], rule: `${config.process} needs the candles of its file`, received: config.file },
  ]);
}

/** A return of one interval must not pass for a return of another. */
function needInterval(grid: TimeGrid, candles: CandleSeries): CandleSeries {
  if (candles.intervalMs === grid.intervalMs) return candles;
  const own = formatDuration(candles.intervalMs);
  throw new ConfigError([
    {
      path: ['file'],
      rule: `a bootstrap needs candles of the run's interval ${formatDuration(grid.intervalMs)}`,
      received: own,
      hint: `set interval: ${own}`,
    },
  ]);
}
