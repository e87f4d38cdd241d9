import { parsePath } from '../config/path.ts';
import type { Config } from '../config/schema.ts';
import type { MarketColumns } from '../market/handler.ts';
import type { MarketEvent, StrategyDefinition } from '../strategy/strategy.ts';
import type { SimulationParts, Tracer } from './parts.ts';
import { Simulation } from './simulation.ts';

/** The rows of one symbol in one episode, in time order; all columns have one length. */
export interface MarketPath extends MarketColumns {
  readonly symbol: string;
  /** Number of each row's step; the initial price has 0. */
  readonly step: Float64Array;
  /** Base units; NaN where the market has no volume. */
  readonly volume: Float64Array;
}

const FIRST_ROWS = 1_024;
const COLUMNS = ['step', 'timeMs', 'open', 'high', 'low', 'close', 'volume'] as const;
/** What an episode draws anew and a market's path depends on. */
const DRAWN_ROOTS = ['markets', 'steps'];

const NO_TRADING: StrategyDefinition = { name: 'no-trading', parameters: {}, create: () => ({}) };

/**
 * The market paths of a config without its trading: bit for bit those that the episodes of a run with this config see,
 * episode by episode, draws included.
 */
export class MarketPaths {
  readonly symbols: readonly string[];
  readonly intervalMs: number;
  readonly startMs: number;
  readonly stepsPerYear: number;
  /** Steps of an episode, the initial price not counted; where `randomize` draws them, the most that it draws. */
  readonly steps: number;
  private readonly config: Config;
  private readonly simulation: Simulation;

  /** Strategy, components, rewards and execution of the config are not looked at. Throws ConfigError. */
  constructor(config: Config, parts: Pick<SimulationParts, 'candles'> = {}) {
    this.config = config;
    this.simulation = new Simulation(withoutTrading(config), {
      ...parts,
      strategies: { [NO_TRADING.name]: NO_TRADING },
    });
    const { symbols, intervalMs, startMs, stepsPerYear, steps } = this.simulation;
    this.symbols = symbols;
    this.intervalMs = intervalMs;
    this.startMs = startMs;
    this.stepsPerYear = stepsPerYear;
    this.steps = steps;
  }

  /** Whether a symbol's market gives candles, in any episode; else each row is one price. */
  hasCandles(symbol: string): boolean {
    const market = this.config.markets[symbol]!;
    const drawn = Object.entries(this.config.randomize).flatMap(([text, distribution]) => {
      const path = parsePath(text);
      if (path?.[0] !== 'markets' || path[1] !== symbol || !('choice' in distribution)) return [];
      return path.length === 2 ? distribution.choice : [{ [path[2]!]: true }];
    });
    return 'file' in market || [market, ...drawn].some(givesCandles);
  }

  /**
   * The paths of an episode, 0 or higher, in the order of `symbols`.
   *
   * @throws EpisodeError where a price is not finite: the episode of a run would end there as failed
   */
  path(episode: number): MarketPath[] {
    const sources = this.symbols.map((symbol) => new Rows(symbol, this.hasCandles(symbol)));
    const tracer: Tracer = {
      event: () => {},
      market: (market) => sources[market.symbolIndex]!.add(market),
      step: () => {},
    };
    this.simulation.begin(episode, { tracer });
    while (this.simulation.advance() !== 'ended');
    return sources.map((source) => source.path());
  }
}

function givesCandles(market: unknown): boolean {
  return typeof market === 'object' && market !== null && (market as { candles?: unknown }).candles !== undefined;
}

function withoutTrading(config: Config): Config {
  const { heartbeat: _, ...rest } = config;
  const { participationRate: __, ...fills } = config.execution;
  const execution = { ...fills, impact: { coefficient: 0 } };
  const drawn = Object.entries(config.randomize).filter(([path]) => {
    const root = parsePath(path)?.[0];
    // A path that is none stays, for the error that names it.
    return root === undefined || DRAWN_ROOTS.includes(String(root));
  });
  return {
    ...rest,
    strategy: { use: NO_TRADING.name },
    components: [],
    rewards: [],
    execution: { ...execution, latency: '0ms' },
    randomize: Object.fromEntries(drawn),
  };
}

/** Rows of one symbol while they come. */
class Rows {
  private readonly symbol: string;
  private readonly isCandle: boolean;
  private columns: Float64Array[] = COLUMNS.map(() => new Float64Array(FIRST_ROWS));
  private length = 0;

  constructor(symbol: string, isCandle: boolean) {
    this.symbol = symbol;
    this.isCandle = isCandle;
  }

  add(market: MarketEvent): void {
    if (this.length === this.columns[0]!.length) this.columns = this.columns.map(doubled);
    const row = this.length++;
    const [step, timeMs, open, high, low, close, volume] = this.columns as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    step[row] = market.step;
    timeMs[row] = market.timeMs;
    close[row] = market.close;
    volume[row] = market.volume;
    if (!this.isCandle) return;
    open[row] = market.open;
    high[row] = market.high;
    low[row] = market.low;
  }

  path(): MarketPath {
    const [step, timeMs, open, high, low, close, volume] = this.columns.map((column) => column.slice(0, this.length));
    const prices = this.isCandle ? { open, high, low, close } : { open: close, high: close, low: close, close };
    return { symbol: this.symbol, step, timeMs, ...prices, volume } as MarketPath;
  }
}

function doubled(column: Float64Array): Float64Array {
  const larger = new Float64Array(2 * column.length);
  larger.set(column);
  return larger;
}
