import { durationMs, formatDuration } from '../config/duration.ts';
import { ConfigError, type Issue } from '../config/errors.ts';
import type { Instrument } from '../config/instrument.ts';
import { type ParameterSpecs, parameterSchema } from '../config/parameters.ts';
import { parseWith } from '../config/parse.ts';
import type { Config, PartConfig } from '../config/schema.ts';
import { hintFor } from '../config/suggest.ts';
import { StepColumns } from '../events/steps.ts';
import type { ExecutionHandler } from '../execution/handler.ts';
import { SimulatedExecution } from '../execution/simulated.ts';
import { createHandler } from '../market/create.ts';
import type { CandleSeries, MarketDataHandler, TimeGrid } from '../market/handler.ts';
import type { Account } from '../portfolio/account.ts';
import { Portfolio } from '../portfolio/portfolio.ts';
import { rootKey, SubstreamKeyer } from '../random/key.ts';
import { RandomStream } from '../random/stream.ts';
import { builtinRewards } from '../reward/index.ts';
import type { RewardDefinition, RewardTerm } from '../reward/term.ts';
import { builtinStrategies } from '../strategy/index.ts';
import type { ComponentDefinition, Setup, Strategy, StrategyDefinition } from '../strategy/strategy.ts';
import { calmarRatio, sharpeRatio, sortinoRatio } from '../summary/ratios.ts';
import { recordFields } from '../summary/record.ts';
import { ComponentContext, EpisodeContext } from './context.ts';
import { asEpisodeError } from './failure.ts';
import { MarketLane } from './lane.ts';
import { EventLoop } from './loop.ts';
import type { Cast, LoopStatus, Recorder, Tracer } from './parts.ts';
import { Scorer } from './scorer.ts';

/** What a config only names: loaded files, and, outside ensembles, other market and execution handlers. */
export interface SimulationParts {
  /** Candles of `replay` and `bootstrap` markets, by symbol. */
  readonly candles?: Readonly<Record<string, CandleSeries>>;
  /** Definitions of `use: ./file`, by the text of `use`. */
  readonly strategies?: Readonly<Record<string, StrategyDefinition>>;
  readonly components?: Readonly<Record<string, ComponentDefinition>>;
  readonly rewards?: Readonly<Record<string, RewardDefinition>>;
  /** Replaces the config's markets: live feeds, one per symbol in config order. */
  readonly handlers?: readonly MarketDataHandler[];
  /** Replaces the simulated market: a paper account, an exchange. */
  readonly execution?: ExecutionHandler;
  /** Decisions come from outside: `advance` returns `decision` at each MARKET, and `context` takes the answer. */
  readonly external?: boolean;
}

interface Chosen<D> {
  readonly definition: D;
  readonly parameters: Record<string, unknown>;
}

/** A distinct random stream of the episode, keyed by its place in the config. */
interface Stream {
  readonly keyer: SubstreamKeyer;
  readonly random: RandomStream;
}

/**
 * A config brought to life on one thread. It is built once and runs any episode, any number of times, in any order: an
 * episode is a function of (config, seed, episode number).
 *
 *     const simulation = new Simulation(parseConfig(input));
 *     simulation.begin(17);
 *     while (simulation.advance() !== 'ended');
 *     simulation.record(out, 0);
 *
 * Construction throws ConfigError for whatever the schema alone cannot see.
 */
export class Simulation {
  readonly config: Config;
  readonly symbols: readonly string[];
  /** Names of the numbers that `record` writes. */
  readonly fields: readonly string[];
  readonly rewardNames: readonly string[];
  readonly intervalMs: number;
  readonly startMs: number;
  readonly stepsPerYear: number;
  /** Steps of an episode that runs to its end; Infinity for a live feed. */
  readonly steps: number;
  readonly loop: EventLoop;
  private readonly lane: MarketLane;
  private readonly portfolio: Portfolio;
  private readonly columns: StepColumns;
  private readonly scorer: Scorer;
  private readonly strategy: Chosen<StrategyDefinition> | null;
  private readonly components: readonly Chosen<ComponentDefinition>[];
  private readonly setup: Setup;
  private readonly marketStreams: readonly Stream[];
  private readonly strategyStream: Stream;
  private readonly componentStreams: readonly Stream[];
  private readonly key: Int32Array = new Int32Array(4);
  /** What the current episode's strategy sees; takes the answers of an external decision. */
  context!: EpisodeContext;

