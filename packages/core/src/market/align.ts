import { ConfigError } from '../config/errors.ts';
import type { MarketConfig } from '../config/markets.ts';
import type { CandleSeries } from './handler.ts';

type Markets = Readonly<Record<string, MarketConfig>>;
type Candles = Readonly<Record<string, CandleSeries>>;

/** Histories whose rows are drawn for all markets at once. */
const GROUPS = {
  bootstrap: { name: 'markets with joint: true', minRows: 2, wayOut: 'set joint: false where a file does not fit' },
  replay: { name: 'replays with start: random', minRows: 1, wayOut: 'leave out the file that does not fit' },
};

function groupOf(market: MarketConfig): keyof typeof GROUPS | undefined {
  if (market.process === 'bootstrap' && market.joint) return 'bootstrap';
  if (market.process === 'replay' && market.start === 'random') return 'replay';
  return undefined;
}

/**
 * The path that keys a market's random stream: its own, or, where rows are drawn for several markets at once, one that
 * they have in common and no symbol can have.
 */
export function marketStreamPath(symbol: string, market: MarketConfig): string {
  const group = groupOf(market);
  return group === undefined ? `market/${symbol}` : `joint/${group}`;
}

/**
 * Markets that draw the same rows from streams of one key: each has to take as many draws as the others, so they must
 * agree on blocks and blockLength. Throws ConfigError.
 */
export function checkJoint(markets: Markets): void {
  const joint = Object.entries(markets).flatMap(([symbol, market]) =>
    market.process === 'bootstrap' && market.joint ? [{ symbol, market }] : [],
  );
  for (const { symbol, market } of joint) {
    for (const key of ['blocks', 'blockLength'] as const) {
      const first = joint[0]!;
      if (market[key] === first.market[key]) continue;
      throw new ConfigError([
        {
          path: ['markets', symbol, key],
          rule: `must be that of all markets with joint: true, which is ${first.market[key]} for ${first.symbol}`,
          received: market[key],
        },
      ]);
    }
  }
}

/**
 * The candles of every market; of those whose rows are drawn together only the ones at times that all of them have, so
 * that row i is at the same time in each. A return then spans what was left out before it, in all of them.
 *
 * Candles of several intervals are left as they are: they cannot share a grid either way. Throws ConfigError where too
 * few times are shared.
 */
export function alignCandles(markets: Markets, candles: Candles): Candles {
  let aligned = candles;
  for (const group of ['bootstrap', 'replay'] as const) {
    const symbols = Object.keys(markets).filter(
      (symbol) => groupOf(markets[symbol]!) === group && Object.hasOwn(candles, symbol),
    );
    if (symbols.length < 2 || new Set(symbols.map((symbol) => candles[symbol]!.intervalMs)).size > 1) continue;
    const times = sharedTimes(symbols.map((symbol) => candles[symbol]!.timeMs));
    if (times.length < GROUPS[group].minRows) throw tooFewShared(group, symbols, { markets, candles }, times.length);
    const own = symbols.map((symbol) => [symbol, atTimes(candles[symbol]!, times)]);
    aligned = { ...aligned, ...Object.fromEntries(own) };
  }
  return aligned;
}

/** The times that are in all of several ascending lists. */
function sharedTimes(lists: readonly Float64Array[]): Float64Array {
  return lists.reduce((shared, list) => {
    let at = 0;
    return shared.filter((timeMs) => {
      while (at < list.length && list[at]! < timeMs) at++;
      return list[at] === timeMs;
    });
  });
}

/** The candles at `times`, all of which the series has. What lies together is not copied. */
function atTimes(series: CandleSeries, times: Float64Array): CandleSeries {
  const first = series.timeMs.indexOf(times[0]!);
  const end = series.timeMs.indexOf(times.at(-1)!) + 1;
  const isWhole = end - first === times.length;
  let at = first;
  const places = Int32Array.from(isWhole ? [] : times, (timeMs) => {
    while (series.timeMs[at]! < timeMs) at++;
    return at;
  });
  const part = (column: Float64Array): Float64Array => {
    if (column.length === 0) return column;
    return isWhole ? column.subarray(first, end) : Float64Array.from(places, (place) => column[place]!);
  };
  const { intervalMs, timeMs, open, high, low, close, volume } = series;
  return {
    intervalMs,
    timeMs: part(timeMs),
    open: part(open),
    high: part(high),
    low: part(low),
    close: part(close),
    volume: part(volume),
  };
}

function tooFewShared(
  group: keyof typeof GROUPS,
  symbols: readonly string[],
  { markets, candles }: { markets: Markets; candles: Candles },
  received: number,
): ConfigError {
  const { name, minRows, wayOut } = GROUPS[group];
  const spans = symbols.map((symbol) => {
    const { file } = markets[symbol] as { file: string };
    const { timeMs } = candles[symbol]!;
    if (timeMs.length === 0) return `${file} is empty`;
    return `${file} runs from ${textOf(timeMs[0]!)} to ${textOf(timeMs.at(-1)!)}`;
  });
  const times = minRows === 1 ? 'a time' : `${minRows} times`;
  return new ConfigError([
    {
      path: ['markets', symbols[0]!, 'file'],
      rule: `${name} need at least ${times} that all their files have (${spans.join(', ')})`,
      received,
      hint: wayOut,
    },
  ]);
}

function textOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/(T00:00)?:00\.000Z$/, (_, midnight) => (midnight ? '' : 'Z'));
}
