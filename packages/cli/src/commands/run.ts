import type { EnsembleRun, RunOptions } from '@ergodic/workers';
import { UsageError } from '../config/errors.ts';
import type { LoadedConfig } from '../config/index.ts';
import { count } from '../format.ts';
import { notice } from '../output.ts';
import { follow, type SessionOptions } from '../session.ts';
import { StopSignals } from '../stop.ts';

export interface RunCommandOptions extends SessionOptions {
  readonly episodes?: string;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly out?: string;
  readonly until?: string;
}

/** What the file system says of a path that cannot be made or written. */
const UNUSABLE = new Set(['ENOTDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG']);

export async function run(path: string | undefined, options: RunCommandOptions): Promise<number> {
  const stop = new StopSignals();
  const { loadConfig } = await import('../config/index.ts');
  const { episodes, seed } = options;
  const loaded = await loadConfig({ path, sets: options.set, overrides: { episodes, seed }, cwd: process.cwd() });
  const most = options.until === undefined ? '' : 'at most ';
  notice(`${loaded.source.name}: ${most}${count(loaded.config.episodes)} episodes; checking strategy and market`);
  const { startEnsemble } = await import('@ergodic/workers');
  return follow(starting(startEnsemble, loaded, options), stop, options);
}

/** How `start` begins a run of a config; errors name places in the config and options. */
export function starting(
  start: (config: unknown, options: RunOptions) => Promise<EnsembleRun>,
  loaded: LoadedConfig,
  { out, until }: { readonly out?: string | undefined; readonly until?: string | undefined },
): (options: RunOptions) => Promise<EnsembleRun> {
  return async (options) => {
    try {
      return await start(loaded.config, {
        ...options,
        ...(out === undefined ? {} : { dir: out }),
        ...(until === undefined ? {} : { until }),
      });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'CONFIG_INVALID') throw new UsageError(loaded.explain(error));
      if (!UNUSABLE.has(code ?? '')) throw error;
      const place = out === undefined ? 'runs' : `--out ${out}`;
      throw new UsageError(`${place}: cannot be a run directory (${message}); name another one with --out`);
    }
  };
}
