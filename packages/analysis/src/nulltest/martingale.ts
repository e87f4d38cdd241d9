import { type CandlesConfig, type Config, type InTime, type MarketConfig, parsePath } from '@ergodic/core';
import { correlationOf } from './correlation.ts';
import { frictionless } from './frictionless.ts';
import { gridOf, type OwnMarkets, priceOf } from './own-markets.ts';
import type { MarketRows, RowGroup } from './rows.ts';

/** A market without drift in the place of one of the config. */
export interface DriftlessMarket {
  readonly process: 'gbm' | 'abm';
  /** A year: a fraction, of `abm` in quote currency; or how it changes in time. */
  readonly volatility: InTime;
  /** Whether it was measured on the config's market, because its parameters do not tell it. */
  readonly isMeasured: boolean;
}

/** A config on markets that are martingales. */
export interface Martingale {
  readonly config: Config;
  readonly markets: Readonly<Record<string, DriftlessMarket>>;
}

/**
 * The config on driftless Brownian motion: geometric (E[S_T] = S_0, a martingale at any volatility), or arithmetic where prices may be zero
 * or less. Initial price, volatility, grid, candles, and what correlation there is stay as they are.
 */
export function martingaleConfig(own: OwnMarkets, groups: readonly RowGroup[]): Martingale {
  const { config, paths } = own;
  const rows = new Map(groups.flat().map((one) => [one.symbol, one]));
  const markets: Record<string, DriftlessMarket> = {};
  const replaced: Record<string, MarketConfig> = {};
  for (const [symbol, market] of Object.entries(config.markets)) {
    const driftless = driftlessMarket(market, rows.get(symbol)!, paths.stepsPerYear, isDrawn(symbol, config));
    markets[symbol] = driftless;
    replaced[symbol] = inFrameOf(market, driftless, rows.get(symbol)!, priceOf(symbol, own));
  }
  const { correlation: _, ...rest } = frictionless(config);
  const correlation = correlationOf(config, groups);
  return {
    config: { ...rest, ...gridOf(own), markets: replaced, ...(correlation === undefined ? {} : { correlation }) },
    markets,
  };
}

function driftlessMarket(
  market: MarketConfig,
  { returns, changes }: MarketRows,
  stepsPerYear: number,
  drawn: boolean,
): DriftlessMarket {
  const { process } = market;
  if ((process === 'gbm' || process === 'abm') && !drawn) {
    return { process, volatility: market.volatility, isMeasured: false };
  }
  const isArithmetic = process === 'abm' || process === 'ou' || returns.some(Number.isNaN);
  // Over a step without drift the mean square return of a geometric Brownian motion is exp(σ²Δ) − 1.
  const variance = isArithmetic ? meanSquare(changes) : Math.log1p(meanSquare(returns));
  const volatility = Number(Math.sqrt(variance * stepsPerYear).toPrecision(4));
  return { process: isArithmetic ? 'abm' : 'gbm', volatility, isMeasured: true };
}

function meanSquare(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}

function isDrawn(symbol: string, { randomize }: Config): boolean {
  return Object.keys(randomize).some((text) => {
    const [root, name] = parsePath(text) ?? [];
    return root === 'markets' && name === symbol;
  });
}

/** Quotes or candles, as the config's market gives them. A tick that prices are rounded to would cost something, so there is none. */
function inFrameOf(
  market: MarketConfig,
  { process, volatility }: DriftlessMarket,
  { volumes }: MarketRows,
  price: number,
): MarketConfig {
  const candles = candlesOf(market, volumes);
  const { lotSize } = market;
  return {
    process,
    price,
    drift: 0,
    volatility,
    ...(lotSize === undefined ? {} : { lotSize }),
    ...(candles === undefined ? {} : { candles }),
  };
}

/** Highs and lows of a Brownian motion need no sub-steps: they are drawn from the law of its bridge. */
function candlesOf(market: MarketConfig, volumes: Float64Array | null): CandlesConfig | undefined {
  if (!('file' in market)) {
    if (market.candles === undefined || market.candles === true) return market.candles;
    const { volume } = market.candles;
    return volume === undefined ? true : { volume };
  }
  const level = volumes === null ? 0 : volumes.reduce((sum, volume) => sum + volume, 0) / volumes.length;
  return level > 0 ? { volume: { level, elasticity: 1, noise: 0.3 } } : true;
}
