import { join } from 'node:path';
import type { Config } from '@ergodic/core';
import { type EnsembleRun, type Progress, type Summary, startEnsemble } from '@ergodic/workers';
import { StoredRun } from '../run.ts';
import type { NullEpisodes } from './edge.ts';

/** Runs that a null test is made of; each is a run directory of this name. */
export type PartName = 'own' | 'pilot' | 'martingale' | 'shuffled' | 'permuted';

export interface PartOptions {
  /** Directory of the null test. */
  readonly dir: string;
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** A run began. */
  readonly onPart?: (name: PartName, run: EnsembleRun, config: Config) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** Remarks on the config's own files, one line each. */
  readonly onNotice?: (notice: string) => void;
}

/** A run that is over. */
export interface Part {
  readonly dir: string;
  readonly summary: Summary;
  readonly episodes: NullEpisodes;
}

/**
 * Runs one part to its end and reads its episodes.
 *
 * @throws DOMException `AbortError` where the signal ended it, and what `startEnsemble` throws
 */
export async function runPart(name: PartName, config: Config, options: PartOptions): Promise<Part> {
  const { workers, signal, onProgress, onNotice } = options;
  signal?.throwIfAborted();
  const dir = join(options.dir, name);
  const run = await startEnsemble(config, {
    dir,
    ...(workers === undefined ? {} : { workers }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
    // The files of the other parts are made of those of this one.
    ...(onNotice === undefined || name !== 'own' ? {} : { onNotice }),
  });
  options.onPart?.(name, run, config);
  const summary = await run.done;
  signal?.throwIfAborted();
  const stored = await StoredRun.open(dir);
  try {
    const table = await stored.episodes(['totalReturn', 'fills', 'steps']);
    const [totalReturn, fills, steps] = ['totalReturn', 'fills', 'steps'].map((column) => table.column(column));
    return { dir, summary, episodes: { totalReturn: totalReturn!, fills: fills!, steps: steps! } };
  } finally {
    stored.close();
  }
}
