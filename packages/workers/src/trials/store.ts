import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, RunError } from '../errors.ts';
import type { SimulationLayout } from '../probe.ts';
import { asDouble, type Database, doublesOf, integer, parquetSource } from '../store/database.ts';
import { readJson, syncPath } from '../store/files.ts';
import { partNames, tableColumns } from '../store/parts.ts';
import type { Columns } from '../task.ts';
import type { TrialRecords } from './runner.ts';

/** A stored trial, with what the caller notes of it. */
export interface StoredTrial<Note> {
  readonly trial: number;
  readonly note: Note;
}

/**
 * The trials of a sweep: `trials/000001/{episodes,equity}.parquet` and `commit.json`. A part holds whole trials; it is written to
 * a folder with a temporary name, made durable, and committed by renaming, as parts of a run are.
 */
export class TrialStore<Note> {
  private readonly dir: string;
  private readonly layout: SimulationLayout;
  private next: number;

  /** Drops what was not committed. */
  constructor(sweepDir: string, layout: SimulationLayout) {
    this.dir = join(sweepDir, 'trials');
    this.layout = layout;
    mkdirSync(this.dir, { recursive: true });
    for (const name of readdirSync(this.dir)) {
      if (name.endsWith('.tmp')) rmSync(join(this.dir, name), { recursive: true });
    }
    this.next = 1 + Number(partNames(this.dir).at(-1) ?? 0);
  }

  /** Stores trials as one part; when this resolves they survive a power cut. */
  async commit(database: Database, results: readonly TrialRecords[], notes: readonly Note[]): Promise<void> {
    const name = String(this.next).padStart(6, '0');
    const temporary = join(this.dir, `${name}.tmp`);
    const trials = results.map(({ trial }, i): StoredTrial<Note> => ({ trial, note: notes[i]! }));
    try {
      mkdirSync(temporary);
      const codes = [...new Set(results.flatMap(({ failures }) => failures.map(({ code }) => code)))].sort();
      const episodes = [integer('trial'), ...tableColumns(this.layout, 'episodes', codes.length === 0 ? [''] : codes)];
      const figures = results.map((result) => episodeBlock(result, codes));
      await database.writeParquet(join(temporary, 'episodes.parquet'), episodes, figures);
      const streams = results.flatMap(({ trial, equity }) => (equity.length === 0 ? [] : [withTrial(trial, equity)]));
      if (streams.length > 0) {
        const equity = [integer('trial'), ...tableColumns(this.layout, 'equity')];
        await database.writeParquet(join(temporary, 'equity.parquet'), equity, streams);
      }
      writeFileSync(join(temporary, 'commit.json'), JSON.stringify({ trials }));
      for (const file of readdirSync(temporary)) syncPath(join(temporary, file));
      syncPath(temporary);
      renameSync(temporary, join(this.dir, name));
      syncPath(this.dir);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      const wayOut = 'make room or mend the cause, then ergodic sweep --resume';
      throw new RunError('STORE_FAILED', `${this.dir}: trials cannot be stored: ${messageOf(error)}; ${wayOut}`, {
        cause: error,
      });
    }
    this.next++;
  }
}

/** What is stored of a sweep's trials, by trial. Throws RunError `RUN_DAMAGED`. */
export function readTrials<Note>(sweepDir: string): StoredTrial<Note>[] {
  const dir = join(sweepDir, 'trials');
  const trials = partNames(dir).flatMap((name) => {
    const path = join(dir, name, 'commit.json');
    try {
      return (readJson(path) as { readonly trials: StoredTrial<Note>[] }).trials;
    } catch (error) {
      const wayOut = 'remove its folder, and ergodic sweep --resume runs its trials anew';
      throw new RunError('RUN_DAMAGED', `${path}: must be the JSON that was written, ${messageOf(error)}; ${wayOut}`);
    }
  });
  return trials.sort((a, b) => a.trial - b.trial);
}

/** One column of every stored trial, by trial and episode. */
export async function readTrialColumn(
  database: Database,
  sweepDir: string,
  column: string,
  episodes: number,
): Promise<Map<number, Float64Array>> {
  const found = new Map<number, Float64Array>();
  const sql = `SELECT CAST(trial AS DOUBLE), CAST(episode AS DOUBLE),
    CASE WHEN endReason = 'failed' THEN 'NaN'::DOUBLE ELSE ${asDouble(column)} END FROM`;
  for (const [trials, numbers, values] of await chunks(database, sql, trialFiles(sweepDir, 'episodes'))) {
    for (let row = 0; row < trials.length; row++) {
      const trial = trials[row]!;
      let of = found.get(trial);
      if (of === undefined) found.set(trial, (of = new Float64Array(episodes).fill(Number.NaN)));
      of[numbers[row]!] = values[row]!;
    }
  }
  return found;
}

/** Equity of episode 0 of every trial that recorded it, step by step. */
export async function readTrialEquity(database: Database, sweepDir: string): Promise<Map<number, Float64Array>> {
  const rows = new Map<number, [number, number][]>();
  const sql = 'SELECT CAST(trial AS DOUBLE), CAST(step AS DOUBLE), equity FROM';
  const files = trialFiles(sweepDir, 'equity');
  for (const [trials, steps, values] of await chunks(database, sql, files, 'WHERE episode = 0')) {
    for (let row = 0; row < trials.length; row++) {
      const trial = trials[row]!;
      const of = rows.get(trial) ?? [];
      rows.set(trial, of);
      of.push([steps[row]!, values[row]!]);
    }
  }
  const sorted = (pairs: [number, number][]): Float64Array =>
    Float64Array.from(pairs.sort(([a], [b]) => a - b).map(([, equity]) => equity));
  return new Map([...rows].map(([trial, pairs]) => [trial, sorted(pairs)]));
}

async function chunks(
  database: Database,
  select: string,
  files: readonly string[],
  rest = '',
): Promise<[Float64Array, Float64Array, Float64Array][]> {
  if (files.length === 0) return [];
  const parts: [Float64Array, Float64Array, Float64Array][] = [];
  const result = await database.connection.stream(`${select} ${parquetSource(files)} ${rest}`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return parts;
    const column = (i: number): Float64Array => doublesOf(chunk.getColumnVector(i)).slice(0, chunk.rowCount);
    parts.push([column(0), column(1), column(2)]);
  }
}

function trialFiles(sweepDir: string, table: 'episodes' | 'equity'): string[] {
  const dir = join(sweepDir, 'trials');
  return partNames(dir)
    .map((name) => join(dir, name, `${table}.parquet`))
    .filter((file) => existsSync(file));
}

/** Rows of figures → columns, with trial, number, end reason and failure code in front. */
function episodeBlock(result: TrialRecords, codes: readonly string[]): Columns {
  const { trial, endReasons, records, fields, failures } = result;
  const count = endReasons.length;
  const width = fields.length;
  const codeOf = new Map(failures.map(({ episode, code }) => [episode, codes.indexOf(code)]));
  const columns = Array.from({ length: width + 4 }, () => new Float64Array(count));
  columns[0]!.fill(trial);
  for (let i = 0; i < count; i++) {
    columns[1]![i] = i;
    columns[2]![i] = endReasons[i]!;
    columns[3]![i] = codeOf.get(i) ?? Number.NaN;
    for (let j = 0; j < width; j++) columns[4 + j]![i] = records[i * width + j]!;
  }
  return columns;
}

function withTrial(trial: number, columns: Columns): Columns {
  return [new Float64Array(columns[0]!.length).fill(trial), ...columns];
}
