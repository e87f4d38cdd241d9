import { DURATION_PATTERN, formatPath, normalQuantile, parsePath } from '@ergodic/core';
import { type Manifest, quoteName } from '@ergodic/workers';
import type { Tables } from './tables.ts';

const PREFIX = 'draw_';
/**
 * Outcomes that are held against the draws. `spread` is the distance of the total return from its median: what makes returns wider
 * and neither better nor worse, such as a position's size, shows there.
 */
export const OUTCOMES = ['totalReturn', 'spread', 'maxDrawdown'] as const;
export type Outcome = (typeof OUTCOMES)[number];
const BINS = 10;
/** With as many different values or fewer each has a bin of its own. */
const MOST_VALUES = 12;
/** Columns of a bin before those of the outcomes. */
const FIRST_MEAN = 5;
/** Below this the ranks say nothing. */
export const FEWEST_EPISODES = 20;
/** Chance that any of the drawn values is said to matter for any outcome although none does. */
const FALSE_ALARM = 0.01;

/** The middle half of the outcome over the episodes of one bin. */
export interface DrawBin {
  /** Mean of the drawn value. */
  readonly value: number;
  readonly n: number;
  readonly q25: number;
  readonly q50: number;
  readonly q75: number;
}

export interface Association {
  /** Spearman's rank correlation; null of a choice, whose values have no order, and where nothing varies. */
  readonly rho: number | null;
  /** Share of the variance of the outcome's ranks that lies between the bins, 0 to 1 (Kruskal and Wallis 1952). */
  readonly share: number;
  /** More than chance would show, tested for all drawn values and outcomes together. */
  readonly matters: boolean;
}

/** What the outcomes of a run have to do with one drawn value. */
export interface Dependence {
  /** Path of the value in the config. */
  readonly name: string;
  /** Texts of the choices, by their index, where the values have no order. */
  readonly choices: readonly string[] | undefined;
  readonly unit: 'ms' | undefined;
  readonly outcomes: Readonly<Record<Outcome, Association>>;
  /** Of the total return, by the drawn value. */
  readonly bins: readonly DrawBin[];
}

/** The drawn values of a run, those first on which the total return depends most. */
export async function loadDependence(tables: Tables, manifest: Manifest): Promise<Dependence[]> {
  const columns = manifest.layout.fields.filter((field) => field.startsWith(PREFIX));
  const found: Dependence[] = [];
  for (const column of columns) {
    const dependence = await loadOne(tables, manifest, column, columns.length);
    if (dependence !== undefined) found.push(dependence);
  }
  return found.sort((a, b) => weightOf(b) - weightOf(a));
}

/** How much the total return, its place or its spread, has to do with a drawn value. */
function weightOf({ outcomes: { totalReturn, spread } }: Dependence): number {
  return Math.max(totalReturn.share, spread.share);
}

