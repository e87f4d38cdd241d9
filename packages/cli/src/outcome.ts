import { Database, type Manifest, parquetSource, readManifest, tableFiles } from '@ergodic/workers';

/** What a person wants to know of a completed run beyond its Summary. */
export interface Outcome {
  readonly manifest: Manifest;
  /** Episodes, not counting failed ones, that ended with less than they began with. */
  readonly losses: number;
  readonly failures: readonly { readonly code: string; readonly count: number }[];
  /** Total returns of the kept episodes. */
  readonly returns: ReadonlyMap<number, number>;
}

export async function readOutcome(dir: string): Promise<Outcome> {
  const manifest = readManifest(dir);
  const files = tableFiles(dir, 'episodes');
  const source = parquetSource(files);
  const kept = manifest.kept === undefined ? [] : Object.values(manifest.kept);
  const database = await Database.open();
  try {
    const [[losses]] = (await database.rows(
      `SELECT CAST(count(*) AS DOUBLE) FROM ${source} WHERE endReason <> 'failed' AND totalReturn < 0`,
    )) as [[number]];
    const failures = (await database.rows(
      `SELECT failureCode, CAST(count(*) AS DOUBLE) AS n FROM ${source} WHERE endReason = 'failed'
       GROUP BY failureCode ORDER BY n DESC, failureCode`,
    )) as [string, number][];
    const returns = (await database.rows(
      `SELECT CAST(episode AS DOUBLE), totalReturn FROM ${source} WHERE episode IN (${[-1, ...kept].join(', ')})`,
    )) as [number, number][];
    return {
      manifest,
      losses,
      failures: failures.map(([code, count]) => ({ code, count })),
      returns: new Map(returns),
    };
  } finally {
    database.close();
  }
}
