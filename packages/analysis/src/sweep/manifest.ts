import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@ergodic/core';
import {
  type AdmittedTrial,
  type InputFile,
  RunError,
  type RunStatus,
  readJson,
  writeFileAtomic,
} from '@ergodic/workers';
import type { Refusals } from './candidates.ts';
import type { Parameter } from './parameters.ts';
import type { SearchName } from './search.ts';
import type { SweepSummary } from './summary.ts';

const NAME = 'sweep.json';

/** What candidates are held against: the config as it stands, or doing nothing, which returns 0. */
export type Benchmark = 'config' | 'zero';

/** `sweep.json`. */
export interface SweepManifest {
  readonly schema: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly seed: string;
  /** The config as it stands, with every default. */
  readonly config: Config;
  /** What made the candidates' configs, for whoever goes on with the sweep. */
  readonly source: unknown;
  readonly parameters: readonly Parameter[];
  readonly search: SearchName;
  /** Column of the episodes whose mean is compared. */
  readonly metric: string;
  readonly direction: 'maximize' | 'minimize';
  readonly benchmark: Benchmark;
  readonly isOneHistory: boolean;
  readonly inputs: readonly InputFile[];
  readonly marketKey: string;
  readonly layout: AdmittedTrial['layout'];
  /** Values of each candidate, in the order of the parameters; candidate i is trial i + 1. */
  readonly candidates: readonly (readonly unknown[])[];
  readonly refusals: Refusals;
  status: RunStatus;
  /** Why it failed. */
  error?: string;
  /** Seconds of work before the current process. */
  wallSeconds: number;
  summary?: SweepSummary;
}

export function isSweep(dir: string): boolean {
  return existsSync(join(dir, NAME));
}

export function writeSweep(dir: string, manifest: SweepManifest): void {
  writeFileAtomic(join(dir, NAME), `${JSON.stringify(manifest)}\n`);
}

/** Throws RunError `RUN_NOT_FOUND` or `RUN_DAMAGED`. */
export function readSweep(dir: string): SweepManifest {
  const path = join(dir, NAME);
  if (!isSweep(dir)) {
    throw new RunError(
      'RUN_NOT_FOUND',
      `${dir}: the directory of a sweep holds a ${NAME}, this one does not; see ergodic list`,
    );
  }
  let manifest: SweepManifest;
  try {
    manifest = readJson(path) as SweepManifest;
  } catch (error) {
    throw new RunError('RUN_DAMAGED', `${path}: must be JSON, ${(error as Error).message}`, { cause: error });
  }
  if (manifest?.schema !== 1) {
    throw new RunError(
      'RUN_DAMAGED',
      `${path}: schema must be 1, got ${manifest?.schema}; use the version that made it`,
    );
  }
  return manifest;
}
