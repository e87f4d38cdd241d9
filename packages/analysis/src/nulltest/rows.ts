import { type CandleSeries, EpisodeError, type MarketConfig, type MarketPath } from '@ergodic/core';
import { NullTestError } from './error.ts';
import type { OwnMarkets } from './own-markets.ts';

/** Returns that are taken from simulated paths. */
const SIMULATED = 20_000;
/** Paths of few steps are not tried for ever. */
const MOST_PATHS = 2_000;

/** What one market did, step by step. */
export interface MarketRows {
  readonly symbol: string;
  /** Simple returns; NaN after a price that is not positive. */
  readonly returns: Float64Array;
  /** Changes of the price, quote currency. */
  readonly changes: Float64Array;
  /** Base units, of the same steps; null without volume. */
  readonly volumes: Float64Array | null;
}

/** Markets whose rows are at the same times: what happens in one row happens together. */
export type RowGroup = readonly MarketRows[];

/** Closes and volumes without a break. */
interface Stretch {
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The steps of the markets of a config: of histories those of the file, of simulated markets 20,000 or a little more. */
export function rowGroups(own: OwnMarkets): RowGroup[] {
  const markets = Object.entries(own.config.markets);
  const simulated = markets.filter(([, market]) => !('file' in market)).map(([symbol]) => symbol);
  const histories = groupsOfHistories(markets).map((symbols) => historyRows(symbols, own));
  return simulated.length === 0 ? histories : [simulatedRows(simulated, own), ...histories];
}

function simulatedRows(symbols: readonly string[], { paths }: OwnMarkets): RowGroup {
  const stretches: MarketPath[][] = symbols.map(() => []);
  let steps = 0;
  let failure = '';
  for (let episode = 0; episode < MOST_PATHS && steps < SIMULATED; episode++) {
    try {
      const episodePaths = paths.path(episode);
      for (const [i, symbol] of symbols.entries())
        stretches[i]!.push(episodePaths.find((one) => one.symbol === symbol)!);
      steps += stretches[0]!.at(-1)!.close.length - 1;
    } catch (error) {
      if (!(error instanceof EpisodeError)) throw error;
      failure = error.message;
    }
  }
  if (steps === 0) throw new NullTestError(`markets: a null test needs a path of the config's markets; ${failure}`);
  return symbols.map((symbol, i) => rowsOf(symbol, stretches[i]!));
}

/** Histories that move together: bootstraps with joint: true, and replays; every other one is by itself. */
function groupsOfHistories(markets: readonly (readonly [string, MarketConfig])[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const [symbol, market] of markets) {
    if (!('file' in market)) continue;
    const isAlone = market.process === 'bootstrap' && !market.joint;
    const name = isAlone ? `alone ${symbol}` : market.process;
    groups.set(name, [...(groups.get(name) ?? []), symbol]);
  }
  return [...groups.values()];
}

function historyRows(symbols: readonly string[], { candles }: OwnMarkets): RowGroup {
  const series = symbols.map((symbol) => candles[symbol]!);
  const times = sharedTimes(series);
  if (times.size < 2) {
    const rule = 'need two times that all their files have';
    throw new NullTestError(`markets: ${symbols.join(', ')} ${rule}, got ${times.size}`);
  }
  return series.map(({ timeMs, close, volume }, i) => {
    const isShared = (_: number, at: number): boolean => times.has(timeMs[at]!);
    return rowsOf(symbols[i]!, [{ close: close.filter(isShared), volume: volume.filter(isShared) }]);
  });
}

export function sharedTimes(series: readonly Pick<CandleSeries, 'timeMs'>[]): Set<number> {
  const [first, ...others] = series.map(({ timeMs }) => new Set(timeMs));
  return new Set([...first!].filter((timeMs) => others.every((times) => times.has(timeMs))));
}

function rowsOf(symbol: string, stretches: readonly Stretch[]): MarketRows {
  const steps = stretches.reduce((sum, { close }) => sum + close.length - 1, 0);
  const returns = new Float64Array(steps);
  const changes = new Float64Array(steps);
  const volumes = new Float64Array(steps);
  let at = 0;
  for (const { close, volume } of stretches) {
    for (let i = 1; i < close.length; i++, at++) {
      changes[at] = close[i]! - close[i - 1]!;
      returns[at] = close[i - 1]! > 0 && close[i]! > 0 ? changes[at]! / close[i - 1]! : Number.NaN;
      volumes[at] = volume[i] ?? Number.NaN;
    }
  }
  return { symbol, returns, changes, volumes: volumes.every(Number.isFinite) ? volumes : null };
}
