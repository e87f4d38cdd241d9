import { type Config, END_REASONS, type EndReason, PairedMoments, RunningMoments } from '@ergodic/core';
import { finiteOrNull } from '@ergodic/statistics';
import { EpisodeDigest } from './digest.ts';
import { asDouble, type Database, doublesOf, parquetSource, quoteName, quoteText } from './store/database.ts';
import type { TrainingSummary } from './training/evaluation.ts';
import { isTrainingField } from './training/fields.ts';
import type { UntilState } from './until/check.ts';

const RANGE = 65_536;
const QUANTILES = { q05: 0.05, q25: 0.25, q50: 0.5, q75: 0.75, q95: 0.95 } as const;

type QuantileName = keyof typeof QUANTILES;
export type Quantiles = Readonly<Record<QuantileName, number | null>>;

/** One column of the episodes, over those that did not fail and where it is defined. */
export interface Metric extends Quantiles {
  readonly n: number;
  readonly mean: number | null;
  /** 95 % confidence interval of the mean; of antithetic episodes from the means of their pairs. */
  readonly ci95: readonly [number | null, number | null];
  readonly sd: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Where episodes failed: the quantiles if each of them had been the worst, or the best. Draws have none. */
  readonly failuresAsWorst?: Quantiles;
  readonly failuresAsBest?: Quantiles;
}

export type EpisodeCounts = Readonly<Record<'requested' | EndReason, number>>;

export interface Timing {
  readonly wallSeconds: number;
  readonly workers: number;
  readonly steps: number;
  readonly events: number;
  readonly stepsPerSecond: number;
}

export interface FailureNote {
  readonly episode: number;
  readonly code: string;
  readonly message: string;
  /** The command that shows it again. */
  readonly replay: string;
}

/** What became of the points that an output was to get: they were acknowledged, are spooled, or were refused. */
export interface OutputAccount {
  readonly produced: number;
  readonly acknowledged: number;
  readonly spooled: number;
  readonly refused: number;
  /** Removed from the spool by somebody else. */
  readonly missing: number;
  /** How long the end of the run waited for deliveries. */
  readonly drainSeconds: number;
}

/** By the name of the output. */
export type OutputAccounts = Readonly<Record<string, OutputAccount>>;

/** The outcome of a run, as `--json` prints it. */
export interface Summary {
  readonly id: string;
  readonly dir: string;
  readonly seed: string;
  readonly digest: string;
  readonly marketKey: string;
  readonly status: string;
  /** False after a mismatch, and where only a watchdog could end an episode. */
  readonly reproducible: boolean;
  /** Episodes that were run twice and came out differently: worst, median and best are checked so. */
  readonly mismatches: readonly number[];
  readonly episodes: EpisodeCounts;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** At most 100 failed episodes; the episodes table has them all. */
  readonly failures: readonly FailureNote[];
  /** Only of runs that could end early. */
  readonly until?: UntilState;
  /** Only where the config has some. */
  readonly outputs?: OutputAccounts;
  /** Only of training runs. */
  readonly training?: TrainingSummary;
  readonly timing: Timing;
}

