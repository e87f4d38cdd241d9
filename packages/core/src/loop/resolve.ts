import { durationMs, formatDuration } from '../config/duration.ts';
import { ConfigError, type Issue, preview } from '../config/errors.ts';
import type { Instrument } from '../config/instrument.ts';
import type { MarketConfig } from '../config/markets.ts';
import { type ParameterSpecs, parameterSchema } from '../config/parameters.ts';
import { parseWith } from '../config/parse.ts';
import type { Config, ExecutionConfig, PartConfig } from '../config/schema.ts';
import { hintFor } from '../config/suggest.ts';
import { checkJoint } from '../market/align.ts';
import { CorrelatedShocks, checkCorrelation } from '../market/correlation.ts';
import { createHandler } from '../market/create.ts';
import type { CandleSeries, MarketDataHandler, TimeGrid } from '../market/handler.ts';
import type { CorrelatedNormals } from '../market/processes/process.ts';
import { builtinRewards } from '../reward/index.ts';
import type { RewardDefinition, RewardTerm } from '../reward/term.ts';
import type { ComponentDefinition } from '../strategy/strategy.ts';
import type { Draw } from './draws.ts';
import type { Chosen, SimulationParts } from './parts.ts';

export function instrumentOf(symbol: string, config: Config): Instrument {
  const { lotSize, tickSize } = config.markets[symbol]!;
  return { symbol, lotSize: lotSize ?? 0, tickSize: tickSize ?? 0 };
}

export function createMarket(
  symbol: string,
  config: Config,
  grid: TimeGrid,
  parts: SimulationParts,
  shocks?: CorrelatedNormals,
): MarketDataHandler {
  checkJoint(config.markets);
  try {
    const candles = Object.hasOwn(parts.candles ?? {}, symbol) ? parts.candles?.[symbol] : undefined;
    return createHandler(config.markets[symbol]!, grid, { candles, shocks });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.issues.map((issue) => ({ ...issue, path: ['markets', symbol, ...issue.path] })));
  }
}

/** The shocks of each symbol that is correlated with others. Throws ConfigError where the correlation cannot be had. */
export function correlatedShocks(config: Config): ReadonlyMap<string, CorrelatedNormals> {
  if (config.correlation === undefined) return new Map();
  checkCorrelation(config.correlation, config.markets);
  const { symbols, matrix } = config.correlation;
  const shared = new CorrelatedShocks(matrix);
  return new Map(symbols.map((symbol, i) => [symbol, shared.lane(i)]));
}

/** The config with the most steps that an episode can draw. */
export function withMostSteps(config: Config, draws: readonly Draw[]): Config {
  const candidates = draws.find(({ name }) => name === 'steps')?.sampler.candidates ?? [];
  const steps = candidates.flatMap(({ values }) => values.filter((value) => typeof value === 'number'));
  return steps.length === 0 ? config : { ...config, steps: Math.max(...steps) };
}

/** Pairs of episodes mirror normal shocks; a market without any would be the same in both. */
export function needMirrors(config: Config, parts: SimulationParts): void {
  if (parts.handlers !== undefined) return;
  const isHistory = ({ process }: MarketConfig): boolean => process === 'replay' || process === 'bootstrap';
  const without = Object.entries(config.markets).filter(([, market]) => isHistory(market));
  if (without.length === 0) return;
  throw new ConfigError([
    {
      path: ['antithetic'],
      rule: 'needs markets with normal shocks to mirror, a history has none',
      received: without.map(([symbol, { process }]) => `${symbol}: ${process}`).join(', '),
      hint: 'set antithetic: false',
    },
  ]);
}

/** Interval, start and number of steps, from the config or from the candles that are replayed. */
export function resolveGrid(config: Config, parts: SimulationParts): TimeGrid {
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
    issues.push({
      path: ['steps'],
      rule: 'is required where a market is simulated',
      received: undefined,
      hint: 'for example steps: 1000',
    });
  }
  const isRandom = parts.handlers === undefined && markets.some(([, market]) => startsAtRandom(market));
  if (isRandom) issues.push(...randomStartIssues(config));
  if (issues.length > 0) throw new ConfigError(issues);
  const firstMs = Math.min(...replays.map((series) => (series?.timeMs[0] ?? Number.NaN) + intervalMs));
  return {
    startMs: replays.length > 0 && Number.isFinite(firstMs) ? firstMs : Date.parse(config.start),
    intervalMs,
    steps: Math.min(
      config.steps ?? Number.POSITIVE_INFINITY,
      isReplayOnly && !isRandom ? replayedSteps(replays) : Number.POSITIVE_INFINITY,
    ),
    stepsPerYear: (config.calendar.daysPerYear * 86_400_000) / intervalMs,
  };
}

