import type { EpisodeFailure } from '../task.ts';
import { type Database, parquetSource, quoteText } from './database.ts';
import { tableFiles } from './parts.ts';

/** Failures that ended their worker. */
const CRASH_CODES: ReadonlySet<string> = new Set(['WORKER_EXIT', 'LATE_ERROR', 'OUT_OF_MEMORY', 'STALLED']);

/** Stored episodes from `from` to `to` (exclusive) that ended their worker. */
export async function crashesBetween(
  database: Database,
  runDir: string,
  from: number,
  to: number,
): Promise<EpisodeFailure[]> {
  const files = tableFiles(runDir, 'episodes');
  if (files.length === 0) return [];
  const codes = [...CRASH_CODES].map(quoteText).join(', ');
  const rows = await database.rows(
    `SELECT CAST(episode AS DOUBLE), failureCode FROM ${parquetSource(files)}
     WHERE episode >= ${from} AND episode < ${to} AND failureCode IN (${codes})`,
  );
  return (rows as [number, string][]).map(([episode, code]) => ({ episode, code, message: '' }));
}
