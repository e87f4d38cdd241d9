import { durationMs } from '../config/duration.ts';
import { ConfigError, EpisodeError, preview } from '../config/errors.ts';
import { type ConfigPath, startsWith } from '../config/path.ts';
import type { Config, PartConfig } from '../config/schema.ts';
import { SimulatedExecution } from '../execution/simulated.ts';
import { checkCorrelation, checkShockTimes } from '../market/correlation.ts';
import type { MarketDataHandler, TimeGrid } from '../market/handler.ts';
import type { CorrelatedNormals } from '../market/processes/process.ts';
import { Portfolio } from '../portfolio/portfolio.ts';
import type { RootKey } from '../random/key.ts';
import type { RewardDefinition } from '../reward/term.ts';
import { builtinStrategies } from '../strategy/index.ts';
import type { ComponentDefinition, StrategyDefinition } from '../strategy/strategy.ts';
import { checkDraws } from './check-draws.ts';
import type { Draw } from './draws.ts';
import type { MarketShape } from './lane.ts';
import type { Chosen, LoopParts, SimulationParts } from './parts.ts';
import { Randomizer } from './randomizer.ts';
import {
  checked,
  choose,
  createMarket,
  createRewards,
  instrumentOf,
  needVolume,
  type VolumeKey,
  volumeKey,
} from './resolve.ts';
import type { Scorer } from './scorer.ts';

/** What every market of an ensemble is made with. */
export interface MarketSetup {
  readonly symbols: readonly string[];
  readonly grid: TimeGrid;
  readonly shocks: ReadonlyMap<string, CorrelatedNormals>;
  readonly parts: SimulationParts;
  /** Those of the config itself. */
  readonly handlers: readonly MarketDataHandler[];
}

/** The parts of a simulation that are built anew from draws, or hold such parts. */
export interface Replaceable {
  readonly loop: LoopParts;
  readonly scorer: Scorer;
  readonly rewards: readonly Chosen<RewardDefinition>[];
  readonly strategy: Chosen<StrategyDefinition> | null;
  readonly components: readonly Chosen<ComponentDefinition>[];
}

/**
 * Tries every end of the draws. Returns what each market may come to be: the buffers of an episode serve all of it. Throws
 * ConfigError.
 */
export function checkDrawnParts(draws: readonly Draw[], config: Config, setup: MarketSetup): MarketShape[] {
  const { symbols, parts, handlers } = setup;
  const shapes = handlers.map(({ kind, hasVolume }) => ({ kind, hasVolume }));
  const isDrawn = (key: VolumeKey): boolean =>
    draws.some(({ targets }) => targets.some(([root, name]) => root === 'execution' && name === key));
  const readsVolume = volumeKey(config.execution) ?? (['participationRate', 'impact'] as const).find(isDrawn);
  if (readsVolume !== undefined) needVolume(symbols, handlers, readsVolume);
  checkDraws(draws, config, (edited, section) => {
    switch (section[0]) {
      case 'markets': {
        const i = symbols.indexOf(String(section[1]));
        const handler = createMarket(symbols[i]!, edited, setup.grid, parts, setup.shocks.get(symbols[i]!));
        const { correlation } = edited;
        if (correlation !== undefined) {
          checkCorrelation(correlation, edited.markets);
          checkShockTimes(correlation, symbols, handlers.with(i, handler));
        }
        if (readsVolume !== undefined) needVolume([symbols[i]!], [handler], readsVolume);
        if (handler.kind === 'candle') shapes[i]!.kind = 'candle';
        if (handler.hasVolume) shapes[i]!.hasVolume = true;
        return;
      }
      case 'strategy':
        if (parts.external === true) return;
        choose(edited.strategy, section, { ...builtinStrategies, ...parts.strategies });
        return;
      case 'components':
        choose(edited.components[Number(section[1])]!, section, parts.components ?? {});
        return;
      case 'rewards':
      case 'portfolio':
        createRewards(edited, symbols, parts);
    }
  });
  return shapes;
}

/** Draws the values of each episode, and builds anew what they touch and nothing else. */
export class DrawnParts {
  /** The chosen parts with the episode's parameters. */
  strategy: Chosen<StrategyDefinition> | null;
  readonly components: Chosen<ComponentDefinition>[];
  private readonly randomizer: Randomizer;
  private readonly setup: MarketSetup;
  private readonly base: Replaceable;
  private readonly sections: readonly ConfigPath[];
  private readonly keys: ReadonlyMap<string, readonly string[]>;
  private readonly hasInstruments: boolean;
  private readonly hasCash: boolean;

  constructor(draws: readonly Draw[], config: Config, root: RootKey, setup: MarketSetup, base: Replaceable) {
    this.randomizer = new Randomizer(config, draws, root);
    this.setup = setup;
    this.base = base;
    this.strategy = base.strategy;
    this.components = [...base.components];
    this.sections = draws.flatMap(({ section }, i) =>
      draws.slice(0, i).some((other) => nameOf(other.section) === nameOf(section)) ? [] : [section],
    );
    const targets = draws.flatMap((draw) => draw.targets);
    this.keys = new Map(
      this.sections.map((section) => [
        nameOf(section),
        targets.filter((path) => startsWith(path, section)).map((path) => String(path[section.length])),
      ]),
    );
    const touches = (path: ConfigPath): boolean =>
      targets.some((target) => startsWith(target, path) || startsWith(path, target));
    this.hasCash = touches(['portfolio', 'cash']);
    this.hasInstruments = setup.symbols.some(
      (symbol) => touches(['markets', symbol, 'lotSize']) || touches(['markets', symbol, 'tickSize']),
    );
  }

