import type { StoredRun } from '@ergodic/analysis';
import { type Config, formatPath } from '@ergodic/core';
import { quoteName } from '@ergodic/workers';
import type { Tables } from './tables.ts';

/** Price that an episode of a symbol starts with: one for all, or one an episode. Undefined where it is not stored. */
export type FirstPrice = number | Float64Array | undefined;

/** A replay from a random candle starts anywhere; a drawn price has a column; a market that is drawn whole may start anywhere. */
export async function loadFirstPrice(run: StoredRun, tables: Tables, symbol: string): Promise<FirstPrice> {
  const { config, layout } = run.manifest;
  const market = config.markets[symbol]!;
  if (market.process === 'replay' && market.start === 'random') return undefined;
  const drawn = `draw_${formatPath(['markets', symbol, 'price'])}`;
  if (layout.fields.includes(drawn)) return (await run.episodes([drawn])).column(drawn);
  if (!isOnePrice(config, symbol)) return undefined;
  return 'price' in market && market.price !== undefined ? market.price : recordedPrice(tables, symbol);
}

/** Whether whatever is drawn for the whole market leaves its price. */
function isOnePrice({ randomize, markets }: Config, symbol: string): boolean {
  const entry = Object.entries(randomize).find(([path]) => path === formatPath(['markets', symbol]));
  const choices = (entry?.[1] as { readonly choice?: readonly unknown[] } | undefined)?.choice ?? [];
  const priceOf = (one: unknown): unknown => (one as { readonly price?: unknown }).price;
  return choices.every((one) => priceOf(one) !== undefined && priceOf(one) === priceOf(markets[symbol]));
}

/** That of the first recorded episode. */
async function recordedPrice(tables: Tables, symbol: string): Promise<FirstPrice> {
  const price = quoteName(`price_${symbol}`);
  const [row] = await tables.rows<[number | null]>(
    'equity',
    (from) =>
      `SELECT CAST(${price} AS DOUBLE) FROM ${from} WHERE step = 0 AND ${price} IS NOT NULL ORDER BY episode LIMIT 1`,
  );
  return row?.[0] ?? undefined;
}
