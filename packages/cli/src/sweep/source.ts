import path from 'node:path';
import type { ConfigOf, Parameter } from '@ergodic/analysis';
import { formatPath, parseConfig } from '@ergodic/core';
import { stringify } from 'yaml';
import type { LoadedConfig } from '../config/index.ts';
import { resolveRelative } from '../config/resolve.ts';
import { applyEdits } from '../config/set.ts';
import { quoteWord } from '../format.ts';

/** What a sweep keeps of the command that started it: enough to make its candidates again, and to print commands. */
export interface SweepSource {
  /** The config as the user named it. */
  readonly name: string;
  /** Paths in the config start here. */
  readonly folder: string;
  /** The data of the config, with `--set` and other options applied. */
  readonly input: unknown;
  /** Options that stand over the config, word by word. */
  readonly options: readonly string[];
}

export interface OverridingOptions {
  readonly set?: readonly string[];
  readonly episodes?: string;
  readonly seed?: string;
}

export function sourceOf(
  { source, input }: LoadedConfig,
  { set = [], episodes, seed }: OverridingOptions,
): SweepSource {
  const { outputs: _, ...rest } = input as Record<string, unknown>;
  const options = [
    ...set.flatMap((text) => ['--set', text]),
    ...(episodes === undefined ? [] : ['--episodes', episodes]),
    ...(seed === undefined ? [] : ['--seed', seed]),
  ];
  return { name: source.name, folder: path.dirname(source.file), input: rest, options };
}

/** The config of a candidate: as if its values had been given with `--set`. */
export function configOfCandidates({ input, folder }: SweepSource, parameters: readonly Parameter[]): ConfigOf {
  return async (values) => {
    const edits = parameters.map(({ path: at, label }, k) => ({ path: at, label, value: values[k] }));
    return resolveRelative(parseConfig(applyEdits(input, edits)), folder);
  };
}

/** The command that runs a trial as a run of its own, with the same episodes. */
export function commandOf(
  { name, options }: SweepSource,
  parameters: readonly Parameter[],
  values: readonly unknown[],
  more: readonly string[] = [],
): string {
  const sets = parameters.flatMap(({ path: at }, k) => ['--set', `${formatPath(at)}=${written(values[k])}`]);
  return ['ergodic run', ...[name, ...options, ...sets, ...more].map(quoteWord)].join(' ');
}

/** A value as `--set` reads it. */
function written(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : stringify(value).trimEnd();
}
