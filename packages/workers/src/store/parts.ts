import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { END_REASONS } from '@ergodic/core';
import { messageOf, RunError } from '../errors.ts';
import type { SegmentInfo } from '../outputs/segment.ts';
import { LIQUIDITIES, SIDES, WHOLE_COLUMNS } from '../recorder.ts';
import type { BatchResult, Columns, EpisodeFailure } from '../task.ts';
import { type ColumnSpec, choice, type Database, double, integer } from './database.ts';
import { readJson, syncPath } from './files.ts';

export type TableName = 'episodes' | 'rewards' | 'fills' | 'equity' | 'fan';

/** What a part of the store holds, in its `commit.json`. */
export interface PartInfo {
  readonly batches: readonly number[];
  readonly episodes: number;
  readonly failed: number;
  /** Failed episodes that only a watchdog could end. */
  readonly watchdogEndings: number;
  /** The first of them; the episodes table has them all, without messages. */
  readonly failures: readonly EpisodeFailure[];
  readonly steps: number;
  readonly events: number;
  /** Episodes that are here only for their streams, replayed at the end. */
  readonly kept?: readonly number[];
  /** Points of its episodes, in the spools of the run's outputs. */
  readonly segments?: readonly SegmentInfo[];
  /** Names of damaged segments that those of this part replace. */
  readonly replaced?: readonly string[];
}

/** A part that only points to segments. */
export const NOTHING: PartInfo = {
  batches: [],
  episodes: 0,
  failed: 0,
  watchdogEndings: 0,
  failures: [],
  steps: 0,
  events: 0,
};

/** How many failures keep their messages, of a part and of a run. */
const FAILURES_KEPT = 100;
/** Endings that depend on the machine and not on the config alone. */
const WATCHDOG_CODES: ReadonlySet<string> = new Set(['STALLED', 'OUT_OF_MEMORY']);

/** In the order of episodes, so that no result depends on the order of commits. */
export function firstFailures(failures: readonly EpisodeFailure[]): EpisodeFailure[] {
  return [...failures].sort((a, b) => a.episode - b.episode).slice(0, FAILURES_KEPT);
}

/** Everything that the store has to know of a run's tables. */
export interface TableLayout {
  readonly symbols: readonly string[];
  readonly fields: readonly string[];
  readonly equity: readonly string[];
  readonly rewards: readonly string[];
}

const numeric = (name: string): ColumnSpec => (WHOLE_COLUMNS.has(name) ? integer(name) : double(name));

/** Failure codes are stored as text; the list grows with what happens, so it is passed per part. */
function episodeColumns(fields: readonly string[], codes: readonly string[]): ColumnSpec[] {
  return [integer('episode'), choice('endReason', END_REASONS), choice('failureCode', codes), ...fields.map(numeric)];
}

export function tableColumns(layout: TableLayout, table: TableName, codes: readonly string[] = ['']): ColumnSpec[] {
  switch (table) {
    case 'episodes':
      return episodeColumns(layout.fields, codes);
    case 'equity':
      return layout.equity.map(numeric);
    case 'rewards':
      return layout.rewards.map(numeric);
    case 'fills':
      return [
        integer('episode'),
        integer('step'),
        integer('timeMs'),
        choice('symbol', layout.symbols),
        integer('orderId'),
        choice('orderSide', SIDES),
        double('filledQty'),
        double('price'),
        double('commission'),
        double('slippage'),
        choice('liquidity', LIQUIDITIES),
        double('spread'),
        double('impact'),
      ];
    case 'fan':
      return [integer('point'), integer('bin'), integer('count')];
  }
}

/**
 * The tables of a run: `parts/000001/{episodes,equity,rewards,fills,fan}.parquet` and `commit.json`.
 *
 * A part is written to a folder of its own with a temporary name, made durable, and renamed: the rename commits all tables
 * of its batches at once. What has a temporary name is not there.
 */
export class PartStore {
  readonly dir: string;
  private readonly layout: TableLayout;
  private next = 1;

  constructor(runDir: string, layout: TableLayout) {
    this.dir = join(runDir, 'parts');
    this.layout = layout;
  }

  /** Drops what was not committed and returns what was, in order. */
  open(): PartInfo[] {
    mkdirSync(this.dir, { recursive: true });
    for (const name of readdirSync(this.dir)) {
      if (name.endsWith('.tmp')) rmSync(join(this.dir, name), { recursive: true });
    }
    const names = partNames(this.dir);
    this.next = names.length === 0 ? 1 : Number(names.at(-1)) + 1;
    return names.map((name) => readPartInfo(join(this.dir, name)));
  }