export interface EnsembleFigures {
  readonly digest: string;
  readonly episodes: EpisodeCounts;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** Reads the stored episodes, in order, once for digest and moments, and once per column for exact quantiles. */
export async function summarize(
  database: Database,
  files: readonly string[],
  fields: readonly string[],
  { episodes: requested, antithetic }: Pick<Config, 'episodes' | 'antithetic'>,
): Promise<EnsembleFigures> {
  const [[last]] = (await database.rows(`SELECT CAST(max(episode) AS DOUBLE) FROM ${parquetSource(files)}`)) as [
    [number],
  ];
  const pass = await digestPass(database, files, fields, last + 1, antithetic);
  const metrics: Record<string, Metric> = {};
  for (let j = 0; j < fields.length; j++) {
    if (isTrainingField(fields[j]!)) continue;
    const failed = fields[j]!.startsWith('draw_') ? 0 : pass.counts.failed;
    const ci95 = (pass.pairs?.[j] ?? pass.moments[j]!).ci95;
    metrics[fields[j]!] = await metricOf(database, files, fields[j]!, { moments: pass.moments[j]!, ci95, failed });
  }
  return { digest: pass.digest, episodes: { requested, ...pass.counts }, metrics };
}

interface Pass {
  readonly digest: string;
  readonly counts: Record<EndReason, number>;
  readonly moments: readonly RunningMoments[];
  /** Of antithetic episodes. */
  readonly pairs: readonly PairedMoments[] | undefined;
}

async function digestPass(
  database: Database,
  files: readonly string[],
  fields: readonly string[],
  end: number,
  antithetic: boolean,
): Promise<Pass> {
  const digest = new EpisodeDigest(fields);
  const figures = new Float64Array(fields.length);
  const moments = fields.map(() => new RunningMoments());
  const pairs = antithetic ? fields.map(() => new PairedMoments()) : undefined;
  const counts = { completed: 0, ruined: 0, stopped: 0, failed: 0 };
  const selected = fields.map(asDouble);
  for (let from = 0; from < end; from += RANGE) {
    const result = await database.connection.stream(
      `SELECT CAST(episode AS DOUBLE), CAST(list_position([${END_REASONS.map(quoteText).join(', ')}], endReason) AS DOUBLE),
       coalesce(failureCode, ''), ${selected.join(', ')} FROM ${parquetSource(files)}
       WHERE episode >= ${from} AND episode < ${from + RANGE} ORDER BY episode`,
    );
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const column = (i: number): Float64Array => doublesOf(chunk.getColumnVector(i));
      const episodes = column(0);
      const reasons = column(1);
      const codes = chunk.getColumnValues(2) as string[];
      const values = fields.map((_, j) => column(3 + j));
      for (let row = 0; row < chunk.rowCount; row++) {
        const reason = END_REASONS[reasons[row]! - 1]!;
        counts[reason]++;
        for (let j = 0; j < fields.length; j++) figures[j] = values[j]![row]!;
        digest.add(episodes[row]!, reason, codes[row]!, figures);
        if (reason === 'failed') continue;
        for (let j = 0; j < fields.length; j++) {
          moments[j]!.add(figures[j]!);
          pairs?.[j]?.add(episodes[row]!, figures[j]!);
        }
      }
    }
  }
  return { digest: digest.hex(), counts, moments, pairs };
}

async function metricOf(
  database: Database,
  files: readonly string[],
  field: string,
  { moments, ci95, failed }: { moments: RunningMoments; ci95: readonly [number, number]; failed: number },
): Promise<Metric> {
  const name = quoteName(field);
  const quantiles = async (source: string): Promise<Quantiles> => {
    const [row] = await database.rows(
      `SELECT quantile_cont(x, [${Object.values(QUANTILES).join(', ')}]) FROM (${source})`,
    );
    const items = (row?.[0] as { items: (number | null)[] } | null)?.items ?? [];
    const entries = Object.keys(QUANTILES).map((key, i) => [key, finiteOrNull(items[i] ?? Number.NaN)]);
    return Object.fromEntries(entries) as Quantiles;
  };
  const known = `SELECT CAST(${name} AS DOUBLE) AS x FROM ${parquetSource(files)} WHERE endReason <> 'failed' AND ${name} IS NOT NULL`;
  const withFailures = (value: string): string => `${known} UNION ALL SELECT ${value}::DOUBLE FROM range(${failed})`;
  const [low, high] = ci95;
  return {
    n: moments.n,
    mean: moments.n === 0 ? null : moments.mean,
    ci95: [finiteOrNull(low), finiteOrNull(high)],
    sd: finiteOrNull(moments.sd),
    min: finiteOrNull(moments.min),
    max: finiteOrNull(moments.max),
    ...(await quantiles(known)),
    ...(failed > 0 && moments.n > 0
      ? {
          failuresAsWorst: await quantiles(withFailures(`'-Infinity'`)),
          failuresAsBest: await quantiles(withFailures(`'Infinity'`)),
        }
      : {}),
  };
}
