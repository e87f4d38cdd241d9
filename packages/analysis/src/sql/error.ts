/**
 * A query that cannot be run. Codes: `SQL_INVALID` (DuckDB does not take it, or cannot carry it out), `SQL_REFUSED` (it would write, or
 * read something else than the run's tables), `SQL_INTERRUPTED`.
 */
export class SqlError extends Error {
  readonly code: 'SQL_INVALID' | 'SQL_REFUSED' | 'SQL_INTERRUPTED';

  constructor(code: SqlError['code'], message: string) {
    super(message);
    this.name = 'SqlError';
    this.code = code;
  }
}
