import type { Database } from '@ergodic/workers';

type Streamed = Awaited<ReturnType<Database['connection']['stream']>>;
/** Up to 2,048 rows. */
export type Chunk = NonNullable<Awaited<ReturnType<Streamed['fetchChunk']>>>;

export interface ResultColumn {
  /** Unique: the second `x` is `x:1`. */
  readonly name: string;
  /** As DuckDB writes it: `BIGINT`, `DECIMAL(18,3)`, `INTEGER[]`. */
  readonly type: string;
}

/** The rows of a query, which is still running: they can be read once. */
export class QueryResult {
  readonly columns: readonly ResultColumn[];
  /** Whether it is the answer to an EXPLAIN: the last column has the plan, drawn. */
  readonly isPlan: boolean;
  private readonly fetch: () => Promise<Chunk | null>;

  constructor(result: Streamed, isPlan: boolean, fetch: () => Promise<Chunk | null>) {
    this.isPlan = isPlan;
    const names = result.deduplicatedColumnNames();
    this.columns = result.columnTypes().map((type, i) => ({ name: names[i]!, type: type.toString() }));
    this.fetch = fetch;
  }

  async *chunks(): AsyncGenerator<Chunk> {
    for (;;) {
      const chunk = await this.fetch();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  }
}

/** Whether values of a type are numbers, which stand at the right. */
export function isNumeric(type: string): boolean {
  return /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^(DOUBLE|FLOAT|BIGNUM)$|^DECIMAL\(\d+,\d+\)$/.test(type);
}
