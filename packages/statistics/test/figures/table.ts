import { END_REASONS, type EndReason } from '@ergodic/core';
import type { EpisodeTable } from '../../src/figures/table.ts';

/** An episodes table of some columns; `ends` says how episodes ended, others are completed. */
export function tableOf(
  columns: Record<string, readonly number[]>,
  { ends = {}, antithetic = false, stepsPerYear = 100 }: TableOptions = {},
): EpisodeTable {
  const episodes = Object.values(columns)[0]?.length ?? 0;
  const endReason = new Uint8Array(episodes);
  for (const [episode, reason] of Object.entries(ends)) endReason[Number(episode)] = END_REASONS.indexOf(reason);
  const loaded = new Map(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]));
  return {
    episodes,
    antithetic,
    stepsPerYear,
    columns: [...loaded.keys()],
    endReason,
    column: (name) => {
      const values = loaded.get(name);
      if (values === undefined) throw new RangeError(`column ${name} was not loaded`);
      return values;
    },
  };
}

interface TableOptions {
  readonly ends?: Readonly<Record<number, EndReason>>;
  readonly antithetic?: boolean;
  readonly stepsPerYear?: number;
}