function startsAtRandom(market: MarketConfig): boolean {
  return market.process === 'replay' && market.start === 'random';
}

/** What stands against replays that start at random: markets whose rows are at other times, or no number of steps. */
function randomStartIssues(config: Config): Issue[] {
  const other = Object.entries(config.markets).find(([, market]) => !startsAtRandom(market));
  if (other !== undefined) {
    const [symbol, { process }] = other;
    const rule = 'must be a replay with start: random, as another market is: its rows would be at other times';
    const received = process === 'replay' ? 'start: first' : process;
    return [{ path: ['markets', symbol], rule, received, hint: 'or bootstrap the history instead of replaying it' }];
  }
  if (config.steps !== undefined) return [];
  const rule = 'is required where a replay has start: random';
  return [{ path: ['steps'], rule, received: undefined, hint: 'for example steps: 1000' }];
}

/** Steps of candles that are replayed side by side: their distinct times, less the first. */
function replayedSteps(replays: readonly (CandleSeries | undefined)[]): number {
  if (replays.length === 1) return (replays[0]?.timeMs.length ?? 1) - 1;
  const times = new Set<number>();
  for (const series of replays) for (const timeMs of series?.timeMs ?? []) times.add(timeMs);
  return times.size - 1;
}

/** The key of the `execution` section by which fills depend on the volume of candles, if one does. */
export type VolumeKey = 'participationRate' | 'impact';

export function volumeKey({ participationRate, impact }: ExecutionConfig): VolumeKey | undefined {
  if (participationRate !== undefined) return 'participationRate';
  return impact.coefficient > 0 ? 'impact' : undefined;
}

/** Throws ConfigError where a market has no volume to fill orders of. */
export function needVolume(symbols: readonly string[], handlers: readonly MarketDataHandler[], key: VolumeKey): void {
  const without = symbols.filter((_, i) => !handlers[i]!.hasVolume);
  if (without.length === 0) return;
  throw new ConfigError([
    {
      path: ['execution', key],
      rule: 'needs markets with volume',
      received: without.join(', '),
      hint: 'replay or bootstrap candles with a volume column, or leave it out',
    },
  ]);
}

/** Finds the definition that a part's `use` names and checks its parameters. */
export function choose<D extends { parameters: ParameterSpecs; check?: (parameters: never) => string | undefined }>(
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
  const wrong = checked(() => definition.check?.(parameters as never));
  if (wrong !== undefined) throw new ConfigError([{ path, rule: wrong }]);
  return { definition, parameters };
}

/** A definition's own check is user code: what it throws is what is wrong. */
export function checked(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return `the definition's check threw ${error instanceof Error ? error.message : preview(error)}`;
  }
}

export function createRewards(
  config: Config,
  symbols: readonly string[],
  parts: SimulationParts,
): { names: string[]; chosen: Chosen<RewardDefinition>[]; terms: RewardTerm[] } {
  const known = { ...builtinRewards, ...parts.rewards };
  const names: string[] = [];
  const allChosen: Chosen<RewardDefinition>[] = [];
  const setup = { symbols, initialCash: config.portfolio.cash };
  const terms = config.rewards.map(({ name, ...part }, i) => {
    const chosen = choose<RewardDefinition>(part as PartConfig, ['rewards', i], known);
    const { definition, parameters } = chosen;
    const wrong = checked(() => definition.fits?.(parameters as never, setup));
    if (wrong !== undefined) throw new ConfigError([{ path: ['rewards', i], rule: wrong }]);
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
    allChosen.push(chosen);
    return definition.create(parameters as never, setup);
  });
  return { names, chosen: allChosen, terms };
}

/** `component/<name>`, numbered where a name repeats: it does not depend on the place in the list. */
export function componentPath(
  components: readonly Chosen<ComponentDefinition>[],
  definition: ComponentDefinition,
  at: number,
): string {
  const before = components.slice(0, at).filter((other) => other.definition.name === definition.name).length;
  return before === 0 ? `component/${definition.name}` : `component/${definition.name}/${before}`;
}
