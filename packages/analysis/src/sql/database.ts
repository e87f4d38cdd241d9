import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  Database,
  type Manifest,
  messageOf,
  quoteText,
  RunError,
  readManifest,
  selectRows,
  tableFiles,
} from '@ergodic/workers';
import { SqlError } from './error.ts';
import { checkQuery, explained, hasSyntaxError, isExplain, TABLES } from './guard.ts';
import { QueryResult } from './result.ts';

/** Of DuckDB; what needs more goes to a temporary folder where it can. */
const MEMORY_MB = 256;
/** DuckDB's numbers of statements. */
const SELECT_STATEMENT = 1;
const EXPLAIN_STATEMENT = 4;
const INTERRUPT_MS = 50;

/** A table as it can be queried. */
export interface TableDescription {
  readonly name: (typeof TABLES)[number];
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/**
 * The tables of a stored run, complete or not, as views of a DuckDB that is locked: it opens the run's own Parquet files and nothing
 * else, loads nothing, and its settings are fixed. Only queries that read are given to it (`checkQuery`). Times are UTC. Close it.
 */
export class RunDatabase {
  readonly dir: string;
  readonly manifest: Manifest;
  private readonly database: Database;
  private readonly spillDir: string;
  private readonly target: string | undefined;
  private interrupting: NodeJS.Timeout | undefined;

  private constructor(dir: string, manifest: Manifest, database: Database, spillDir: string, target?: string) {
    this.dir = dir;
    this.manifest = manifest;
    this.database = database;
    this.spillDir = spillDir;
    this.target = target;
  }

