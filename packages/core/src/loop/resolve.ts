import { durationMs, formatDuration } from '../config/duration.ts';
import { ConfigError, type Issue, preview } from '../config/errors.ts';
import type { Instrument } from '../config/instrument.ts';
import { type ParameterSpecs, parameterSchema } from '../config/parameters.ts';
import { parseWith } from '../config/parse.ts';
import type { Config, PartConfig } from '../config/schema.ts';
import { hintFor } from '../config/suggest.ts';
import { createHandler } from '../market/create.ts';
import type { CandleSeries, MarketDataHandler, TimeGrid } from '../market/handler.ts';
import { builtinRewards } from '../reward/index.ts';
import type { RewardDefinition, RewardTerm } from '../reward/term.ts';
import type { ComponentDefinition } from '../strategy/strategy.ts';
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
): MarketDataHandler {
  try {
    const candles = Object.hasOwn(parts.candles ?? {}, symbol) ? parts.candles?.[symbol] : undefined;
    return createHandler(config.markets[symbol]!, grid, { candles });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.issues.map((issue) => ({ ...issue, path: ['markets', symbol, ...issue.path] })));
  }
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

export function needVolume(symbols: readonly string[], handlers: readonly MarketDataHandler[]): void {
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
function checked(check: () => string | undefined): string | undefined {
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
): { names: string[]; terms: RewardTerm[] } {
  const known = { ...builtinRewards, ...parts.rewards };
  const names: string[] = [];
  const setup = { symbols, initialCash: config.portfolio.cash };
  const terms = config.rewards.map(({ name, ...part }, i) => {
    const { definition, parameters } = choose<RewardDefinition>(part as PartConfig, ['rewards', i], known);
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
    return definition.create(parameters as never, setup);
  });
  return { names, terms };
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
