import type { StoredRun } from '@ergodic/analysis';
import { parquetSource, tableFiles } from '@ergodic/workers';
import type { FanPoint } from '../../data/fan.ts';

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
/** With fewer paths quantiles say less than the lines themselves. */
export const FEWEST_PATHS = 10;
const MOST_PATHS = 1_000;
const MOST_POINTS = 150;

/** Quantiles of the equity of B less that of A on the same path, over time. */
export interface EquityDifference {
  readonly paths: number;
  readonly points: readonly FanPoint[];
}

/** Of the first episodes, which both runs recorded; undefined where these are too few. */
export async function loadEquityDifference(
  a: StoredRun,
  b: StoredRun,
  shared: readonly number[],
): Promise<EquityDifference | undefined> {
  const episodes = shared.slice(0, MOST_PATHS);
  const [filesA, filesB] = [tableFiles(a.dir, 'equity'), tableFiles(b.dir, 'equity')];
  if (episodes.length < FEWEST_PATHS || filesA.length === 0 || filesB.length === 0) return undefined;
  const quantiles = LEVELS.map((level) => `CAST(quantile_cont(difference, ${level}) AS DOUBLE)`);
  const rows = (await a.database.rows(
    `WITH differences AS (
        SELECT a.step AS step, b.equity - a.equity AS difference
        FROM ${parquetSource(filesA)} a JOIN ${parquetSource(filesB)} b USING (episode, step)
        WHERE episode IN (${episodes.join(', ')})),
      steps AS (SELECT step, row_number() OVER (ORDER BY step) - 1 AS i, count(*) OVER () AS n FROM differences GROUP BY step)
      SELECT CAST(step AS DOUBLE), ${quantiles.join(', ')} FROM differences JOIN steps USING (step)
      WHERE i % greatest(1, CAST(ceil(n / ${MOST_POINTS}) AS BIGINT)) = 0 OR i = n - 1 GROUP BY step ORDER BY step`,
  )) as number[][];
  if (rows.length < 2) return undefined;
  const points = rows.map(([step, q05, q25, q50, q75, q95]) => ({
    timeMs: step! * a.manifest.layout.intervalMs,
    q05: q05!,
    q25: q25!,
    q50: q50!,
    q75: q75!,
    q95: q95!,
  }));
  return { paths: episodes.length, points };
}
