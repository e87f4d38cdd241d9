import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RunError, readJson, writeFileAtomic } from '@ergodic/workers';

const NAME = 'nulltest.json';

/** What every null test is known by, from its beginning. */
export interface NullTestManifest {
  readonly schema: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly status: 'running' | 'completed';
  readonly seed: string;
  /** `use` of the config. */
  readonly strategy: string;
}

export function isNullTest(dir: string): boolean {
  return existsSync(join(dir, NAME));
}

/** `manifest` may have more than its type says: a completed test has its findings. */
export function writeNullTest(dir: string, manifest: NullTestManifest): void {
  writeFileAtomic(join(dir, NAME), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Throws RunError `RUN_DAMAGED`. */
export function readNullTest(dir: string): NullTestManifest {
  const path = join(dir, NAME);
  try {
    const manifest = readJson(path) as NullTestManifest;
    if (manifest?.schema === 1) return manifest;
  } catch (error) {
    throw new RunError('RUN_DAMAGED', `${path}: must be JSON, ${(error as Error).message}`, { cause: error });
  }
  throw new RunError('RUN_DAMAGED', `${path}: must have schema 1; use the version that made it`);
}
