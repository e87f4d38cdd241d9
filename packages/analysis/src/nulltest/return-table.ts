import { writeFileSync } from 'node:fs';
import { RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { rebuildExtremes } from './rebuilt-candles.ts';
import type { MarketRows, RowGroup } from './rows.ts';

/** Rows of a table: so many that gains and losses of orders at any level balance to a thousandth of a deviation. */
const ROWS = 50_000;
/** Logarithms by which prices may fall from the first row to the last before doubles run out. */
const MOST_DECAY = 600;
const LONGEST_MS = 5_000 * 365 * 86_400_000;

/** How many rows the tables of these groups have, all the same. */
export function tableRows(groups: readonly RowGroup[], intervalMs: number): number {
  const markets = groups.flat();
  const wanted = Math.max(ROWS, ...markets.map(({ returns }) => returns.length));
  const decay = Math.max(...markets.map(({ returns }) => decayOf(withoutMean(returns))));
  const highest = decay > 0 ? Math.floor(MOST_DECAY / decay) : wanted;
  return Math.min(wanted, highest, Math.floor(LONGEST_MS / intervalMs));
}

/** By how much a price without drift falls a row, in logarithms: about half the variance. */
function decayOf(returns: Float64Array): number {
  return -returns.reduce((sum, value) => sum + Math.log1p(value), 0) / returns.length;
}

/** Numbers of rows of a source in random order, each as often as any other, or once more: one order for all markets of a group. */
export function shuffledRows(count: number, source: number, seed: string): Uint32Array {
  const random = new RandomStream(substreamKey(rootKey(seed), 0, 'nulltest/rows'));
  const order = Uint32Array.from({ length: count }, (_, i) => i % source);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Returns with their mean taken out: (1 + r)/(1 + mean) − 1, which keeps every return above −1 and has mean zero. */
export function withoutMean(returns: Float64Array): Float64Array {
  const growth = 1 + returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return returns.map((value) => (1 + value) / growth - 1);
}

export interface TableOptions {
  readonly price: number;
  readonly startMs: number;
  readonly intervalMs: number;
  /** Rows of the source, in the order of the table. */
  readonly order: Uint32Array;
  /** Highs and lows are rebuilt; else open, high and low are the close, as of quotes. */
  readonly hasRange: boolean;
}

/** Writes the returns of a market as candles, the first of them flat at the price: a file for a bootstrap of single candles. */
export function writeTable(file: string, { returns, volumes }: MarketRows, options: TableOptions): void {
  const { price, startMs, intervalMs, order, hasRange } = options;
  const driftless = withoutMean(Float64Array.from(order, (row) => returns[row]!));
  const { high, low } = rebuildExtremes(driftless);
  const timeOf = (row: number): string => new Date(startMs + row * intervalMs).toISOString();
  const volumeOf = (row: number): string => (volumes === null ? '' : `,${row === 0 ? 0 : volumes[order[row - 1]!]}`);
  const lines = [
    `time,open,high,low,close${volumes === null ? '' : ',volume'}`,
    `${timeOf(0)},${price},${price},${price},${price}${volumeOf(0)}`,
  ];
  let before = price;
  for (let row = 1; row <= driftless.length; row++) {
    const close = before * (1 + driftless[row - 1]!);
    const top = Math.max(before, close, before * (1 + high[row - 1]!));
    const bottom = Math.min(before, close, before * (1 + low[row - 1]!));
    const prices = hasRange ? [before, top, bottom, close] : [close, close, close, close];
    lines.push(`${timeOf(row)},${prices.join(',')}${volumeOf(row)}`);
    before = close;
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}
