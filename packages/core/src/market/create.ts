import { formatDuration } from '../config/duration.ts';
import { ConfigError } from '../config/errors.ts';
import type { CandlesConfig, Dynamics, MarketConfig, SimulatedMarketConfig } from '../config/markets.ts';
import { BootstrapHandler } from './bootstrap.ts';
import { CandleMaker, substepsOf } from './candle-maker.ts';
import type { CandleSeries, MarketDataHandler, TimeGrid } from './handler.ts';
import { ProcessHandler } from './process-handler.ts';
import { AbmProcess } from './processes/abm.ts';
import { BatesProcess } from './processes/bates.ts';
import { CevProcess } from './processes/cev.ts';
import { CirProcess } from './processes/cir.ts';
import { ExpOuProcess } from './processes/exp-ou.ts';
import { FbmProcess } from './processes/fbm.ts';
import { GarchProcess } from './processes/garch.ts';
import { GbmProcess } from './processes/gbm.ts';
import { HawkesJumpsProcess } from './processes/hawkes-jumps.ts';
import { HestonProcess } from './processes/heston.ts';
import { KouProcess } from './processes/kou.ts';
import { MertonProcess } from './processes/merton.ts';
import { OuProcess } from './processes/ou.ts';
import type { CorrelatedNormals, PriceProcess } from './processes/process.ts';
import { RegimeSwitchingProcess } from './processes/regime-switching.ts';
import { RoughVolatilityProcess } from './processes/rough-volatility.ts';
import { VarianceGammaProcess } from './processes/variance-gamma.ts';
import { ReplayHandler } from './replay.ts';

/** What a market needs beside its config. */
export interface MarketInputs {
  /** Those of `config.file`; the simulated processes need none. */
  readonly candles?: CandleSeries | undefined;
  /** Correlated with those of other symbols; without it the shocks are the symbol's own. */
  readonly shocks?: CorrelatedNormals | undefined;
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
      return new ReplayHandler(needCandles(config, inputs.candles), grid.steps + 1, config.start);
    case 'bootstrap':
      return new BootstrapHandler(config, grid, needInterval(grid, needCandles(config, inputs.candles)));
    default:
      return simulated(config, grid, inputs.shocks);
  }
}

function simulated(
  config: SimulatedMarketConfig,
  grid: TimeGrid,
  shocks: CorrelatedNormals | undefined,
): MarketDataHandler {
  const { price, candles } = config;
  const process = createProcess(config, price, grid);
  if (candles === undefined) return new ProcessHandler(process, price, grid, shocks);
  const substeps = substepsOf(candles, process);
  if (substeps > 1 && isStepwise(config)) throw stepwiseError(config, candles);
  const finer = substeps === 1 ? process : createProcess(config, price, finerGrid(grid, substeps));
  return new CandleMaker(
    finer,
    price,
    grid,
    { substeps, volume: candles === true ? undefined : candles.volume },
    shocks,
  );
}

/** Whether a process, or that of a regime, is defined from step to step and not in continuous time. */
function isStepwise(config: SimulatedMarketConfig | Dynamics): boolean {
  if (config.process === 'regime-switching') return Object.values(config.regimes).some(isStepwise);
  return config.process === 'garch' || config.process === 'gjr-garch';
}

function stepwiseError(config: SimulatedMarketConfig, candles: CandlesConfig): ConfigError {
  if (candles !== true && candles.substeps !== undefined) {
    const rule = `must be 1 for ${config.process}, whose parameters belong to one length of step`;
    return new ConfigError([{ path: ['candles', 'substeps'], rule, received: candles.substeps }]);
  }
  const rule = 'cannot be made where one regime needs sub-steps and another is a GARCH, which has none';
  return new ConfigError([{ path: ['candles'], rule, hint: 'leave candles out, or set candles.substeps: 1' }]);
}

function finerGrid(grid: TimeGrid, parts: number): TimeGrid {
  const { startMs, intervalMs, steps, stepsPerYear } = grid;
  return { startMs, intervalMs: intervalMs / parts, steps: steps * parts, stepsPerYear: stepsPerYear * parts };
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
    case 'exp-ou':
      return new ExpOuProcess(config, price, grid);
    case 'cir':
      return new CirProcess(config, price, grid);
    case 'cev':
      return new CevProcess(config, price, grid);
    case 'merton':
      return new MertonProcess(config, price, grid);
    case 'kou':
      return new KouProcess(config, price, grid);
    case 'variance-gamma':
      return new VarianceGammaProcess(config, price, grid);
    case 'hawkes-jumps':
      return new HawkesJumpsProcess(config, price, grid);
    case 'fbm':
      return new FbmProcess(config, price, grid);
    case 'rough-volatility':
      return new RoughVolatilityProcess(config, price, grid);
    case 'heston':
      return new HestonProcess(config, price, grid);
    case 'bates':
      return new BatesProcess(config, price, grid);
    case 'garch':
    case 'gjr-garch':
      return new GarchProcess(config, price, grid);
    case 'regime-switching':
      return new RegimeSwitchingProcess(config, price, grid, createProcess);
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
