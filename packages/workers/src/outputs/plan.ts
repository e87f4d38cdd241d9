import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OutputsConfig } from '@ergodic/core';
import { RunError } from '../errors.ts';
import type { Manifest } from '../store/manifest.ts';
import type { PointsSpec, SegmentTarget } from './points-spec.ts';
import { resolveInflux } from './settings.ts';
import { spoolDir } from './spool.ts';
import { Stamps } from './stamps.ts';

/** What the workers have to know of a run's outputs; undefined where it has none. */
export function pointsSpec(dir: string, manifest: Manifest): PointsSpec | undefined {
  const { config, layout, createdAt, streamId } = manifest;
  const targets: SegmentTarget[] = [];
  const { influx, file } = config.outputs;
  const volume = ({ episodes, every }: { episodes?: number | undefined; every: number }) => ({
    episodes: Math.min(episodes ?? config.record.episodes, config.record.episodes),
    every,
  });
  if (influx !== undefined) {
    targets.push({ output: 'influx', format: 'line-protocol', dir: spoolDir(dir, 'influx'), ...volume(influx) });
  }
  if (file !== undefined) {
    targets.push({ output: 'file', format: file.format, dir: spoolDir(dir, 'file'), ...volume(file) });
  }
  return targets.length === 0 ? undefined : { run: streamId, createdAt, steps: layout.steps, targets };
}

/** Throws RunError where outputs cannot work; before anything of a new run is written. */
export function checkNewOutputs(outputs: OutputsConfig, episodes: number, steps: number): void {
  const { influx, file } = outputs;
  if (influx !== undefined) resolveInflux(influx);
  if (file?.path !== undefined) checkNewFile(file.path);
  if ((influx !== undefined || file !== undefined) && !Stamps.fits(episodes, steps)) {
    const rule = 'outputs: episodes × steps must be below 1e15, for each step has a timestamp of its own';
    throw new RunError('OUTPUT_SETTINGS_INVALID', `${rule}, got ${episodes} × ${steps}`);
  }
}

function checkNewFile(path: string): void {
  const refuse = (rule: string): never => {
    throw new RunError('OUTPUT_SETTINGS_INVALID', `outputs.file.path: ${rule}`);
  };
  if (existsSync(path)) refuse(`must be a new file, ${path} exists; remove it or name another one`);
  const folder = dirname(path);
  if (!existsSync(folder)) refuse(`must be in a folder that is there, ${folder} is not; make it or name another one`);
}
