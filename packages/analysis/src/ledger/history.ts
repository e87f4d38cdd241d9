import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type Config, parsePath } from '@ergodic/core';
import { type Database, type Manifest, parquetSource, tableFiles } from '@ergodic/workers';

/** The data that a trial was made on, and the part of it that was used. */
export interface History {
  /** SHA-256 of files and window: trials with the same one were made on the same data. */
  readonly key: string;
  /** SHA-256 of the files, sorted. */
  readonly files: readonly string[];
  /** Names of the files, for a person. */
  readonly names: readonly string[];
  readonly startMs: number;
  readonly intervalMs: number;
  readonly steps: number;
}

/**
 * Whether every episode has the same prices: all markets replay their files from the first candle, and no draw changes them. However many
 * episodes there are, they are one observation.
 */
export function isOneHistory({ markets, randomize }: Pick<Config, 'markets' | 'randomize'>): boolean {
  const isReplayed = Object.values(markets).every((market) => market.process === 'replay' && market.start === 'first');
  const roots = Object.keys(randomize).map((text) => parsePath(text)?.[0]);
  return isReplayed && !roots.some((root) => root === 'markets' || root === 'steps');
}

/** The history of a run or a sweep; its config is one of a single history. */
export function historyOf({ inputs, layout }: Pick<Manifest, 'inputs'> & { layout: Window }): History {
  const candles = inputs.filter(({ role }) => role === 'candles');
  const files = candles.map(({ sha256 }) => sha256).sort();
  const { startMs, intervalMs, steps } = layout;
  const key = createHash('sha256').update(JSON.stringify({ files, startMs, intervalMs, steps })).digest('hex');
  const names = [...new Set(candles.map(({ path }) => basename(path)))];
  return { key, files, names, startMs, intervalMs, steps };
}

type Window = Pick<History, 'startMs' | 'intervalMs' | 'steps'>;

/** Simple returns over so many steps each. */
export interface StepReturns {
  readonly values: Float64Array;
  readonly everySteps: number;
}

/** Returns of the equity at every n-th step; the last, which may close a shorter stretch, counts where it does not. */
export function returnsOf(steps: Float64Array, equity: Float64Array): StepReturns {
  const everySteps = steps.length > 1 ? steps[1]! - steps[0]! : 1;
  const isWhole = (i: number): boolean => steps[i]! - steps[i - 1]! === everySteps;
  const count = steps.length > 1 && !isWhole(steps.length - 1) ? steps.length - 1 : steps.length;
  const values = Float64Array.from({ length: Math.max(0, count - 1) }, (_, i) => equity[i + 1]! / equity[i]! - 1);
  return { values, everySteps };
}

/** Returns of the first episode of a run whose steps are stored: where there is one history, all episodes have these prices. */
export async function storedReturns(database: Database, dir: string): Promise<StepReturns> {
  const files = tableFiles(dir, 'equity');
  if (files.length === 0) return { values: new Float64Array(0), everySteps: 1 };
  const source = parquetSource(files);
  const rows = (await database.rows(
    `SELECT DISTINCT CAST(step AS DOUBLE), equity FROM ${source}
     WHERE episode = (SELECT min(episode) FROM ${source}) ORDER BY 1`,
  )) as [number, number][];
  return returnsOf(
    Float64Array.from(rows, ([step]) => step),
    Float64Array.from(rows, ([, equity]) => equity),
  );
}
