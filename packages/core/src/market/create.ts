import { formatDuration } from '../config/duration.ts';
import { ConfigError } from '../config/errors.ts';
import type { Dynamics, MarketConfig, SimulatedMarketConfig } from '../config/markets.ts';
import { BootstrapHandler } from './bootstrap.ts';
import type { CandleSeries, MarketDataHandler, TimeGrid } from './handler.ts';
import { ProcessHandler } from './process-handler.ts';
import { AbmProcess } from './processes/abm.ts';
import { GbmProcess } from './processes/gbm.ts';
import { OuProcess } from './processes/ou.ts';
import type { NormalSource, PriceProcess } from './processes/process.ts';
import { ReplayHandler } from './replay.ts';

/** What a market needs beside its config. */
export interface MarketInputs {
  /** Those of `config.file`; the simulated processes need none. */
  readonly candles?: CandleSeries | undefined;
  /** Correlated with those of other symbols; without it the shocks are the symbol's own. */
  readonly shocks?: NormalSource | undefined;
}

/**
 * The handler of a market's config.
 *
 * A replay keeps its candles' own times and takes from the grid only the number of steps. Throws ConfigError, its paths
 * relative to the market's config: where candles are missing or unfit for a bootstrap, or one would be done at another
 * interval than the grid's.
 */
export function createHandler(config: MarketConfig, grid: TimeGrid, inputs: MarketInputs = {}): MarketDataHandler {
  switch (config.process) {
    case 'replay':
      return new ReplayHandler(needCandles(config, inputs.candles), grid.steps + 1);
    case 'bootstrap':
      return new BootstrapHandler(config, grid, needInterval(grid, needCandles(config, inputs.candles)));
    default:
      return new ProcessHandler(createProcess(config, config.price, grid), config.price, grid, inputs.shocks);
  }
}

/** The process of a simulated market or of a regime: the place to register one. */
export function createProcess(config: SimulatedMarketConfig | Dynamics, price: number, grid: TimeGrid): PriceProcess {
  switch (config.process) {
    case 'gbm':
      return new GbmProcess(config, price, grid);
    case 'abm':
      return new AbmProcess(config, price, grid);
    case 'ou':
      return new OuProcess(config, price, grid);
    default:
      throw new ConfigError([{ path: ['process'], rule: 'is not there yet', received: config.process }]);
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
