import { createRequire } from 'node:module';
import type { DuckDBConnection, DuckDBVector, DuckDBInstance as Instance } from '@duckdb/node-api';
import type { Columns } from '../task.ts';

// To import a large CommonJS package takes twice as long as to require it, and every command waits for it.
const { DOUBLE, DuckDBDataChunk, DuckDBInstance } = createRequire(import.meta.url)(
  '@duckdb/node-api',
) as typeof import('@duckdb/node-api');

const CHUNK_ROWS = 2_048;

/** A column of a stored table: its name, and the SQL that makes it of the number `$` (NaN is null already). */
export interface ColumnSpec {
  readonly name: string;
  readonly sql: string;
}

/** A plain number column; NaN is stored as null. */
export function double(name: string): ColumnSpec {
  return { name, sql: '$' };
}

export function integer(name: string): ColumnSpec {
  return { name, sql: 'CAST($ AS BIGINT)' };
}

/** A text column of a few known values, held as their index. */
export function choice(name: string, values: readonly string[]): ColumnSpec {
  return { name, sql: `[${values.map(quoteText).join(', ')}][CAST($ AS BIGINT) + 1]` };
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Parquet files as one table, for a FROM; `options` are those of DuckDB's read_parquet. */
export function parquetSource(files: readonly string[], options: string = ''): string {
  return `read_parquet([${files.map(quoteText).join(', ')}]${options === '' ? '' : `, ${options}`})`;
}

/** A numeric column as a double, null as NaN. */
export function asDouble(name: string): string {
  return `coalesce(CAST(${quoteName(name)} AS DOUBLE), 'NaN'::DOUBLE)`;
}

/** The array under a DOUBLE vector: it is the fast way in and out, and its type declares it private. */
export function doublesOf(vector: DuckDBVector): Float64Array {
  return (vector as unknown as { readonly items: Float64Array }).items;
}

/**
 * DuckDB, in memory, as a writer and reader of Parquet files. One thread and a bounded memory: it shares the machine with
 * the workers, and sums come out the same every time.
 */
export class Database {
  readonly connection: DuckDBConnection;
  private readonly instance: Instance;

  private constructor(instance: Instance, connection: DuckDBConnection) {
    this.instance = instance;
    this.connection = connection;
  }

  static async open(memoryMb: number = 256, tempDir?: string): Promise<Database> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: `${memoryMb}MB`,
      ...(tempDir === undefined ? {} : { temp_directory: tempDir }),
    });
    return new Database(instance, await instance.connect());
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** Writes columns of numbers to a Parquet file, zstd-compressed. */
  async writeParquet(path: string, specs: readonly ColumnSpec[], blocks: Iterable<Columns>): Promise<void> {
    const { connection } = this;
    const names = specs.map((_, i) => `c${i}`);
    await connection.run(`CREATE OR REPLACE TEMP TABLE staging (${names.map((name) => `${name} DOUBLE`).join(', ')})`);
    const appender = await connection.createAppender('staging');
    // One chunk serves all rows: a chunk's memory comes back only when its garbage is collected.
    const chunk = DuckDBDataChunk.create(names.map(() => DOUBLE));
    for (const columns of blocks) {
      const rows = columns[0]?.length ?? 0;
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const count = Math.min(CHUNK_ROWS, rows - from);
        if (chunk.rowCount !== count) chunk.rowCount = count;
        for (let i = 0; i < columns.length; i++) {
          const vector = chunk.getColumnVector(i);
          doublesOf(vector).set(columns[i]!.subarray(from, from + count));
          vector.flush();
        }
        appender.appendDataChunk(chunk);
      }
    }
    appender.closeSync();
    const selected = specs.map(({ name, sql }, i) => {
      const value = `CASE WHEN isnan(c${i}) THEN NULL ELSE c${i} END`;
      return `${sql.replace('$', value)} AS ${quoteName(name)}`;
    });
    await connection.run(
      `COPY (SELECT ${selected.join(', ')} FROM staging) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await connection.run('DROP TABLE staging');
  }

  /** Rows of a query as arrays of values. */
  async rows(sql: string): Promise<unknown[][]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRows() as unknown[][];
  }
}
