import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MarketPath, MarketPaths } from '@ergodic/core';
import { Database, parquetSource, quoteName, quoteText } from '@ergodic/workers';
import { FORMATS } from '../commands/export.ts';
import { outcomesOf } from './paths-of.ts';

const MEMORY_MB = 512;

export type RowFormat = keyof typeof FORMATS;

/** By the ending of a file's name. */
export function rowFormat(file: string): RowFormat | undefined {
  const ending = path.extname(file).slice(1).toLowerCase();
  return Object.hasOwn(FORMATS, ending) ? (ending as RowFormat) : undefined;
}

export interface Exported {
  readonly rows: number;
  readonly failed: number;
  readonly failure: string | undefined;
}

/** Writes one row a price: path, step, timeMs, symbol, and the prices; open, high, low and volume where a market has them. */
export async function exportPaths(markets: MarketPaths, n: number, file: string, format: RowFormat): Promise<Exported> {
  const { symbols } = markets;
  const hasCandles = symbols.some((symbol) => markets.hasCandles(symbol));
  const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-paths-'));
  const temporary = `${path.resolve(file)}.${process.pid}.tmp`;
  const exported = { rows: 0, failed: 0, failure: undefined as string | undefined };
  let hasVolume = false;

  function* blocks(): Generator<Float64Array[]> {
    for (const { episode, paths, failure } of outcomesOf(markets, n)) {
      if (paths === null) {
        exported.failed++;
        exported.failure ??= `episode ${episode}: ${failure}`;
        continue;
      }
      for (const [i, one] of paths.entries()) {
        exported.rows += one.close.length;
        hasVolume ||= !Number.isNaN(one.volume.at(-1));
        yield columnsOf(one, episode, i, markets.hasCandles(one.symbol));
      }
    }
  }

  try {
    const database = await Database.open(MEMORY_MB, folder);
    try {
      const raw = path.join(folder, 'paths.parquet');
      const names = `[${symbols.map(quoteText).join(', ')}]`;
      const specs = [
        { name: 'path', sql: 'CAST($ AS BIGINT)' },
        { name: 'step', sql: 'CAST($ AS BIGINT)' },
        { name: 'timeMs', sql: 'CAST($ AS BIGINT)' },
        { name: 'symbol', sql: `${names}[CAST($ AS BIGINT) + 1]` },
        ...['open', 'high', 'low', 'close', 'volume'].map((name) => ({ name, sql: '$' })),
      ];
      await database.writeParquet(raw, specs, blocks());
      const left = [...(hasCandles ? [] : ['open', 'high', 'low']), ...(hasVolume ? [] : ['volume'])];
      const chosen = specs.filter(({ name }) => !left.includes(name)).map(({ name }) => quoteName(name));
      const rows = `SELECT ${chosen.join(', ')} FROM ${parquetSource([raw], 'file_row_number = true')} ORDER BY file_row_number`;
      await database.rows(`COPY (${rows}) TO ${quoteText(temporary)} (${FORMATS[format]})`);
    } finally {
      database.close();
    }
    renameSync(temporary, path.resolve(file));
  } finally {
    rmSync(temporary, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
  return exported;
}

/** Quotes have a close alone: NaN is written as null. */
function columnsOf(one: MarketPath, episode: number, symbol: number, isCandle: boolean): Float64Array[] {
  const { length } = one.close;
  const none = isCandle ? undefined : new Float64Array(length).fill(Number.NaN);
  return [
    new Float64Array(length).fill(episode),
    one.step,
    one.timeMs,
    new Float64Array(length).fill(symbol),
    none ?? one.open,
    none ?? one.high,
    none ?? one.low,
    one.close,
    one.volume,
  ];
}
