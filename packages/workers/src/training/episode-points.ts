import { END_REASONS } from '@ergodic/core';
import { writeBatchPoints } from '../outputs/batch-points.ts';
import type { Outputs } from '../outputs/outputs.ts';
import type { PointsSpec } from '../outputs/points-spec.ts';
import type { SimulationLayout } from '../probe.ts';
import { asDouble, type Database, parquetSource } from '../store/database.ts';
import type { PartStore } from '../store/parts.ts';
import type { BatchResult, EpisodeFailure } from '../task.ts';
import type { FinishedEpisode } from './training-run.ts';

/** Finished episodes as batches of consecutive ones, with their points where there are outputs. */
export function writeEpisodes(
  episodes: readonly FinishedEpisode[],
  layout: SimulationLayout,
  spec: PointsSpec | undefined,
): BatchResult[] {
  const sorted = [...episodes].sort((a, b) => a.episode - b.episode);
  const batches: FinishedEpisode[][] = [];
  for (const one of sorted) {
    const batch = batches.at(-1);
    if (batch?.at(-1)?.episode === one.episode - 1) batch.push(one);
    else batches.push([one]);
  }
  return batches.map((batch) => resultOf(batch, layout, spec));
}

function resultOf(
  batch: readonly FinishedEpisode[],
  layout: SimulationLayout,
  spec: PointsSpec | undefined,
): BatchResult {
  const from = batch[0]!.episode;
  const width = layout.fields.length;
  const records = new Float64Array(batch.length * width);
  const endReasons = new Uint8Array(batch.length);
  const failures: EpisodeFailure[] = [];
  let steps = 0;
  for (const [i, { episode, endReason, figures, trainingIteration, policyVersion, failure }] of batch.entries()) {
    records.set(figures, i * width);
    records.set([trainingIteration, policyVersion], i * width + figures.length);
    endReasons[i] = END_REASONS.indexOf(endReason);
    if (failure !== undefined) failures.push({ episode, code: failure.code, message: failure.message.slice(0, 500) });
    else steps += records[i * width]!;
  }
  const none = (names: readonly unknown[]): Float64Array[] => names.map(() => new Float64Array(0));
  const tables = {
    ...{ from, to: from + batch.length, endReasons, records, failures },
    equity: none(layout.equity),
    rewards: none(layout.rewards),
    fills: none(FILLS),
  };
  const source = { ...tables, rejects: [], skipped: [], recordBelow: 0 };
  const segments = spec === undefined ? [] : writeBatchPoints(spec, layout, source, 'all');
  const learned = { updates: new Float64Array(0), agentFigures: {} };
  return { batch: from, canceled: false, ...tables, fan: none(FAN), segments, steps, events: 0, ...learned };
}

/** Columns of the tables that do not depend on the config. */
const FILLS = Array.from({ length: 11 });
const FAN = Array.from({ length: 3 });

/** Points whose segment was damaged are made anew from the stored episodes. */
export async function rewriteDamaged(
  outputs: Outputs,
  tools: { database: Database; parts: PartStore; files: readonly string[]; layout: SimulationLayout },
): Promise<void> {
  const { database, parts, files, layout } = tools;
  for (const damaged of outputs.damaged) {
    const { from, to } = damaged;
    const columns = ['episode', ...layout.fields].map(asDouble).join(', ');
    const rows = (await database.rows(
      `SELECT endReason, coalesce(failureCode, ''), ${columns} FROM ${parquetSource(files)}
       WHERE episode >= ${from} AND episode < ${to} ORDER BY episode`,
    )) as [FinishedEpisode['endReason'], string, number, ...number[]][];
    const episodes = rows.map(([endReason, code, episode, ...values]): FinishedEpisode => {
      const [policyVersion, trainingIteration] = [values.pop()!, values.pop()!];
      const failure = endReason === 'failed' ? { failure: { code, message: '' } } : {};
      return { episode, endReason, figures: values, trainingIteration, policyVersion, ...failure };
    });
    const segments = writeEpisodes(episodes, layout, outputs.spec).flatMap((result) => result.segments);
    await outputs.replace(damaged, segments, (wanted) => parts.commitKept(database, [], wanted, [damaged.name]));
  }
}
