import { durationMs } from '../config/duration.ts';
import type { Config } from '../config/schema.ts';
import { StepColumns } from '../events/steps.ts';
import { SimulatedExecution } from '../execution/simulated.ts';
import type { Account } from '../portfolio/account.ts';
import { Portfolio } from '../portfolio/portfolio.ts';
import { rootKey, SubstreamKeyer } from '../random/key.ts';
import { RandomStream } from '../random/stream.ts';
import { builtinStrategies } from '../strategy/index.ts';
import type { ComponentDefinition, Setup, Strategy, StrategyDefinition } from '../strategy/strategy.ts';
import { calmarRatio, sharpeRatio, sortinoRatio } from '../summary/ratios.ts';
import { recordFields } from '../summary/record.ts';
import { ComponentContext, EpisodeContext } from './context.ts';
import { asEpisodeError } from './failure.ts';
import { MarketLane } from './lane.ts';
import { EventLoop } from './loop.ts';
import type { Cast, Chosen, LoopStatus, Recorder, SimulationParts, Tracer } from './parts.ts';
import {
  choose,
  componentPath,
  createMarket,
  createRewards,
  instrumentOf,
  needVolume,
  resolveGrid,
} from './resolve.ts';
import { Scorer } from './scorer.ts';

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
