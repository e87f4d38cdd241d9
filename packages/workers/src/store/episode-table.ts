import { END_REASONS } from '@ergodic/core';
import type { EpisodeTable } from '@ergodic/statistics';
import { RunError } from '../errors.ts';
import { asDouble, type Database, doublesOf, parquetSource, quoteText } from './database.ts';
import type { Manifest } from './manifest.ts';
import { tableFiles } from './parts.ts';

/** Columns are read so many at a time: one pass over the files for each group. */
const GROUP = 8;

/**
 * Reads columns of the stored episodes, each as one array: 8 bytes an episode and column. `below` takes the first episodes only.
 *
 * @throws RunError `RUN_DAMAGED` where an episode is not stored, `COLUMN_UNKNOWN` where the run has no such column
 */
export async function readEpisodes(
  database: Database,
  dir: string,
  { config, layout }: Pick<Manifest, 'config' | 'layout'>,
  columns: readonly string[],
  below: number = config.episodes,
): Promise<EpisodeTable> {
  const files = tableFiles(dir, 'episodes');
  const wanted = [...new Set(columns)];
  for (const name of wanted) {
    if (layout.fields.includes(name)) continue;
    throw new RunError('COLUMN_UNKNOWN', `${dir}: has no column ${name}; it has ${layout.fields.join(', ')}`);
  }
  const endReason = new Uint8Array(below).fill(END_REASONS.length);
  const loaded = new Map(wanted.map((name) => [name, new Float64Array(below).fill(Number.NaN)]));
  const reason = `CAST(list_position([${END_REASONS.map(quoteText).join(', ')}], endReason) - 1 AS DOUBLE)`;
  for (let from = 0; from === 0 || from < wanted.length; from += GROUP) {
    const names = wanted.slice(from, from + GROUP);
    if (files.length === 0) break;
    const selected = ['CAST(episode AS DOUBLE)', reason, ...names.map(asDouble)].join(', ');
    const result = await database.connection.stream(
      `SELECT ${selected} FROM ${parquetSource(files)} WHERE episode < ${below}`,
    );
    const targets = names.map((name) => loaded.get(name)!);
    for (;;) {
      const chunk = await result.fetchChunk();
      const rows = chunk?.rowCount ?? 0;
      if (chunk === null || rows === 0) break;
      const [episodes, reasons, ...values] = Array.from({ length: names.length + 2 }, (_, i) =>
        doublesOf(chunk.getColumnVector(i)),
      ) as [Float64Array, Float64Array, ...Float64Array[]];
      for (let row = 0; row < rows; row++) endReason[episodes[row]!] = reasons[row]!;
      for (let j = 0; j < targets.length; j++) {
        const [source, target] = [values[j]!, targets[j]!];
        for (let row = 0; row < rows; row++) target[episodes[row]!] = source[row]!;
      }
    }
  }
  const missing = endReason.indexOf(END_REASONS.length);
  if (missing >= 0) {
    const wayOut = `ergodic resume ${dir} runs what is missing`;
    throw new RunError('RUN_DAMAGED', `${dir}: episode ${missing} of ${below} is not stored; ${wayOut}`);
  }
  // Draws of a failed episode are stored; no figure counts them.
  const failed = END_REASONS.indexOf('failed');
  for (const values of loaded.values()) {
    for (let i = 0; i < below; i++) if (endReason[i] === failed) values[i] = Number.NaN;
  }
  return {
    episodes: below,
    antithetic: config.antithetic,
    stepsPerYear: (config.calendar.daysPerYear * 86_400_000) / layout.intervalMs,
    columns: layout.fields,
    endReason,
    column: (name) => {
      const values = loaded.get(name);
      if (values === undefined) throw new RangeError(`column ${name} must be loaded before it is asked for`);
      return values;
    },
  };
}
