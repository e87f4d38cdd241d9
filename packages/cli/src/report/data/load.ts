import { type HistoryVerdict, historyVerdict, StoredRun } from '@ergodic/analysis';
import type { Manifest, Summary } from '@ergodic/workers';
import { loadMoneyFlow, type MoneyFlow } from './attribution.ts';
import { type Condition, loadConditions } from './conditions.ts';
import { type Dependence, loadDependence } from './dependence.ts';
import { type Distribution, loadDistribution } from './distribution.ts';
import { type EpisodeView, loadEpisodes } from './episode.ts';
import { type Estimates, loadEstimates, meanText } from './estimates.ts';
import { type FailureCount, loadFailures } from './failures.ts';
import { type FanPoint, loadFan } from './fan.ts';
import { HEADLINE, LEVELS } from './headline.ts';
import { type Origin, originOf } from './history.ts';
import { Tables } from './tables.ts';

/** Everything that the page shows. */
export interface ReportData {
  /** Absolute, for the commands. */
  readonly dir: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
  /** Episodes with figures: those that did not fail. */
  readonly n: number;
  /** What the episodes are drawn from. */
  readonly origin: Origin;
  /** What one history can say of the strategy; null where there is not just one. */
  readonly history: HistoryVerdict | null;
  /** Whether the episodes say anything of chances: not one alone, nor the same one again and again. */
  readonly hasChances: boolean;
  /** Of the headline, of levels on the way, and the mean of every column. */
  readonly estimates: Estimates;
  readonly returns: Distribution | undefined;
  readonly drawdowns: Distribution | undefined;
  /** Of the longest drawdown, in steps. */
  readonly lengths: Distribution | undefined;
  readonly money: MoneyFlow;
  /** Outcomes by what the markets did. */
  readonly conditions: readonly Condition[];
  /** Of each drawn value; empty where nothing was drawn. */
  readonly dependence: readonly Dependence[];
  readonly fan: readonly FanPoint[];
  readonly episodes: readonly EpisodeView[];
  readonly failures: readonly FailureCount[];
}

/**
 * Reads a completed run; `runsDir` is the folder whose ledger knows the trials on a history.
 *
 * @throws RunError `RUN_NOT_FOUND`, `RUN_DAMAGED`, or `RUN_UNFINISHED` where the run is not completed: a part of the episodes would pass for
 * all of them
 */
export async function loadReport(dir: string, runsDir: string): Promise<ReportData> {
  const run = await StoredRun.open(dir);
  try {
    return await loadFrom(run, runsDir);
  } finally {
    run.close();
  }
}

async function loadFrom(run: StoredRun, runsDir: string): Promise<ReportData> {
  const { dir, manifest, summary } = run;
  const tables = new Tables(run.database, dir);
  const distribution = async (field: string, isWhole = false): Promise<Distribution | undefined> => {
    const metric = summary.metrics[field];
    return metric === undefined || metric.n === 0 ? undefined : loadDistribution(tables, field, metric, isWhole);
  };
  const texts = [...HEADLINE.map(({ text }) => text), ...LEVELS.map(({ text }) => text)];
  const means = Object.keys(summary.metrics).map(meanText);
  const { n = 0, min = null, max = null } = summary.metrics.totalReturn ?? {};
  const origin = originOf(manifest.config);
  return {
    dir,
    manifest,
    summary,
    n,
    origin,
    history: await historyVerdict(run, runsDir),
    hasChances: n > 1 && !(origin === 'one' && min === max),
    estimates: await loadEstimates(run, [...texts, ...means]),
    returns: await distribution('totalReturn'),
    drawdowns: await distribution('maxDrawdown'),
    lengths: await distribution('longestDrawdown', true),
    money: await loadMoneyFlow(run),
    conditions: await loadConditions(run, tables),
    dependence: await loadDependence(run),
    fan: await loadFan(tables, manifest),
    episodes: await loadEpisodes(tables, manifest),
    failures: await loadFailures(tables),
  };
}
