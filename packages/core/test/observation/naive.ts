import type { ObservedAccount, ObservedMarket } from '../../src/observation/feature.ts';

/** What a feature is computed from: the MARKETs of one symbol so far, and the accounts at the decisions so far. */
interface Past {
  readonly rows: readonly ObservedMarket[];
  readonly accounts: readonly ObservedAccount[];
  readonly symbolIndex: number;
}

type Naive = (past: Past, parameters: Record<string, never>) => readonly number[];

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Prices with the floor that the documentation states. */
export function pricesOf(rows: readonly ObservedMarket[], field: 'price' | 'high' | 'low' = 'price'): number[] {
  const floor = rows.length === 0 ? 0 : 1e-4 * Math.min(Math.abs(rows[0]!.price), 1e200) || 1e-4;
  // Beyond 1e200 a price counts as 1e200, so that sums are finite.
  return rows.map((row) => Math.max(Math.min(row[field], 1e200), floor));
}

export const logReturns = (prices: readonly number[], span = 1): number[] =>
  prices.slice(span).map((price, i) => Math.log(price) - Math.log(prices[i]!));

/** Each number afresh from the whole past, as the documentation defines it. */
export const naive: Readonly<Record<string, Naive>> = {
  returns: ({ rows }, { count, span }) => {
    const all = logReturns(pricesOf(rows), span);
    return Array.from({ length: count }, (_, i) => all[all.length - 1 - i * span] ?? 0);
  },

  'moving-average': ({ rows }, { window, kind }) => {
    const prices = pricesOf(rows);
    if (prices.length < window) return [0];
    let average = prices[0]!;
    for (const price of prices.slice(1)) average = (2 * price + (window - 1) * average) / (window + 1);
    if (kind === 'simple') average = mean(prices.slice(-window));
    return [Math.log(prices.at(-1)!) - Math.log(average)];
  },

  volatility: ({ rows }, { window, annualize }) => {
    const all = logReturns(pricesOf(rows));
    if (all.length < window) return [0];
    const last = all.slice(-window);
    const centre = mean(last);
    const sum = last.reduce((total, x) => total + (x - centre) * (x - centre), 0);
    return [Math.sqrt(sum / (window - 1)) * (annualize ? Math.sqrt(8760) : 1)];
  },

  range: ({ rows }) => {
    if (rows.length === 0) return [0, 0];
    const close = pricesOf(rows).at(-1)!;
    const high = pricesOf(rows, 'high').at(-1)!;
    const low = pricesOf(rows, 'low').at(-1)!;
    return [Math.log(high) - Math.log(low), high === low ? 0 : (2 * close - high - low) / (high - low)];
  },

  rsi: ({ rows }, { window }) => {
    const prices = pricesOf(rows);
    const changes = prices.slice(1).map((price, i) => price - prices[i]!);
    if (changes.length < window) return [0];
    const [rise, fall] = [1, -1].map((sign) => {
      const moves = changes.map((change) => Math.max(sign * change, 0));
      let average = mean(moves.slice(0, window));
      for (const move of moves.slice(window)) average = (average * (window - 1) + move) / window;
      return average;
    });
    return [rise! + fall! === 0 ? 0 : (100 - 100 / (1 + rise! / fall!) - 50) / 50];
  },

  volume: ({ rows }, { window }) => {
    const volumes = rows.map(({ volume }) => volume).filter((volume) => !Number.isNaN(volume));
    const centre = mean(volumes.slice(-window));
    if (volumes.length < window || centre === 0 || Number.isNaN(rows.at(-1)!.volume)) return [0];
    return [Math.log(Math.max(rows.at(-1)!.volume / centre, 1e-4))];
  },

  position: ({ accounts, symbolIndex }) => {
    const { equity, initialCash, position, price } = accounts.at(-1)!;
    if (position[symbolIndex] === 0) return [0];
    return [(position[symbolIndex]! * price[symbolIndex]!) / Math.max(equity, initialCash / 10_000)];
  },

  unrealized: ({ accounts, symbolIndex }) => {
    const { position, price, avgPx } = accounts.at(-1)!;
    const entry = avgPx[symbolIndex]!;
    if (position[symbolIndex] === 0 || entry <= 0) return [0];
    const gain = Math.log(Math.max(price[symbolIndex]!, entry / 10_000)) - Math.log(entry);
    return [Math.sign(position[symbolIndex]!) * gain];
  },

  equity: ({ accounts }) => {
    const { equity, initialCash } = accounts.at(-1)!;
    return [Math.log(Math.max(equity, initialCash / 10_000)) - Math.log(initialCash)];
  },

  drawdown: ({ accounts }) => {
    const { equity, initialCash } = accounts.at(-1)!;
    const peak = Math.max(initialCash, ...accounts.map((account) => account.equity));
    return [Math.min((peak - equity) / peak, 1)];
  },
};