  /**
   * `target` is a file for `writeParquet`, the one file that can be written.
   *
   * @throws RunError `RUN_NOT_FOUND`, `RUN_DAMAGED`
   */
  static async open(dir: string, target?: string): Promise<RunDatabase> {
    const manifest = readManifest(dir);
    const files = new Map(TABLES.map((table) => [table, filesWithin(dir, table)]));
    const spillDir = mkdtempSync(path.join(tmpdir(), 'ergodic-sql-'));
    try {
      const database = await Database.open(MEMORY_MB, spillDir);
      const opened = new RunDatabase(dir, manifest, database, spillDir, target);
      try {
        for (const [table, names] of files) {
          await database.rows(`CREATE VIEW ${table} AS ${selectRows(names, manifest.layout, table)}`);
        }
      } catch (error) {
        database.close();
        throw new RunError('RUN_DAMAGED', `${dir}: its tables must have the columns of run.json, ${messageOf(error)}`);
      }
      await lock(database, [...[...files.values()].flat(), ...(target === undefined ? [] : [target])]);
      return opened;
    } catch (error) {
      rmSync(spillDir, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Runs one query. Its rows come as they are asked for, in DuckDB's order of them.
   *
   * @throws SqlError, here or from the result
   */
  query(sql: string): Promise<QueryResult> {
    return this.guarded(async () => {
      await this.check(sql);
      const result = await this.database.connection.stream(sql);
      return new QueryResult(result, isExplain(sql), () => this.guarded(() => result.fetchChunk()));
    });
  }

  /**
   * Runs one query and writes its rows, in their order, to the target: Parquet, zstd-compressed. Rows do not pass through memory of
   * ours, where they would wait for the collection of garbage.
   *
   * @throws SqlError
   */
  writeParquet(sql: string): Promise<void> {
    const { target } = this;
    if (target === undefined) throw new RangeError('writeParquet needs the target that open() was given, got none');
    return this.guarded(async () => {
      await this.check(sql);
      if (isExplain(sql)) throw new SqlError('SQL_INVALID', 'an EXPLAIN has no rows to write; print it');
      // It is a whole statement by itself: within the parentheses it can end in a comment at most, and the line ends that.
      const statement = sql.replace(/[;\s]+$/, '');
      const rows = /^\s*(desc|describe|summarize|show)\b/i.test(sql) ? `FROM (${statement}\n)` : statement;
      const options = 'FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false';
      await this.database.rows(`COPY (${rows}\n) TO ${quoteText(target)} (${options})`);
    });
  }

  /** Every table with its number of rows and its columns. */
  async describe(): Promise<TableDescription[]> {
    const tables: TableDescription[] = [];
    for (const name of TABLES) {
      const [[rows]] = (await this.database.rows(`SELECT count(*) FROM ${name}`)) as [[bigint]];
      const columns = (await this.database.rows(`DESCRIBE ${name}`)) as [string, string][];
      tables.push({ name, rows: Number(rows), columns: columns.map(([column, type]) => ({ name: column, type })) });
    }
    return tables;
  }

  /** Ends the query that runs, and every later one, with SqlError `SQL_INTERRUPTED`. */
  interrupt(): void {
    const interrupt = (): void => this.database.connection.interrupt();
    // DuckDB forgets an interrupt that comes before it has begun.
    this.interrupting ??= setInterval(interrupt, INTERRUPT_MS);
    interrupt();
  }

  close(): void {
    clearInterval(this.interrupting);
    this.database.close();
    rmSync(this.spillDir, { recursive: true, force: true });
  }

  /** Throws SqlError unless the text is one query that reads the tables of the run. */
  private async check(sql: string): Promise<void> {
    const { connection } = this.database;
    const serializing = `SELECT json_serialize_sql(${quoteText(explained(sql))})`;
    const [[serialized]] = (await this.database.rows(serializing)) as [[string]];
    // It fails, and says where.
    if (hasSyntaxError(serialized)) await connection.extractStatements(sql);
    checkQuery(serialized, sql);
    const statement = await connection.prepare(sql);
    const { statementType, parameterCount } = statement;
    statement.destroySync();
    if (statementType !== (isExplain(sql) ? EXPLAIN_STATEMENT : SELECT_STATEMENT)) {
      throw new SqlError('SQL_REFUSED', `a query must be a SELECT, got a statement of type ${statementType}`);
    }
    if (parameterCount > 0) {
      throw new SqlError('SQL_INVALID', 'a query has no parameters; write their values instead of $1 or ?');
    }
  }

  /** Errors as those of the query. An interrupted one may also end as if it had no more rows. */
  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    let outcome: { value: T } | { error: unknown };
    try {
      outcome = { value: await work() };
    } catch (error) {
      outcome = { error };
    }
    if (this.interrupting !== undefined) throw new SqlError('SQL_INTERRUPTED', 'the query was interrupted');
    if ('value' in outcome) return outcome.value;
    const { error } = outcome;
    throw error instanceof SqlError ? error : new SqlError('SQL_INVALID', explain(messageOf(error)));
  }
}

/** The files of a table, as they are on the disk. One that lies elsewhere, behind a link, is not part of the run. */
function filesWithin(dir: string, table: (typeof TABLES)[number]): string[] {
  const root = realpathSync(dir) + path.sep;
  return tableFiles(dir, table).map((file) => {
    const real = realpathSync(file);
    if (real.startsWith(root)) return real;
    const rule = 'the tables of a run must lie in its directory';
    throw new RunError('RUN_DAMAGED', `${file}: ${rule}, this is a link to ${real}; put a copy in its place`);
  });
}

/**
 * From here on DuckDB opens these files and its own temporary folder, and none of this can be undone. It tells no reading from writing:
 * that nothing is written is for `checkQuery` to see to.
 */
async function lock(database: Database, files: readonly string[]): Promise<void> {
  for (const setting of [
    "TimeZone = 'UTC'",
    'autoload_known_extensions = false',
    'autoinstall_known_extensions = false',
    'allow_community_extensions = false',
    'allow_persistent_secrets = false',
    `allowed_paths = [${files.map(quoteText).join(', ')}]`,
    'enable_external_access = false',
    'lock_configuration = true',
  ]) {
    await database.rows(`SET ${setting}`);
  }
}

/** DuckDB's own words, with a way out that exists here. */
function explain(message: string): string {
  const text = message.replace(/^Failed to extract statements: /, '');
  if (text.startsWith('Out of Memory Error')) {
    const rule = `the query needs more than the ${MEMORY_MB} MB it may have`;
    return `${rule}: ${text.split('\n')[0]}; aggregate, or read fewer columns or rows`;
  }
  return text.trimEnd();
}
