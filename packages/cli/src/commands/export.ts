import { closeSync, existsSync, mkdtempSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  Database,
  type Manifest,
  parquetSource,
  quoteName,
  quoteText,
  readManifest,
  type TableName,
  tableColumns,
  tableFiles,
} from '@ergodic/workers';
import { UsageError } from '../config/errors.ts';
import { isOutputClosed, notice, print } from '../output.ts';
import { resolveRun, typed } from '../runs.ts';

const MEMORY_MB = 512;
const PIECE_BYTES = 1_048_576;

export const FORMATS = {
  csv: 'FORMAT csv, HEADER',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  ndjson: 'FORMAT json',
} as const;

export interface ExportOptions {
  readonly table: Exclude<TableName, 'fan'>;
  readonly format: keyof typeof FORMATS;
  readonly out?: string;
}

export async function exportTable(given: string, { table, format, out }: ExportOptions): Promise<number> {
  if (out === undefined && format === 'parquet') {
    throw new UsageError('--format parquet: is written to a file; add --out FILE, for example --out episodes.parquet');
  }
  if (out !== undefined) checkTarget(out);
  const dir = await resolveRun(given);
  const manifest = readManifest(dir);
  if (manifest.status !== 'completed') {
    notice(`${typed(dir)} is not completed: this is what is stored so far; ergodic resume ${typed(dir)} goes on`);
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-export-'));
  // Beside the target, so that the rename moves no data between disks.
  const file = out === undefined ? path.join(folder, table) : `${path.resolve(out)}.${process.pid}.tmp`;
  try {
    const database = await Database.open(MEMORY_MB, folder);
    try {
      await database.rows(`COPY (${selection(dir, manifest, table)}) TO ${quoteText(file)} (${FORMATS[format]})`);
    } finally {
      database.close();
    }
    if (out === undefined) printFile(file);
    else renameSync(file, path.resolve(out));
  } finally {
    rmSync(file, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
  if (out !== undefined) notice(`wrote ${typed(path.resolve(out))}`);
  return 0;
}

/** A file to be written must not be there, and its folder must. Throws UsageError. */
export function checkTarget(out: string): void {
  if (existsSync(out)) {
    throw new UsageError(`--out ${out}: exists and is not overwritten; remove it, or name another file`);
  }
  const folder = path.dirname(path.resolve(out));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--out ${out}: the folder ${folder} does not exist; make it, or name another file`);
  }
}

/** The rows of every part, in order. Rows of one step keep the order in which they happened. */
function selection(dir: string, { layout }: Manifest, table: TableName): string {
  const columns = tableColumns(layout, table);
  const files = tableFiles(dir, table);
  if (files.length === 0) {
    // Nothing was stored; the columns and their types are still those of the table.
    const empty = columns.map(({ name, sql }) => `${sql.replace('$', 'x')} AS ${quoteName(name)}`);
    return `SELECT ${empty.join(', ')} FROM (SELECT CAST(NULL AS DOUBLE) AS x) WHERE false`;
  }
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const order = table === 'episodes' ? 'episode' : 'episode, step, file_row_number';
  return `SELECT ${names} FROM ${parquetSource(files, 'file_row_number = true')} ORDER BY ${order}`;
}

function printFile(file: string): void {
  const handle = openSync(file, 'r');
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (let length = 1; length > 0 && !isOutputClosed(); ) {
      length = readSync(handle, piece);
      print(piece.subarray(0, length));
    }
  } finally {
    closeSync(handle);
  }
}
