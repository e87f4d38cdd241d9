import { END_REASONS } from '@ergodic/core';
import { columnSample, type EpisodeTable } from '@ergodic/statistics';
import { isOneHistory } from '../ledger/history.ts';
import type { StoredRun } from '../run.ts';
import { attributionOf } from './attribution.ts';
import { changesOf } from './changes.ts';
import { type Contender, correct } from './correction.ts';
import { marketDifferences } from './market-differences.ts';
import { compareMetric } from './metric.ts';
import { ruinOf } from './ruin.ts';
import { checkSamePaths } from './same-paths.ts';
import type { CandidateComparison, ComparedRun, PairCounts, RunComparison } from './types.ts';

export interface CompareOptions {
  /** Columns of the episodes; the first is the one that headlines speak of. Default: totalReturn. */
  readonly metrics?: readonly string[];
  /** Compares the runs as independent ones, whatever paths they had. */
  readonly isUnpaired?: boolean;
}

/**
 * Compares runs with the first of them, on common random numbers: episode by episode on the same paths. Of paired runs as many
 * episodes are compared as the shorter one has; pairs of which either failed are left out and counted.
 *
 * @throws MarketsDifferError where paired runs do not share their paths
 * @throws RunError `COLUMN_UNKNOWN`, `RUN_DAMAGED`
 */
export async function compareRuns(runs: readonly StoredRun[], options: CompareOptions = {}): Promise<RunComparison> {
  const { metrics = ['totalReturn'], isUnpaired = false } = options;
  const [baseline, ...others] = runs;
  if (baseline === undefined || others.length === 0) {
    throw new RangeError(`compareRuns: needs a baseline and at least one run to compare with it, got ${runs.length}`);
  }
  if (!isUnpaired) for (const other of others) await checkSamePaths(baseline, other);
  const comparisons = metrics.length * others.length;
  const found: Found[] = [];
  for (const other of others)
    found.push(await compareTwo(baseline, other, { metrics, isPaired: !isUnpaired, comparisons }));
  const isOne = runs.some(({ manifest }) => isOneHistory(manifest.config));
  const contenders = found.flatMap((one) =>
    one.contenders.map((contender) => (isOne ? undecidable(contender) : contender)),
  );
  const { metrics: corrected, correction } = correct(contenders, baseline.manifest.config.antithetic);
  return {
    isPaired: !isUnpaired,
    isOneHistory: isOne,
    baseline: described(baseline, 0),
    candidates: found.map(({ candidate }, i) => ({
      ...candidate,
      run: described(others[i]!, i + 1),
      metrics: corrected.slice(i * metrics.length, (i + 1) * metrics.length),
    })),
    correction,
  };
}

/** Chance between episodes on one history is the strategy's own; it says nothing of another history. */
function undecidable({ metric, differences }: Contender): Contender {
  if (metric.verdict === 'identical') return { metric, differences };
  const nothing = { pValue: Number.NaN, adjustedPValue: Number.NaN, episodesToDecide: Number.NaN };
  return {
    metric: { ...metric, ...nothing, verdict: 'unknown', firstOrder: undefined, secondOrder: undefined },
    differences,
  };
}

function described({ dir, manifest, summary }: StoredRun, index: number): ComparedRun {
  return { label: labelOf(index), dir, manifest, summary };
}

/** A … Z, then A1, B1, … */
function labelOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}

interface PairOptions {
  readonly metrics: readonly string[];
  readonly isPaired: boolean;
  readonly comparisons: number;
}

interface Found {
  readonly candidate: Omit<CandidateComparison, 'run' | 'metrics'>;
  readonly contenders: readonly Contender[];
}

async function compareTwo(a: StoredRun, b: StoredRun, options: PairOptions): Promise<Found> {
  const { metrics, isPaired, comparisons } = options;
  const shorter = Math.min(a.manifest.config.episodes, b.manifest.config.episodes);
  const below = isPaired ? shorter : undefined;
  const [tableA, tableB] = [await a.episodes(metrics, below), await b.episodes(metrics, below)];
  const episodes = countsOf(tableA, tableB, isPaired);
  const contenders = metrics.map((column): Contender => {
    const [x, y] = [columnSample(tableA, column), columnSample(tableB, column)];
    const metric = compareMetric(column, x, y, { isPaired, comparisons, failedPairs: episodes.failedPairs });
    const isOneOfMany = isPaired && comparisons > 1;
    return { metric, differences: isOneOfMany ? x.values.map((value, i) => y.values[i]! - value) : undefined };
  });
  return {
    candidate: {
      changes: changesOf(a.manifest, b.manifest),
      marketDifferences: isPaired ? [] : marketDifferences(a.manifest, b.manifest),
      episodes,
      ruin: ruinOf(tableA, tableB, isPaired),
      attribution: await attributionOf(a, b, isPaired, below),
    },
    contenders,
  };
}

function countsOf(a: EpisodeTable, b: EpisodeTable, isPaired: boolean): PairCounts {
  const failed = END_REASONS.indexOf('failed');
  const count = ({ endReason }: EpisodeTable): number => endReason.reduce((n, end) => n + Number(end === failed), 0);
  const either = isPaired
    ? a.endReason.reduce((n, end, i) => n + Number(end === failed || b.endReason[i] === failed), 0)
    : 0;
  return { a: a.episodes, b: b.episodes, failedInA: count(a), failedInB: count(b), failedPairs: either };
}