  /** Stores the batches as one part; when this resolves they survive a power cut. */
  async commit(
    database: Database,
    results: readonly BatchResult[],
    quarantined: readonly EpisodeFailure[],
  ): Promise<PartInfo> {
    if (results.length === 0) throw new RangeError('a part must hold at least one batch, got none');
    const failures = [...results.flatMap((result) => result.failures), ...quarantined];
    const info: PartInfo = {
      batches: results.map(({ batch }) => batch),
      episodes: results.reduce((sum, { from, to }) => sum + to - from, 0),
      failed: failures.length,
      watchdogEndings: failures.filter(({ code }) => WATCHDOG_CODES.has(code)).length,
      failures: firstFailures(failures),
      steps: results.reduce((sum, { steps }) => sum + steps, 0),
      events: results.reduce((sum, { events }) => sum + events, 0),
      segments: results.flatMap(({ segments }) => segments),
    };
    await this.write(info, (dir) => this.writeTables(database, dir, results, failures));
    return info;
  }

  /** Stores the full streams of episodes whose records are stored already, and names segments of points. */
  async commitKept(
    database: Database,
    results: readonly BatchResult[],
    segments: readonly SegmentInfo[],
    replaced: readonly string[] = [],
  ): Promise<void> {
    const info: PartInfo = { ...NOTHING, kept: results.map(({ from }) => from), segments, replaced };
    await this.write(info, async (dir) => {
      for (const table of ['equity', 'rewards', 'fills'] as const) {
        await this.writeTable(
          database,
          dir,
          table,
          results.map((result) => result[table]),
        );
      }
    });
  }

  /** Writes a part under a temporary name and commits it by renaming. */
  private async write(info: PartInfo, fill: (dir: string) => Promise<void>): Promise<void> {
    const name = String(this.next).padStart(6, '0');
    const temporary = join(this.dir, `${name}.tmp`);
    try {
      rmSync(temporary, { recursive: true, force: true });
      mkdirSync(temporary);
      await fill(temporary);
      writeFileSync(join(temporary, 'commit.json'), JSON.stringify(info));
      for (const file of readdirSync(temporary)) syncPath(join(temporary, file));
      syncPath(temporary);
      renameSync(temporary, join(this.dir, name));
      syncPath(this.dir);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
    this.next++;
  }

  private async writeTables(
    database: Database,
    dir: string,
    results: readonly BatchResult[],
    failures: readonly EpisodeFailure[],
  ): Promise<void> {
    const codes = [...new Set(failures.map(({ code }) => code))].sort();
    const codeOf = new Map(failures.map(({ episode, code }) => [episode, codes.indexOf(code)]));
    const figures = results.map((result) => episodeBlock(result, this.layout.fields.length, codeOf));
    await this.writeTable(database, dir, 'episodes', figures, codes);
    for (const table of ['equity', 'rewards', 'fills', 'fan'] as const) {
      await this.writeTable(
        database,
        dir,
        table,
        results.map((result) => result[table]),
      );
    }
  }

  private async writeTable(
    database: Database,
    dir: string,
    table: TableName,
    blocks: readonly Columns[],
    codes: readonly string[] = [],
  ): Promise<void> {
    if (blocks.every(([first]) => first === undefined || first.length === 0)) return;
    const specs = tableColumns(this.layout, table, codes.length === 0 ? [''] : codes);
    await database.writeParquet(join(dir, `${table}.parquet`), specs, blocks);
  }
}

/** Rows of figures → columns, with number, end reason and failure code in front. */
function episodeBlock(result: BatchResult, width: number, codeOf: ReadonlyMap<number, number>): Columns {
  const count = result.to - result.from;
  const columns = Array.from({ length: width + 3 }, () => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    columns[0]![i] = result.from + i;
    columns[1]![i] = result.endReasons[i]!;
    columns[2]![i] = codeOf.get(result.from + i) ?? Number.NaN;
    for (let j = 0; j < width; j++) columns[3 + j]![i] = result.records[i * width + j]!;
  }
  return columns;
}

/** What is committed of a run, in order. */
export function readParts(runDir: string): PartInfo[] {
  const dir = join(runDir, 'parts');
  return partNames(dir).map((name) => readPartInfo(join(dir, name)));
}

function readPartInfo(part: string): PartInfo {
  const path = join(part, 'commit.json');
  try {
    return readJson(path) as PartInfo;
  } catch (error) {
    const wayOut = 'remove its folder, and ergodic resume runs its episodes anew';
    throw new RunError('RUN_DAMAGED', `${path}: must be the JSON that was written, ${messageOf(error)}; ${wayOut}`);
  }
}

/** Committed parts of a run's store, in order. */
export function partNames(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(a) - Number(b));
}

/** The files of a table that exist, in order of commit. */
export function tableFiles(runDir: string, table: TableName): string[] {
  const dir = join(runDir, 'parts');
  return partNames(dir)
    .map((name) => join(dir, name, `${table}.parquet`))
    .filter((file) => existsSync(file));
}
