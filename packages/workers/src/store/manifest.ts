import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@ergodic/core';
import { RunError } from '../errors.ts';
import type { SimulationLayout } from '../probe.ts';
import type { Summary } from '../summary.ts';
import type { UntilState } from '../until/check.ts';
import { readJson, writeFileAtomic } from './files.ts';

export type RunStatus = 'running' | 'interrupted' | 'completed' | 'failed';

/** A file of the user's that the run depends on. */
export interface InputFile {
  readonly role: 'strategy' | 'component' | 'reward' | 'feature' | 'agent' | 'trained-agent' | 'model' | 'candles';
  /** `use` text of the config, or the symbol of the candles; of policies and models, `file`. */
  readonly name: string;
  /** Where it was when the run started. */
  readonly path: string;
  readonly sha256: string;
  /** Its copy within the run directory: the bundle of code, the file of a policy. */
  readonly bundle?: string;
}

export interface KeptEpisodes {
  readonly worst: number;
  readonly median: number;
  readonly best: number;
}

/** `run.json`. */
export interface Manifest {
  readonly schema: 1;
  readonly id: string;
  /** The id under which outputs know the run: unlike a directory's name, no other run has it. */
  readonly streamId: string;
  readonly createdAt: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly seed: string;
  /** Of a run with `until`, `episodes` becomes what it came to. */
  config: Config;
  readonly inputs: readonly InputFile[];
  readonly marketKey: string;
  /** What the results of an ONNX policy follow from beside its file. */
  readonly policy?: { readonly rows: number; readonly onnxruntime: string };
  /** Only of training runs: by an agent here, with weights in `training/`, or by somebody elsewhere. */
  readonly training?: { readonly trainer: 'agent' } | { readonly trainer: 'elsewhere'; readonly address: string };
  readonly layout: SimulationLayout & { readonly fanSteps: readonly number[]; readonly batchSize: number };
  /** Where the run ends as soon as it knows a figure well enough. */
  until?: UntilState;
  status: RunStatus;
  /** Why it failed. */
  error?: string;
  kept?: KeptEpisodes;
  /** Seconds of work before the current process. */
  wallSeconds: number;
  summary?: Summary;
}

export function writeManifest(dir: string, manifest: Manifest): void {
  writeFileAtomic(join(dir, 'run.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Throws RunError `RUN_NOT_FOUND` or `RUN_DAMAGED`. */
export function readManifest(dir: string): Manifest {
  const path = join(dir, 'run.json');
  if (!existsSync(path)) {
    throw new RunError(
      'RUN_NOT_FOUND',
      `${dir}: a run directory holds a run.json, this one does not; see ergodic list`,
    );
  }
  let manifest: Manifest;
  try {
    manifest = readJson(path) as Manifest;
  } catch (error) {
    throw new RunError('RUN_DAMAGED', `${path}: must be JSON, ${(error as Error).message}`, { cause: error });
  }
  if (manifest?.schema !== 1) {
    const wayOut = 'use the version that made the run';
    throw new RunError('RUN_DAMAGED', `${path}: schema must be 1, got ${manifest?.schema}; ${wayOut}`);
  }
  return manifest;
}
