import { closeSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type QueryResult, RunDatabase, SqlError } from '@ergodic/analysis';
import { UsageError } from '../config/errors.ts';
import { count, table } from '../format.ts';
import { colorsFor, isOutputClosed, notice, print, printFile, printJson } from '../output.ts';
import { resolveRun, typed } from '../runs.ts';
import { TEXT_FORMATS } from '../sql/formats.ts';
import { type Shown, showPlan, showTable } from '../sql/table.ts';
import { checkTarget } from './export.ts';

const STDIN = 0;
/** Of output that goes to no terminal. */
const WIDTH = 100;
const FILE_FORMATS = ['csv', 'ndjson', 'parquet'] as const;

type FileFormat = (typeof FILE_FORMATS)[number];
type Format = FileFormat | 'table' | 'json' | 'markdown';

export interface SqlOptions {
  readonly format?: Format;
  readonly out?: string;
  readonly json?: boolean;
}

/** Where the rows go, and as what. */
type Target = FileTarget | { readonly format: Exclude<Format, 'parquet'> };

interface FileTarget {
  readonly format: FileFormat;
  /** As it was given. */
  readonly out: string;
  /** Beside it, so that the rename moves no data between disks. */
  readonly temporary: string;
}

export async function sql(given: string, query: string | undefined, options: SqlOptions): Promise<number> {
  const target = targetOf(options);
  const dir = await resolveRun(given);
  if (query === undefined) return describe(dir, target);
  const text = query === '-' ? readFileSync(STDIN, 'utf8') : query;
  const database = await RunDatabase.open(dir, 'out' in target ? target.temporary : undefined);
  let exitCode = 0;
  const stop = (code: number) => () => {
    exitCode = code;
    database.interrupt();
  };
  process.once('SIGINT', stop(130)).once('SIGTERM', stop(143));
  try {
    if (database.manifest.status !== 'completed') {
      notice(`${typed(dir)} is not completed: this is what is stored so far`);
    }
    if ('out' in target) await save(database, text, target);
    else await deliver(await database.query(text), target.format);
    return 0;
  } catch (error) {
    if (exitCode === 0) throw withWayOut(error, typed(dir));
    notice('\ninterrupted');
    return exitCode;
  } finally {
    database.close();
  }
}

function targetOf({ format, out, json = false }: SqlOptions): Target {
  if (json && (out !== undefined || (format ?? 'json') !== 'json')) {
    throw new UsageError(`--json prints the result as JSON; leave out ${out === undefined ? '--format' : '--out'}`);
  }
  if (out === undefined) {
    if (format !== 'parquet') return { format: json ? 'json' : (format ?? 'table') };
    throw new UsageError('--format parquet: is written to a file; add --out FILE, for example --out result.parquet');
  }
  checkTarget(out);
  const named = format ?? path.extname(out).slice(1);
  const known = FILE_FORMATS.find((name) => name === named);
  if (known !== undefined) return { format: known, out, temporary: `${path.resolve(out)}.${process.pid}.tmp` };
  const rule = `--out writes ${FILE_FORMATS.join(', ')}`;
  throw new UsageError(
    `--out ${out}: ${rule}, got ${named === '' ? 'no format' : named}; add --format csv, or name x.csv`,
  );
}

/** The tables and their columns. */
async function describe(dir: string, target: Target): Promise<number> {
  if (target.format !== 'table' && target.format !== 'json') {
    throw new UsageError(
      `--format ${target.format}: needs a query; without one the tables are printed, also with --json`,
    );
  }
  const database = await RunDatabase.open(dir);
  try {
    const tables = await database.describe();
    if (target.format === 'json') printJson({ tables });
    else {
      const { bold, dim } = colorsFor(process.stdout);
      const blocks = tables.map(({ name, rows, columns }) => {
        const lines = table(columns.map((column) => [`  ${column.name}`, column.type.toLowerCase()]));
        return [`${bold(name)}  ${dim(rows === 1 ? '1 row' : `${count(rows)} rows`)}`, ...lines].join('\n');
      });
      print(`${blocks.join('\n\n')}\n`);
    }
    return 0;
  } finally {
    database.close();
  }
}

async function deliver(result: QueryResult, format: Exclude<Format, 'parquet'>): Promise<void> {
  if (format === 'table') return show(result);
  // Half a document is none: it is printed when it is whole.
  if (format === 'json') return printWhole(result);
  for await (const text of TEXT_FORMATS[format](result)) {
    print(text);
    if (isOutputClosed()) return;
  }
}

async function show(result: QueryResult): Promise<void> {
  if (result.isPlan) return print(`${await showPlan(result)}\n`);
  const { lines, remarks }: Shown = await showTable(result, process.stdout.columns ?? WIDTH);
  const [header, ...rows] = lines;
  print(`${[colorsFor(process.stdout).dim(header!), ...rows].join('\n')}\n`);
  for (const remark of remarks) notice(remark);
}

async function printWhole(result: QueryResult): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-sql-'));
  try {
    const file = path.join(folder, 'result.json');
    await writeText(TEXT_FORMATS.json(result), file);
    printFile(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function save(database: RunDatabase, query: string, { format, out, temporary }: FileTarget): Promise<void> {
  try {
    if (format === 'parquet') await database.writeParquet(query);
    else await writeText(TEXT_FORMATS[format](await database.query(query)), temporary);
    renameSync(temporary, path.resolve(out));
  } finally {
    rmSync(temporary, { force: true });
  }
  notice(`wrote ${typed(path.resolve(out))}`);
}

async function writeText(pieces: AsyncIterable<string>, file: string): Promise<void> {
  const handle = openSync(file, 'wx');
  try {
    for await (const text of pieces) writeFileSync(handle, text);
  } finally {
    closeSync(handle);
  }
}

function withWayOut(error: unknown, dir: string): unknown {
  if (!(error instanceof SqlError) || error.code !== 'SQL_INVALID') return error;
  return new SqlError(error.code, `${error.message}\nergodic sql ${dir} prints the tables and their columns`);
}