  /** Draws are those of another seed from now on. */
  reseed(root: RootKey): void {
    this.randomizer.reseed(root);
  }

  /** Names of the values that are drawn, as columns have them after `draw_`. */
  get names(): readonly string[] {
    return this.randomizer.names;
  }

  /** As they are recorded, in the order of `names`; NaN where no draw would do. */
  get recorded(): Float64Array {
    return this.randomizer.slots.recorded;
  }

  /** As the config of the episode has them, in the order of `names`. */
  get values(): readonly unknown[] {
    return this.randomizer.slots.values;
  }

  /** Steps of the episode. */
  get steps(): number {
    return this.randomizer.config.steps ?? Number.POSITIVE_INFINITY;
  }

  /** Draws without building: what is recorded of an episode that does not run. */
  drawOnly(episode: number): void {
    try {
      this.randomizer.draw(episode);
    } catch (error) {
      if (!(error instanceof EpisodeError)) throw error;
    }
  }

  /**
   * Draws the values of an episode and builds what follows from them.
   *
   * @throws EpisodeError DRAW_INVALID where they do not go together
   */
  begin(episode: number): void {
    const { randomizer } = this;
    randomizer.draw(episode);
    for (const section of this.sections) {
      try {
        this.build(section, randomizer.config);
      } catch (error) {
        const message = error instanceof Error ? error.message : `the part's create threw ${preview(error)}`;
        throw randomizer.failure(section, message);
      }
    }
    if (this.hasInstruments) this.buildTrading(randomizer.config, true, true);
  }

  private build(section: ConfigPath, config: Config): void {
    const { loop } = this.base;
    switch (section[0]) {
      case 'markets':
        this.buildMarket(String(section[1]), config);
        return;
      case 'strategy':
        if (this.base.strategy !== null) this.strategy = this.withDraws(this.base.strategy, config.strategy, section);
        return;
      case 'components': {
        const i = Number(section[1]);
        this.components[i] = this.withDraws(this.base.components[i]!, config.components[i]!, section);
        return;
      }
      case 'rewards':
        this.buildReward(Number(section[1]), config);
        return;
      case 'portfolio':
        this.buildTrading(config, true, false);
        if (this.hasCash) for (let i = 0; i < this.base.rewards.length; i++) this.buildReward(i, config);
        return;
      case 'execution':
        this.buildTrading(config, false, true);
        return;
      case 'heartbeat':
        loop.heartbeatMs = durationMs(config.heartbeat!);
    }
  }

  private buildMarket(symbol: string, config: Config): void {
    const { symbols, grid, shocks, parts } = this.setup;
    const { lane, openBeforeMs } = this.base.loop;
    const i = symbols.indexOf(symbol);
    const handler = createMarket(symbol, config, grid, parts, shocks.get(symbol));
    lane.replace(i, handler);
    openBeforeMs[i] = handler.kind === 'candle' ? grid.intervalMs : 0;
  }

  private buildReward(i: number, config: Config): void {
    const chosen = this.withDraws(this.base.rewards[i]!, config.rewards[i]!, ['rewards', i]);
    const setup = { symbols: this.setup.symbols, initialCash: config.portfolio.cash };
    const wrong = checked(() => chosen.definition.fits?.(chosen.parameters as never, setup));
    if (wrong !== undefined) throw new ConfigError([{ path: ['rewards', i], rule: wrong }]);
    this.base.scorer.replace(i, chosen.definition.create(chosen.parameters as never, setup));
  }

  private buildTrading(config: Config, hasPortfolio: boolean, hasExecution: boolean): void {
    const { loop } = this.base;
    const instruments = this.setup.symbols.map((symbol) => instrumentOf(symbol, config));
    if (hasPortfolio) {
      loop.portfolio = new Portfolio(config.portfolio, instruments);
      loop.ruinEquity = config.portfolio.ruin * config.portfolio.cash;
    }
    if (hasExecution && this.setup.parts.execution === undefined) {
      loop.execution = new SimulatedExecution(config.execution, instruments);
      loop.latencyMs = durationMs(config.execution.latency);
    }
  }

  /** A part with the drawn values among its parameters, which its own check must let pass. */
  private withDraws<D extends { check?: (parameters: never) => string | undefined }>(
    chosen: Chosen<D>,
    drawn: PartConfig,
    section: ConfigPath,
  ): Chosen<D> {
    const { definition } = chosen;
    const parameters = { ...chosen.parameters };
    for (const key of this.keys.get(nameOf(section)) ?? []) parameters[key] = drawn[key];
    const wrong = checked(() => definition.check?.(parameters as never));
    if (wrong !== undefined) throw new ConfigError([{ path: section, rule: wrong }]);
    return { definition, parameters };
  }
}

function nameOf(section: ConfigPath): string {
  return section.join('\0');
}
