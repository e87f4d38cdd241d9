import { durationMs } from '../config/duration.ts';
import type { Config } from '../config/schema.ts';
import { StepColumns } from '../events/steps.ts';
import { SimulatedExecution } from '../execution/simulated.ts';
import { alignCandles, marketStreamPath } from '../market/align.ts';
import { checkShockTimes } from '../market/correlation.ts';
import type { Account } from '../portfolio/account.ts';
import { Portfolio } from '../portfolio/portfolio.ts';
import { rootKey, SubstreamKeyer } from '../random/key.ts';
import { RandomStream } from '../random/stream.ts';
import { builtinStrategies } from '../strategy/index.ts';
import type { ComponentDefinition, Setup, Strategy, StrategyDefinition } from '../strategy/strategy.ts';
import { calmarRatio, sharpeRatio, sortinoRatio } from '../summary/ratios.ts';
import { recordFields } from '../summary/record.ts';
import { AgentPort, needEnvironment } from './agent.ts';
import { ComponentContext, EpisodeContext } from './context.ts';
import { checkDrawnParts, DrawnParts } from './drawn-parts.ts';
import { planDraws } from './draws.ts';
import { asEpisodeError } from './failure.ts';
import { MarketLane } from './lane.ts';
import { EventLoop } from './loop.ts';
import type { Cast, Chosen, LoopStatus, Recorder, SimulationParts, Tracer } from './parts.ts';
import {
  choose,
  componentPath,
  correlatedShocks,
  createMarket,
  createRewards,
  instrumentOf,
  needMirrors,
  needVolume,
  resolveGrid,
  volumeKey,
  withMostSteps,
} from './resolve.ts';
import { Scorer } from './scorer.ts';

/** A distinct random stream of the episode, keyed by its place in the config. */
interface Stream {
  readonly path: string;
  keyer: SubstreamKeyer;
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
  /** Steps of an episode that runs to its end, of the longest where they are drawn; Infinity for a live feed. */
  readonly steps: number;
  readonly loop: EventLoop;
  private readonly lane: MarketLane;
  private readonly columns: StepColumns;
  private readonly scorer: Scorer;
  private readonly strategy: Chosen<StrategyDefinition> | null;
  private readonly components: readonly Chosen<ComponentDefinition>[];
  private readonly drawn: DrawnParts | null;
  private readonly setup: Setup;
  private readonly marketStreams: readonly Stream[];
  private readonly strategyStream: Stream;
  private readonly componentStreams: readonly Stream[];
  private readonly featureStreams: readonly Stream[];
  /** What agents see and do; null where the config has no `environment`. */
  readonly agent: AgentPort | null;
  private readonly key: Int32Array = new Int32Array(4);
  /** What the current episode's strategy sees; takes the answers of an external decision. */
  context!: EpisodeContext;

  constructor(config: Config, given: SimulationParts = {}) {
    this.config = config;
    const parts = { ...given, candles: alignCandles(config.markets, given.candles ?? {}) };
    this.symbols = Object.keys(config.markets);
    const draws = planDraws(config, parts);
    const grid = resolveGrid(withMostSteps(config, draws), parts);
    this.intervalMs = grid.intervalMs;
    this.startMs = grid.startMs;
    this.stepsPerYear = grid.stepsPerYear;
    this.steps = grid.steps;
    this.setup = { symbols: this.symbols, intervalMs: grid.intervalMs, stepsPerYear: grid.stepsPerYear };
    const instruments = this.symbols.map((symbol) => instrumentOf(symbol, config));
    const shocks = correlatedShocks(config);
    const handlers =
      parts.handlers ?? this.symbols.map((symbol) => createMarket(symbol, config, grid, parts, shocks.get(symbol)));
    if (config.correlation !== undefined) checkShockTimes(config.correlation, this.symbols, handlers);
    const readsVolume = volumeKey(config.execution);
    if (readsVolume !== undefined) needVolume(this.symbols, handlers, readsVolume);
    if (config.antithetic) needMirrors(config, parts);
    const known = { ...builtinStrategies, ...parts.strategies };
    this.strategy = parts.external === true ? null : choose(config.strategy, ['strategy'], known);
    this.components = config.components.map((part, i) => choose(part, ['components', i], parts.components ?? {}));
    const { names, chosen: rewards, terms } = createRewards(config, this.symbols, parts);
    this.rewardNames = names;
    this.columns = new StepColumns(this.symbols.length);
    this.scorer = new Scorer(terms, this.symbols.length);
    const setup = { symbols: this.symbols, grid, shocks, parts, handlers };
    this.lane = new MarketLane(handlers, draws.length > 0 ? checkDrawnParts(draws, config, setup) : handlers);
    this.loop = new EventLoop({
      symbols: this.symbols,
      lane: this.lane,
      openBeforeMs: handlers.map(({ kind }) => (kind === 'candle' ? grid.intervalMs : 0)),
      portfolio: new Portfolio(config.portfolio, instruments),
      execution: parts.execution ?? new SimulatedExecution(config.execution, instruments),
      scorer: this.scorer,
      columns: this.columns,
      latencyMs: durationMs(config.execution.latency),
      heartbeatMs: config.heartbeat === undefined ? 0 : durationMs(config.heartbeat),
      ruinEquity: config.portfolio.ruin * config.portfolio.cash,
      eventsPerStep: config.limits.eventsPerStep,
    });
    const root = rootKey(config.seed);
    const { strategy, components, scorer } = this;
    const replaceable = { loop: this.loop.parts, scorer, rewards, strategy, components };
    this.drawn = draws.length > 0 ? new DrawnParts(draws, config, root, setup, replaceable) : null;
    this.fields = recordFields(this.symbols, names, this.drawn?.names);
    this.agent =
      config.environment === undefined
        ? null
        : new AgentPort(config, { ...this.setup, steps: grid.steps }, parts.features);
    const streamOf = (path: string): Stream => ({
      path,
      keyer: new SubstreamKeyer(root, path),
      random: new RandomStream([1, 2, 3, 4]),
    });
    this.marketStreams = this.symbols.map((symbol) => streamOf(marketStreamPath(symbol, config.markets[symbol]!)));
    this.strategyStream = streamOf('strategy');
    this.componentStreams = this.components.map(({ definition }, i) =>
      streamOf(componentPath(this.components, definition, i)),
    );
    const features = this.agent?.observer.streamNames ?? [];
    this.featureStreams = features.map((name) => streamOf(`environment/${name}`));
  }

