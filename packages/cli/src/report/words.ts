import { basename } from 'node:path';
import type { Config, InTime, MarketConfig } from '@ergodic/core';
import type { ReportData } from './data/load.ts';
import { count, exact, exactPercent, percent, plural } from './format.ts';

/** The market model of a symbol, as one reads it aloud. */
export function marketInWords(market: MarketConfig): string {
  switch (market.process) {
    case 'gbm':
      return `geometric Brownian motion from ${exact(market.price)}, drift ${inTime(market.drift, exactPercent)} and volatility ${inTime(market.volatility, exactPercent)} a year`;
    case 'abm':
      return `arithmetic Brownian motion from ${exact(market.price)}, drift ${inTime(market.drift, exact)} and volatility ${inTime(market.volatility, exact)} (price units) a year`;
    case 'ou':
      return `Ornstein–Uhlenbeck process from ${exact(market.price)} around ${exact(market.longRunMean)}, mean reversion speed ${exact(market.meanReversionSpeed)} and volatility ${exact(market.volatility)} (price units) a year`;
    case 'replay':
      return `the candles of ${basename(market.file)}, the same in every episode`;
    case 'bootstrap':
      return `block bootstrap of the candles of ${basename(market.file)}, mean block ${exact(market.blockLength)} candles`;
    default:
      return otherMarket(market);
  }
}

/** A number, or one that changes: its first and its last value. */
function inTime(value: InTime, format: (value: number) => string): string {
  if (typeof value === 'number') return format(value);
  return `${format(value[0]!.value)} … ${format(value.at(-1)!.value)}`;
}

/** A process that has no sentence yet: its parameters by name. */
function otherMarket(market: { readonly process: string }): string {
  const { process, ...parameters } = market;
  const texts = parametersInWords(parameters);
  return texts === '' ? process : `${process} with ${texts}`;
}

export function parametersInWords(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${valueInWords(value)}`)
    .join(', ');
}

function valueInWords(value: unknown): string {
  if (typeof value === 'number') return exact(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function strategyName({ strategy }: Config): string {
  return strategy.use.includes('/') || strategy.use.includes('\\') ? basename(strategy.use) : strategy.use;
}

const FEWEST_FOR_TAIL = 20;

/** The result in one or two sentences that need no statistics. */
export function resultInWords({ n, summary, returns }: ReportData): string {
  const { requested, failed, ruined } = summary.episodes;
  const metric = summary.metrics.totalReturn;
  const q50 = metric?.q50 ?? null;
  if (returns === undefined || metric === undefined || q50 === null) {
    return `${failed === 1 ? 'The one episode' : `All ${count(failed)} episodes`} failed, so there is no result.`;
  }
  const without =
    failed > 0 ? ` ${count(failed)} of ${plural(requested, 'episode')} failed and are not in these figures.` : '';
  if (n === 1)
    return `The one episode with figures returned ${percent(q50)}; one episode says nothing of chances.${without}`;
  if (returns.bins.length === 0) return `All ${count(n)} episodes returned ${percent(q50)}.${without}`;
  const parts = [`the median return of ${count(n)} episodes is ${percent(q50)}`];
  if (n >= FEWEST_FOR_TAIL) parts.push(`one in twenty ${tail(metric.q05 ?? 0)}`);
  parts.push(`${percent(returns.negative / n)} of them ended with a loss`);
  parts.push(ruined === 0 ? 'none was ruined' : `${count(ruined)} ${ruined === 1 ? 'was' : 'were'} ruined`);
  const text = `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}.`;
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${without}`;
}

function tail(q05: number): string {
  return q05 < 0 ? `lost ${percent(-q05)} or more` : `gained ${percent(q05)} or less`;
}
