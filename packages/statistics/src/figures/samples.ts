import { END_REASONS, type EndReason } from '@ergodic/core';
import type { Sample } from '../sample.ts';
import type { EpisodeTable } from './table.ts';

/** A column as a sample. Failed episodes are missing. */
export function columnSample(table: EpisodeTable, column: string): Sample {
  return { values: table.column(column), antithetic: table.antithetic };
}

/** 1 where a condition on a column holds, 0 where not, missing where the value is. */
export function conditionSample(table: EpisodeTable, column: string, holds: (value: number) => boolean): Sample {
  const values = table.column(column).map((value) => (Number.isNaN(value) ? value : holds(value) ? 1 : 0));
  return { values, antithetic: table.antithetic };
}

/** 1 where an episode ended so, else 0. Failed ones are missing, unless they are what is asked for. */
export function endSample({ endReason, antithetic }: EpisodeTable, reason: EndReason): Sample {
  const wanted = END_REASONS.indexOf(reason);
  const missing = reason === 'failed' ? -1 : END_REASONS.indexOf('failed');
  const values = new Float64Array(endReason.length);
  for (let i = 0; i < values.length; i++) {
    const end = endReason[i]!;
    values[i] = end === missing ? Number.NaN : end === wanted ? 1 : 0;
  }
  return { values, antithetic };
}

/** Steps to ruin: missing where an episode was not ruined. */
export function ruinTimes(table: EpisodeTable): Sample {
  const ruined = END_REASONS.indexOf('ruined');
  const values = table.column('steps').map((steps, i) => (table.endReason[i] === ruined ? steps : Number.NaN));
  return { values, antithetic: table.antithetic };
}