  constructor(config: Config, parts: SimulationParts = {}) {
    this.config = config;
    this.symbols = Object.keys(config.markets);
    const grid = resolveGrid(config, parts);
    this.intervalMs = grid.intervalMs;
    this.startMs = grid.startMs;
    this.stepsPerYear = grid.stepsPerYear;
    this.steps = grid.steps;
    this.setup = { symbols: this.symbols, intervalMs: grid.intervalMs, stepsPerYear: grid.stepsPerYear };
    const instruments = this.symbols.map((symbol) => instrumentOf(symbol, config));
    const handlers = parts.handlers ?? this.symbols.map((symbol) => createMarket(symbol, config, grid, parts));
    if (config.execution.participationRate !== undefined) needVolume(this.symbols, handlers);
    const known = { ...builtinStrategies, ...parts.strategies };
    this.strategy = parts.external === true ? null : choose(config.strategy, ['strategy'], known);
    this.components = config.components.map((part, i) => choose(part, ['components', i], parts.components ?? {}));
    const { names, terms } = createRewards(config, this.symbols, parts);
    this.rewardNames = names;
    this.fields = recordFields(this.symbols, names);
    this.columns = new StepColumns(this.symbols.length);
    this.scorer = new Scorer(terms);
    this.lane = new MarketLane(handlers);
    this.portfolio = new Portfolio(config.portfolio, instruments);
    this.loop = new EventLoop({
      symbols: this.symbols,
      lane: this.lane,
      openBeforeMs: handlers.map(({ kind }) => (kind === 'candle' ? grid.intervalMs : 0)),
      portfolio: this.portfolio,
      execution: parts.execution ?? new SimulatedExecution(config.execution, instruments),
      scorer: this.scorer,
      columns: this.columns,
      latencyMs: durationMs(config.execution.latency),
      heartbeatMs: config.heartbeat === undefined ? 0 : durationMs(config.heartbeat),
      ruinEquity: config.portfolio.ruin * config.portfolio.cash,
      eventsPerStep: config.limits.eventsPerStep,
    });
    const root = rootKey(config.seed);
    const streamOf = (path: string): Stream => ({
      keyer: new SubstreamKeyer(root, path),
      random: new RandomStream([1, 2, 3, 4]),
    });
    this.marketStreams = this.symbols.map((symbol) => streamOf(`market/${symbol}`));
    this.strategyStream = streamOf('strategy');
    this.componentStreams = this.components.map(({ definition }, i) =>
      streamOf(componentPath(this.components, definition, i)),
    );
  }

  /** Starts an episode, 0 or higher. A recorder receives its steps and fills, a tracer every event. */
  begin(episode: number, observers: { recorder?: Recorder | null; tracer?: Tracer | null } = {}): void {
    const { loop, setup } = this;
    loop.abandon();
    for (const stream of [...this.marketStreams, this.strategyStream, ...this.componentStreams]) {
      stream.keyer.key(episode, this.key);
      stream.random.reset(this.key);
    }
    this.lane.begin(
      this.steps,
      this.marketStreams.map(({ random }) => random),
    );
    loop.recorder = observers.recorder ?? null;
    loop.tracer = observers.tracer ?? null;
    this.context = new EpisodeContext(loop, this.strategyStream.random);
    const components = this.components.map(({ definition, parameters }, i) => ({
      name: definition.name,
      component: created(
        () => definition.create(parameters as never, setup),
        'COMPONENT_ERROR',
        `${definition.name}: `,
      ),
      context: new ComponentContext(loop, this.componentStreams[i]!.random),
    }));
    const chosen = this.strategy;
    const strategy =
      chosen === null
        ? external(loop)
        : created(() => chosen.definition.create(chosen.parameters as never, setup), 'STRATEGY_ERROR', '');
    strategy.onMarket ??= () => {};
    loop.begin(this.startMs, { strategy: strategy as Cast['strategy'], strategyContext: this.context, components });
  }

