import { count } from '../format.ts';
import { notice } from '../output.ts';
import { follow, type SessionOptions } from '../session.ts';
import { StopSignals } from '../stop.ts';

export interface RunCommandOptions extends SessionOptions {
  readonly episodes?: string;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly out?: string;
}

/** What the file system says of a path that cannot be made or written. */
const UNUSABLE = new Set(['ENOTDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG']);

export async function run(path: string | undefined, options: RunCommandOptions): Promise<number> {
  const stop = new StopSignals();
  const { loadConfig, UsageError } = await import('../config/index.ts');
  const { episodes, seed } = options;
  const loaded = await loadConfig({ path, sets: options.set, overrides: { episodes, seed }, cwd: process.cwd() });
  notice(`${loaded.source.name}: ${count(loaded.config.episodes)} episodes; checking strategy and market`);
  const { startEnsemble } = await import('@ergodic/workers');
  return follow(
    async (runOptions) => {
      const dir = options.out === undefined ? {} : { dir: options.out };
      try {
        return await startEnsemble(loaded.config, { ...runOptions, ...dir });
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'CONFIG_INVALID') throw new UsageError(loaded.explain(error));
        if (!UNUSABLE.has(code ?? '')) throw error;
        const place = options.out === undefined ? 'runs' : `--out ${options.out}`;
        throw new UsageError(`${place}: cannot be a run directory (${message}); name another one with --out`);
      }
    },
    stop,
    options,
  );
}
