import type { Tables } from './tables.ts';

export interface FailureCount {
  readonly code: string;
  readonly count: number;
  readonly firstEpisode: number;
}

export async function loadFailures(tables: Tables): Promise<FailureCount[]> {
  const rows = await tables.rows<[string, number, number]>(
    'episodes',
    (from) => `SELECT coalesce(failureCode, 'UNKNOWN'), CAST(count(*) AS DOUBLE), CAST(min(episode) AS DOUBLE)
      FROM ${from} WHERE endReason = 'failed' GROUP BY 1 ORDER BY 2 DESC, 1`,
  );
  return rows.map(([code, count, firstEpisode]) => ({ code, count, firstEpisode }));
}
