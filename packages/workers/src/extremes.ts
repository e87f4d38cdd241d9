import type { Coordinator } from './coordinator.ts';
import { type StreamLabel, writeLabels } from './outputs/batch-points.ts';
import type { OutputName, SegmentInfo } from './outputs/segment.ts';
import type { OpenRun } from './prepare.ts';
import { asDouble, type Database, parquetSource } from './store/database.ts';
import type { KeptEpisodes } from './store/manifest.ts';
import { tableFiles } from './store/parts.ts';
import type { BatchResult } from './task.ts';

export interface Extremes {
  /** Undefined where every episode failed. */
  readonly kept: KeptEpisodes | undefined;
  /** Those of them that came out differently. */
  readonly mismatches: number[];
}

/** Replays worst, median and best episode, holds them against their records, and keeps their streams; null when canceled. */
export async function keepExtremes(run: OpenRun, coordinator: Coordinator): Promise<Extremes | null> {
  const { database, parts, outputs } = coordinator;
  const { fields } = run.manifest.layout;
  const source = parquetSource(tableFiles(run.dir, 'episodes'));
  const kept = await pickExtremes(database, source);
  if (kept === null) return { kept: undefined, mismatches: [] };
  const mismatches: number[] = [];
  const streams: BatchResult[] = [];
  const segments: SegmentInfo[] = [];
  const returns = new Map<number, number>();
  for (const episode of new Set(Object.values(kept))) {
    const result = await coordinator.replay(episode);
    if (result === null) return null;
    const columns = fields.map(asDouble).join(', ');
    const [stored] = (await database.rows(`SELECT ${columns} FROM ${source} WHERE episode = ${episode}`)) as number[][];
    const isSame = stored!.every((value, j) => Object.is(value, result.records[j]) || value === result.records[j]);
    if (!isSame) mismatches.push(episode);
    returns.set(episode, stored![fields.indexOf('totalReturn')]!);
    if (episode >= run.manifest.config.record.episodes && !coordinator.kept.has(episode)) streams.push(result);
    // Streams and labels are committed at once: who has the ones has the others.
    const isWanted = ({ output }: SegmentInfo): boolean =>
      !coordinator.isLabeled && !outputs!.hasStreams(output, episode);
    outputs?.discard(result.segments.filter((segment) => !isWanted(segment)));
    segments.push(...result.segments.filter(isWanted));
  }
  if (coordinator.wasCanceled) return null;
  const damaged = (outputs?.damaged ?? []).filter(({ scope }) => scope === 'labels');
  if (outputs !== null) {
    const isWanted = (output: OutputName): boolean =>
      !coordinator.isLabeled || damaged.some((segment) => segment.output === output);
    segments.push(...writeLabels(outputs.spec, labelsOf(kept, returns), isWanted));
  }
  if (streams.length + segments.length === 0) return { kept, mismatches };
  const replaced = damaged.map(({ name }) => name);
  await outputs?.sync(segments);
  await parts.commitKept(database, streams, segments, replaced);
  outputs?.discard(damaged);
  outputs?.committed(segments, damaged);
  return { kept, mismatches };
}

/** Numbers of the worst, median and best episode by total return; null where every episode failed. */
async function pickExtremes(database: Database, source: string): Promise<KeptEpisodes | null> {
  const known = `FROM ${source} WHERE endReason <> 'failed'`;
  const first = async (rest: string): Promise<number> => {
    const [[episode]] = (await database.rows(`SELECT CAST(episode AS DOUBLE) ${known} ${rest}`)) as [[number]];
    return episode;
  };
  const countOf = async (rest: string): Promise<number> => {
    const [[count]] = (await database.rows(`SELECT CAST(count(*) AS DOUBLE) ${known} ${rest}`)) as [[number]];
    return count;
  };
  const count = await countOf('');
  if (count === 0) return null;
  // By its value, and among equals by its number: to sort all episodes would take memory that grows with them.
  const middle = `(SELECT quantile_disc(totalReturn, 0.5) ${known})`;
  const rank = Math.floor((count - 1) / 2) - (await countOf(`AND totalReturn < ${middle}`));
  return {
    worst: await first('ORDER BY totalReturn, episode LIMIT 1'),
    median: await first(`AND totalReturn = ${middle} ORDER BY episode LIMIT 1 OFFSET ${rank}`),
    best: await first('ORDER BY totalReturn DESC, episode DESC LIMIT 1'),
  };
}

function labelsOf(kept: KeptEpisodes, returns: ReadonlyMap<number, number>): StreamLabel[] {
  return (['worst', 'median', 'best'] as const).map((role) => {
    return { role, episode: kept[role], totalReturn: returns.get(kept[role])! };
  });
}