  /** The ledger of the current episode; reading it is fine, only fills may write. */
  get account(): Account {
    return this.portfolio.account;
  }

  /** The latest block of steps. */
  get stepColumns(): StepColumns {
    return this.columns;
  }

  /** Runs on, see EventLoop.advance. */
  advance(budget?: number): LoopStatus {
    return this.loop.advance(budget);
  }

  /** Writes the figures of the ended episode, in the order of `fields`; an undefined figure is NaN. */
  record(out: Float64Array, at: number): void {
    const { account } = this.portfolio;
    const { statistics, termTotals, totalReward } = this.scorer;
    const finalEquity = account.equity;
    const growth = finalEquity / account.initialCash;
    let i = at;
    out[i++] = statistics.steps;
    out[i++] = growth - 1;
    out[i++] = totalReward;
    for (const total of termTotals) out[i++] = total;
    out[i++] = statistics.maxDrawdown;
    out[i++] = sharpeRatio(statistics, this.stepsPerYear);
    out[i++] = sortinoRatio(statistics, this.stepsPerYear);
    out[i++] = calmarRatio(growth, statistics.maxDrawdown, statistics.steps, this.stepsPerYear);
    out[i++] = account.tradedValue / statistics.meanEquity;
    out[i++] = statistics.exposure;
    out[i++] = this.loop.stages.ordersSent;
    out[i++] = account.fills;
    out[i++] = this.loop.stages.rejects;
    out[i++] = account.commission;
    out[i++] = account.slippage;
    out[i++] = finalEquity;
    for (const price of account.price) out[i++] = price;
  }
}

/** Calls a user's factory; what it throws is a failure of the episode. */
function created<T>(create: () => T, code: string, who: string): T {
  try {
    return create();
  } catch (error) {
    throw asEpisodeError(error, code, who);
  }
}

/** Hands every MARKET to the caller of `advance`. */
function external(loop: EventLoop): Strategy {
  return { onMarket: () => loop.pause() };
}

function instrumentOf(symbol: string, config: Config): Instrument {
  const { lotSize, tickSize } = config.markets[symbol]!;
  return { symbol, lotSize: lotSize ?? 0, tickSize: tickSize ?? 0 };
}

function createMarket(symbol: string, config: Config, grid: TimeGrid, parts: SimulationParts): MarketDataHandler {
  try {
    return createHandler(config.markets[symbol]!, grid, parts.candles?.[symbol]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.issues.map((issue) => ({ ...issue, path: ['markets', symbol, ...issue.path] })));
  }
}

/** Interval, start and number of steps, from the config or from the candles that are replayed. */
function resolveGrid(config: Config, parts: SimulationParts): TimeGrid {
  const issues: Issue[] = [];
  const candles = parts.candles ?? {};
  const intervals = new Set(Object.values(candles).map(({ intervalMs }) => intervalMs));
  const given = config.interval === undefined ? undefined : durationMs(config.interval);
  const intervalMs = given ?? (intervals.size === 0 ? durationMs('1h') : [...intervals][0]!);
  for (const [symbol, series] of Object.entries(candles)) {
    if (series.intervalMs === intervalMs) continue;
    issues.push({
      path: given === undefined ? ['markets', symbol, 'file'] : ['interval'],
      rule: `must be the interval of all candles, those of ${symbol} have ${formatDuration(series.intervalMs)}`,
      received: formatDuration(intervalMs),
    });
  }
  const markets = Object.entries(config.markets);
  const replays = markets.filter(([, market]) => market.process === 'replay').map(([symbol]) => candles[symbol]);
  const isReplayOnly = replays.length === markets.length && parts.handlers === undefined;
  if (config.steps === undefined && !isReplayOnly && parts.handlers === undefined) {
    issues.push({ path: ['steps'], rule: 'is required where a market is simulated', hint: 'for example steps: 1000' });
  }
  if (issues.length > 0) throw new ConfigError(issues);
  const firstMs = Math.min(...replays.map((series) => (series?.timeMs[0] ?? Number.NaN) + intervalMs));
  return {
    startMs: replays.length > 0 && Number.isFinite(firstMs) ? firstMs : Date.parse(config.start),
    intervalMs,
    steps: Math.min(
      config.steps ?? Number.POSITIVE_INFINITY,
      isReplayOnly ? replayedSteps(replays) : Number.POSITIVE_INFINITY,
    ),
    stepsPerYear: (config.calendar.daysPerYear * 86_400_000) / intervalMs,
  };
}