async function loadOne(
  tables: Tables,
  manifest: Manifest,
  column: string,
  draws: number,
): Promise<Dependence | undefined> {
  const x = quoteName(column);
  const known = (from: string): string =>
    `(SELECT CAST(${x} AS DOUBLE) AS x, totalReturn, abs(totalReturn - median(totalReturn) OVER ()) AS spread, maxDrawdown FROM ${from}
      WHERE endReason <> 'failed' AND ${x} IS NOT NULL AND totalReturn IS NOT NULL)`;
  const [counts] = await tables.rows<[number, number]>(
    'episodes',
    (from) => `SELECT CAST(count(*) AS DOUBLE), CAST(count(DISTINCT x) AS DOUBLE) FROM ${known(from)}`,
  );
  const [n, values] = counts ?? [0, 0];
  if (n < FEWEST_EPISODES) return undefined;
  const bin = values <= MOST_VALUES ? 'dense_rank() OVER (ORDER BY x)' : `ntile(${BINS}) OVER (ORDER BY x)`;
  // Ranks of equal values are their mean rank.
  const rank = (name: string): string =>
    `rank() OVER (ORDER BY ${name}) + (count(*) OVER (PARTITION BY ${name}) - 1) / 2.0`;
  const ranked = (from: string): string =>
    `(SELECT ${bin} AS bin, x, totalReturn, ${rank('x')} AS rx,
      ${OUTCOMES.map((outcome) => `${rank(outcome)} AS ${outcome}Rank`).join(', ')} FROM ${known(from)})`;
  const rows = await tables.rows<(number | null)[]>(
    'episodes',
    (from) => `WITH ranked AS ${ranked(from)}, means AS (SELECT bin, count(*) AS n, avg(x) AS value,
        quantile_cont(totalReturn, 0.25) AS q25, median(totalReturn) AS q50, quantile_cont(totalReturn, 0.75) AS q75,
        ${OUTCOMES.map((o) => `avg(${o}Rank) AS ${o}Mean`).join(', ')} FROM ranked GROUP BY bin),
      whole AS (SELECT ${OUTCOMES.map((o) => `corr(rx, ${o}Rank) AS ${o}Rho, var_pop(${o}Rank) AS ${o}Variance`).join(', ')} FROM ranked)
      SELECT CAST(n AS DOUBLE), value, q25, q50, q75, ${OUTCOMES.map((o) => `${o}Mean, ${o}Rho, ${o}Variance`).join(', ')}
      FROM means, whole ORDER BY bin`,
  );
  const choices = choicesOf(manifest, column);
  // Of an antithetic pair both episodes have the same draws: what counts is the pair.
  const independent = manifest.config.antithetic === true ? n / 2 : n;
  const association = (outcome: Outcome): Association => {
    const mean = FIRST_MEAN + 3 * OUTCOMES.indexOf(outcome);
    const [rho, variance] = [mean + 1, rows[0]?.[mean + 2] ?? 0];
    const middle = (n + 1) / 2;
    const between = rows.reduce((sum, row) => sum + row[0]! * (row[mean]! - middle) * (row[mean]! - middle), 0) / n;
    const share = variance > 0 ? Math.min(1, between / variance) : 0;
    const correlation = choices === undefined && variance > 0 ? finite(rows[0]?.[rho]) : null;
    const limit = chiSquareQuantile(FALSE_ALARM / draws / OUTCOMES.length, rows.length - 1);
    const matters = rows.length > 1 && (independent - 1) * share > limit;
    return { rho: correlation, share, matters };
  };
  return {
    name: column.slice(PREFIX.length),
    choices,
    unit: isDuration(manifest, column) ? 'ms' : undefined,
    outcomes: {
      totalReturn: association('totalReturn'),
      spread: association('spread'),
      maxDrawdown: association('maxDrawdown'),
    },
    bins: rows.map(([count, value, q25, q50, q75]) => ({
      n: count!,
      value: value!,
      q25: q25!,
      q50: q50!,
      q75: q75!,
    })),
  };
}

function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The value that a chi-square variable exceeds with probability `tail` < 0.5 (Wilson and Hilferty 1931). */
function chiSquareQuantile(tail: number, freedom: number): number {
  if (freedom < 1) return Number.POSITIVE_INFINITY;
  const a = 2 / (9 * freedom);
  const root = 1 - a - normalQuantile(tail) * Math.sqrt(a);
  return freedom * root * root * root;
}

/** The entry of `randomize` that a column comes from. */
function distributionOf(manifest: Manifest, column: string): Record<string, unknown> | undefined {
  const name = column.slice(PREFIX.length);
  // The config may write a path otherwise than columns do.
  const entry = Object.entries(manifest.config.randomize).find(([path]) => formatPath(parsePath(path) ?? []) === name);
  return entry?.[1] as Record<string, unknown> | undefined;
}

function choicesOf(manifest: Manifest, column: string): string[] | undefined {
  const values = distributionOf(manifest, column)?.choice;
  if (!Array.isArray(values) || values.every((value) => typeof value === 'number' || isDurationText(value))) {
    return undefined;
  }
  return values.map(labelOf);
}

/** A market by its process, anything else by its text. */
function labelOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const { process, use } = value as { process?: unknown; use?: unknown };
    if (typeof (process ?? use) === 'string') return String(process ?? use);
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}

function isDurationText(value: unknown): boolean {
  return typeof value === 'string' && DURATION_PATTERN.test(value);
}

function isDuration(manifest: Manifest, column: string): boolean {
  const { uniform, logUniform, choice } = distributionOf(manifest, column) ?? {};
  return [uniform, logUniform, choice].some((values) => Array.isArray(values) && values.some(isDurationText));
}
