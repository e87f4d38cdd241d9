import { formatPath } from '../config/errors.ts';
import type { Dynamics, MarketConfig } from '../config/markets.ts';

/**
 * What a user should know of the parameters of markets and that stops nothing: one line each, with its place in the
 * config.
 */
export function marketNotices(markets: Readonly<Record<string, MarketConfig>>): string[] {
  return Object.entries(markets).flatMap(([symbol, market]) => noticesAt(['markets', symbol], market));
}

function noticesAt(path: readonly string[], market: MarketConfig | Dynamics): string[] {
  switch (market.process) {
    case 'cir': {
      const { meanReversionSpeed, longRunMean, volatility } = market;
      return feller(path, 2 * meanReversionSpeed * longRunMean, volatility * volatility, {
        condition: '2 · meanReversionSpeed · longRunMean ≥ volatility²',
        meaning: 'the price touches 0 at times and comes back; the sampling stays exact',
      });
    }
    case 'heston':
    case 'bates': {
      const { meanReversionSpeed, longRunVariance, volOfVol } = market;
      return feller(path, 2 * meanReversionSpeed * longRunVariance, volOfVol * volOfVol, {
        condition: '2 · meanReversionSpeed · longRunVariance ≥ volOfVol²',
        meaning: 'the variance touches 0 at times: calm stretches between bursts; the scheme is made for it',
      });
    }
    case 'regime-switching':
      return Object.entries(market.regimes).flatMap(([name, regime]) => noticesAt([...path, 'regimes', name], regime));
    default:
      return [];
  }
}

function feller(
  path: readonly string[],
  left: number,
  right: number,
  { condition, meaning }: { condition: string; meaning: string },
): string[] {
  if (left >= right) return [];
  const numbers = `${Number(left.toPrecision(3))} < ${Number(right.toPrecision(3))}`;
  return [`${formatPath(path)}: the Feller condition ${condition} does not hold (${numbers}): ${meaning}`];
}