/** Steps of candles that are replayed side by side: their distinct times, less the first. */
function replayedSteps(replays: readonly (CandleSeries | undefined)[]): number {
  if (replays.length === 1) return (replays[0]?.timeMs.length ?? 1) - 1;
  const times = new Set<number>();
  for (const series of replays) for (const timeMs of series?.timeMs ?? []) times.add(timeMs);
  return times.size - 1;
}

function needVolume(symbols: readonly string[], handlers: readonly MarketDataHandler[]): void {
  const without = symbols.filter((_, i) => !handlers[i]!.hasVolume);
  if (without.length === 0) return;
  throw new ConfigError([
    {
      path: ['execution', 'participationRate'],
      rule: 'needs markets with volume',
      received: without.join(', '),
      hint: 'replay or bootstrap candles with a volume column, or leave it out',
    },
  ]);
}

/** Finds the definition that a part's `use` names and checks its parameters. */
function choose<D extends { parameters: ParameterSpecs; check?: (parameters: never) => string | undefined }>(
  part: PartConfig,
  path: readonly (string | number)[],
  known: Readonly<Record<string, D>>,
): Chosen<D> {
  const definition = Object.hasOwn(known, part.use) ? known[part.use] : undefined;
  if (definition === undefined) {
    const rule = 'must name a built-in or a file that starts with ./';
    throw new ConfigError([
      { path: [...path, 'use'], rule, received: part.use, hint: hintFor(part.use, Object.keys(known)) },
    ]);
  }
  const { use: _, ...parameters } = parseWith(parameterSchema(definition.parameters), part, path);
  const wrong = definition.check?.(parameters as never);
  if (wrong !== undefined) throw new ConfigError([{ path, rule: wrong, received: parameters }]);
  return { definition, parameters };
}

function createRewards(
  config: Config,
  symbols: readonly string[],
  parts: SimulationParts,
): { names: string[]; terms: RewardTerm[] } {
  const known = { ...builtinRewards, ...parts.rewards };
  const names: string[] = [];
  const setup = { symbols, initialCash: config.portfolio.cash };
  const terms = config.rewards.map(({ name, ...part }, i) => {
    const { definition, parameters } = choose<RewardDefinition>(part as PartConfig, ['rewards', i], known);
    const wrong = definition.fits?.(parameters as never, setup);
    if (wrong !== undefined) throw new ConfigError([{ path: ['rewards', i], rule: wrong, received: part }]);
    const column = name === undefined ? definition.name : String(name);
    if (!/^[A-Za-z][\w-]{0,63}$/.test(column)) {
      const rule = 'must be a letter and then letters, digits, _ or -';
      throw new ConfigError([{ path: ['rewards', i, 'name'], rule, received: name }]);
    }
    if (names.includes(column)) {
      const rule = 'must be unique, two rewards share a name';
      throw new ConfigError([
        { path: ['rewards', i, 'use'], rule, received: column, hint: 'give one a name: of its own' },
      ]);
    }
    names.push(column);
    return definition.create(parameters as never, setup);
  });
  return { names, terms };
}

/** `component/<name>`, numbered where a name repeats: it does not depend on the place in the list. */
function componentPath(
  components: readonly Chosen<ComponentDefinition>[],
  definition: ComponentDefinition,
  at: number,
): string {
  const before = components.slice(0, at).filter((other) => other.definition.name === definition.name).length;
  return before === 0 ? `component/${definition.name}` : `component/${definition.name}/${before}`;
}