  /** From the next `begin` on, episodes are those of another seed. The rest of the config stays. */
  reseed(seed: string): void {
    const root = rootKey(seed);
    this.drawn?.reseed(root);
    for (const streams of [[this.strategyStream], this.componentStreams, this.marketStreams, this.featureStreams]) {
      for (const stream of streams) stream.keyer = new SubstreamKeyer(root, stream.path);
    }
  }

  /** Starts an episode, 0 or higher. A recorder receives its steps and fills, a tracer every event. */
  begin(episode: number, observers: { recorder?: Recorder | null; tracer?: Tracer | null } = {}): void {
    const { loop, setup } = this;
    loop.abandon();
    const pair = this.pairOf(episode);
    this.drawn?.begin(pair);
    for (const stream of [this.strategyStream, ...this.componentStreams, ...this.featureStreams]) {
      this.start(stream, episode);
    }
    for (const stream of this.marketStreams) {
      this.start(stream, pair);
      stream.random.mirror(pair !== episode);
    }
    this.lane.begin(
      Math.min(this.steps, this.drawn?.steps ?? Number.POSITIVE_INFINITY),
      this.marketStreams.map(({ random }) => random),
    );
    loop.recorder = observers.recorder ?? null;
    loop.tracer = observers.tracer ?? null;
    const { agent } = this;
    agent?.begin(this.featureStreams.map(({ random }) => random));
    this.context = new EpisodeContext(loop, this.strategyStream.random, agent?.actions);
    const components = (this.drawn?.components ?? this.components).map(({ definition, parameters }, i) => ({
      name: definition.name,
      component: created(
        () => definition.create(parameters as never, setup),
        'COMPONENT_ERROR',
        `${definition.name}: `,
      ),
      context: new ComponentContext(loop, this.componentStreams[i]!.random),
    }));
    const chosen = this.drawn === null ? this.strategy : this.drawn.strategy;
    loop.begin(this.lane.startMs ?? this.startMs, {
      strategy: this.decider(chosen),
      strategyContext: this.context,
      isHalting: chosen === null && agent !== null,
      components,
    });
  }

  /** Who takes the decisions of the episode. */
  private decider(chosen: Chosen<StrategyDefinition> | null): Cast['strategy'] {
    const { agent, loop, setup } = this;
    if (chosen === null) return agent === null ? external(loop) : agent.external(loop);
    const strategy: Strategy = created(
      () => chosen.definition.create(chosen.parameters as never, setup),
      'STRATEGY_ERROR',
      '',
    );
    if (agent !== null && strategy.onObservation !== undefined) return agent.wrap(strategy, loop);
    needEnvironment(strategy);
    strategy.onMarket ??= () => {};
    return strategy as Cast['strategy'];
  }

  private start({ keyer, random }: Stream, episode: number): void {
    keyer.key(episode, this.key);
    random.reset(this.key);
  }

  /** The ledger of the current episode; reading it is fine, only fills may write. */
  get account(): Account {
    return this.loop.parts.portfolio.account;
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
    const { account } = this;
    const { statistics, path, exposure, termTotals, totalReward } = this.scorer;
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
    out[i++] = account.spread;
    out[i++] = account.impact;
    out[i++] = finalEquity;
    out[i++] = exposure.pnl(statistics.steps, path.firstPrice, account.price);
    out[i++] = statistics.highestReturn;
    out[i++] = statistics.lowestReturn;
    out[i++] = statistics.longestDrawdown;
    for (const price of account.price) out[i++] = price;
    for (let s = 0; s < this.symbols.length; s++) out[i++] = path.volatility(s, this.stepsPerYear);
    if (this.drawn !== null) out.set(this.drawn.recorded, i);
  }

  /**
   * Writes what is known of an episode without running it, in the order of `fields`: the values that were drawn for it. All else
   * stays as it is. To be used for an episode that failed.
   */
  recordDraws(episode: number, out: Float64Array, at: number): void {
    if (this.drawn === null) return;
    this.drawn.drawOnly(this.pairOf(episode));
    out.set(this.drawn.recorded, at + this.fields.length - this.drawn.names.length);
  }

  /** The values that were drawn for the current episode, by path, as its config has them. */
  get draws(): Readonly<Record<string, unknown>> {
    const { names = [], values = [] } = this.drawn ?? {};
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  }

  /** The episode that names the streams of its markets and draws: the first of its pair where episodes come in pairs. */
  private pairOf(episode: number): number {
    return this.config.antithetic ? episode - (episode % 2) : episode;
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
function external(loop: EventLoop): Cast['strategy'] {
  return { onMarket: () => loop.pause() };
}
