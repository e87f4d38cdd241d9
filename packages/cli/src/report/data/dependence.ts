import type { StoredRun } from '@ergodic/analysis';
import { DURATION_PATTERN, formatPath, normalQuantile, parsePath } from '@ergodic/core';
import { type EpisodeTable, medianOf, quantileOf } from '@ergodic/statistics';
import type { Manifest } from '@ergodic/workers';
import { rankCorrelationOf, ranksOf } from './ranks.ts';

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
export async function loadDependence(run: StoredRun): Promise<Dependence[]> {
  const { manifest } = run;
  const columns = manifest.layout.fields.filter((field) => field.startsWith(PREFIX));
  if (columns.length === 0) return [];
  const table = await run.episodes(['totalReturn', 'maxDrawdown']);
  let outcomes: RankedOutcomes | undefined;
  const found: Dependence[] = [];
  for (const column of columns) {
    const drawn = (await run.episodes([column])).column(column);
    const rows = knownRows(drawn, table.column('totalReturn'));
    if (rows.length < FEWEST_EPISODES) continue;
    // Nearly always every draw is known where one is.
    if (!outcomes?.isOf(rows)) outcomes = new RankedOutcomes(table, rows);
    found.push(dependenceOn(manifest, column, { drawn: pick(drawn, rows), outcomes, draws: columns.length }));
  }
  return found.sort((a, b) => weightOf(b) - weightOf(a));
}

/** Episodes that did not fail and have a draw. */
function knownRows(drawn: Float64Array, returns: Float64Array): Uint32Array {
  const rows = new Uint32Array(drawn.length);
  let n = 0;
  for (let i = 0; i < drawn.length; i++) if (!Number.isNaN(drawn[i]!) && !Number.isNaN(returns[i]!)) rows[n++] = i;
  return rows.subarray(0, n);
}

function pick(values: Float64Array, rows: Uint32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i]!]!;
  return picked;
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The outcomes of some episodes, and their ranks. */
class RankedOutcomes {
  readonly returns: Float64Array;
  readonly ranks: Readonly<Record<Outcome, Float64Array>>;
  private readonly rows: Uint32Array;

  constructor(table: EpisodeTable, rows: Uint32Array) {
    this.rows = rows;
    this.returns = pick(table.column('totalReturn'), rows);
    const median = medianOf({ values: this.returns, antithetic: false }).value;
    this.ranks = {
      totalReturn: ranksOf(this.returns),
      spread: ranksOf(this.returns.map((value) => Math.abs(value - median))),
      maxDrawdown: ranksOf(pick(table.column('maxDrawdown'), rows)),
    };
  }

  isOf(rows: Uint32Array): boolean {
    return Buffer.compare(bytesOf(rows), bytesOf(this.rows)) === 0;
  }
}

/** How much the total return, its place or its spread, has to do with a drawn value. */
function weightOf({ outcomes: { totalReturn, spread } }: Dependence): number {
  return Math.max(totalReturn.share, spread.share);
}

interface Drawn {
  readonly drawn: Float64Array;
  readonly outcomes: RankedOutcomes;
  /** Drawn values that are looked at together. */
  readonly draws: number;
}

function dependenceOn(manifest: Manifest, column: string, { drawn, outcomes, draws }: Drawn): Dependence {
  const n = drawn.length;
  const ranks = ranksOf(drawn);
  const groups = groupsOf(ranks);
  const choices = choicesOf(manifest, column);
  // Of an antithetic pair both episodes have the same draws: what counts is the pair.
  const independent = manifest.config.antithetic === true ? n / 2 : n;
  const limit = chiSquareQuantile(FALSE_ALARM / draws / OUTCOMES.length, groups.length - 1);
  const association = (outcome: Outcome): Association => {
    const share = shareBetween(groups, outcomes.ranks[outcome]);
    const rho = choices === undefined ? rankCorrelationOf(ranks, outcomes.ranks[outcome]) : Number.NaN;
    const matters = groups.length > 1 && (independent - 1) * share > limit;
    return { rho: Number.isNaN(rho) ? null : rho, share, matters };
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
    bins: groups.map((members) => binOf(members, drawn, outcomes.returns)),
  };
}

/** Members of each bin: of each value where there are few, else of as many episodes each. Equal values stay together. */
function groupsOf(ranks: Float64Array): Uint32Array[] {
  const n = ranks.length;
  const distinct = new Set<number>();
  for (let i = 0; i < n && distinct.size <= MOST_VALUES; i++) distinct.add(ranks[i]!);
  const hasFew = distinct.size <= MOST_VALUES;
  const places = new Map([...distinct].sort((a, b) => a - b).map((rank, i) => [rank, i]));
  const bins = ranks.map((rank) => (hasFew ? places.get(rank)! : Math.floor(((rank - 0.5) * BINS) / n)));
  const sizes = new Uint32Array(Math.max(BINS, MOST_VALUES));
  for (let i = 0; i < n; i++) sizes[bins[i]!]!++;
  const groups = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  for (let i = 0; i < n; i++) groups[bins[i]!]![sizes[bins[i]!]!++] = i;
  return groups.filter(({ length }) => length > 0);
}

/** Share of the variance of ranks that lies between groups; 0 where nothing varies. */
function shareBetween(groups: readonly Uint32Array[], ranks: Float64Array): number {
  const middle = (ranks.length + 1) / 2;
  const whole = ranks.reduce((sum, rank) => sum + (rank - middle) * (rank - middle), 0);
  let between = 0;
  for (const members of groups) {
    const distance = members.reduce((sum, i) => sum + ranks[i]!, 0) / members.length - middle;
    between += members.length * distance * distance;
  }
  return whole > 0 ? Math.min(1, between / whole) : 0;
}

function binOf(members: Uint32Array, drawn: Float64Array, returns: Float64Array): DrawBin {
  const sample = { values: pick(returns, members), antithetic: false };
  return {
    n: members.length,
    value: members.reduce((sum, i) => sum + drawn[i]!, 0) / members.length,
    q25: quantileOf(sample, 0.25).value,
    q50: medianOf(sample).value,
    q75: quantileOf(sample, 0.75).value,
  };
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
