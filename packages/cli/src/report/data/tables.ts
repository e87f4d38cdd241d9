import { type Database, parquetSource, type TableName, tableFiles } from '@ergodic/workers';

/** The stored tables of a run, for queries. */
export class Tables {
  private readonly database: Database;
  private readonly dir: string;

  constructor(database: Database, dir: string) {
    this.database = database;
    this.dir = dir;
  }

  /** Rows of a query over one table, as `FROM` it; none where nothing of it was stored. Numbers must be cast to DOUBLE. */
  async rows<Row extends unknown[]>(table: TableName, query: (from: string) => string): Promise<Row[]> {
    const files = tableFiles(this.dir, table);
    if (files.length === 0) return [];
    const from = parquetSource(files);
    return (await this.database.rows(query(from))) as Row[];
  }
}
