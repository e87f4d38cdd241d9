import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database, quoteText, readManifest, selectOrderedRows, type TableName, tableFiles } from '@ergodic/workers';
import { UsageError } from '../config/errors.ts';
import { notice, printFile } from '../output.ts';
import { resolveRun, typed } from '../runs.ts';

const MEMORY_MB = 512;

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
    const rows = selectOrderedRows(tableFiles(dir, table), manifest.layout, table);
    const database = await Database.open(MEMORY_MB, folder);
    try {
      await database.rows(`COPY (${rows}) TO ${quoteText(file)} (${FORMATS[format]})`);
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
