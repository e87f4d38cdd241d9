import { type Manifest, RunError, type Summary } from '@ergodic/workers';
import { type Dependence, loadDependence } from './dependence.ts';
import { type Distribution, loadDistribution } from './distribution.ts';
import { type EpisodeView, loadEpisodes } from './episode.ts';
import { type FailureCount, loadFailures } from './failures.ts';
import { type FanPoint, loadFan } from './fan.ts';
import { Tables } from './tables.ts';

/** Everything that the page shows. */
export interface ReportData {
  /** Absolute, for the commands. */
  readonly dir: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
  /** Episodes with figures: those that did not fail. */
  readonly n: number;
  readonly returns: Distribution | undefined;
  readonly drawdowns: Distribution | undefined;
  /** Of each drawn value; empty where nothing was drawn. */
  readonly dependence: readonly Dependence[];
  readonly fan: readonly FanPoint[];
  readonly episodes: readonly EpisodeView[];
  readonly failures: readonly FailureCount[];
}

/** Throws RunError `RUN_UNFINISHED`: a part of the episodes would pass for all of them. */
export async function loadReport(dir: string, manifest: Manifest): Promise<ReportData> {
  const { summary } = manifest;
  if (summary === undefined) {
    throw new RunError(
      'RUN_UNFINISHED',
      `${dir}: a report needs a completed run, this one is ${manifest.status} and has no summary yet; finish it with ergodic resume ${dir}`,
    );
  }
  const tables = await Tables.open(dir);
  const distribution = async (field: string): Promise<Distribution | undefined> => {
    const metric = summary.metrics[field];
    return metric === undefined || metric.n === 0 ? undefined : loadDistribution(tables, field, metric);
  };
  try {
    return {
      dir,
      manifest,
      summary,
      n: summary.metrics.totalReturn?.n ?? 0,
      returns: await distribution('totalReturn'),
      drawdowns: await distribution('maxDrawdown'),
      dependence: await loadDependence(tables, manifest),
      fan: await loadFan(tables, manifest),
      episodes: await loadEpisodes(tables, manifest),
      failures: await loadFailures(tables),
    };
  } finally {
    tables.close();
  }
}
