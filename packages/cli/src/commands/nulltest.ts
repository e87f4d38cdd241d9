import path from 'node:path';
import { type NullTest, type PartName, runNullTest } from '@ergodic/analysis';
import { newRunId } from '@ergodic/workers';
import { loadConfig, UsageError } from '../config/index.ts';
import { count } from '../format.ts';
import { renderNullTest } from '../nulltest/render.ts';
import { notice, print, printJson } from '../output.ts';
import { createProgress, type ProgressView } from '../progress.ts';
import { runPath, typed } from '../runs.ts';
import { StopSignals } from '../stop.ts';

export interface NullTestCommandOptions {
  readonly episodes?: string;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly workers?: number;
  readonly out?: string;
  readonly json?: boolean;
}

const PARTS: Readonly<Record<PartName, string>> = {
  own: 'the config as it is',
  pilot: 'the size of its results',
  martingale: 'a market without drift',
  shuffled: 'its own returns in random order',
  permuted: 'its history in random order',
};

export async function nulltest(config: string | undefined, options: NullTestCommandOptions): Promise<number> {
  const stop = new StopSignals();
  const { episodes, seed, set: sets, out, workers } = options;
  const loaded = await loadConfig({ path: config, sets, overrides: { episodes, seed }, cwd: process.cwd() });
  if (Object.keys(loaded.config.outputs).length > 0)
    notice('the outputs of the config are left out: a null test has none');
  const dir = out === undefined ? runPath(`${newRunId()}-nulltest`) : path.resolve(out);
  notice(`${loaded.source.name}: a null test, in ${typed(dir)}`);
  stop.starting();
  let view: ProgressView | undefined;
  stop.signal.addEventListener('abort', () => view?.stop());
  let result: NullTest;
  try {
    result = await runNullTest(loaded.config, {
      dir,
      ...(episodes === undefined ? {} : { episodes: loaded.config.episodes }),
      ...(workers === undefined ? {} : { workers }),
      signal: stop.signal,
      onPart: (name, _, { episodes: requested }) => {
        view?.stop();
        notice(`${PARTS[name]}: ${count(requested)} episodes`);
        view = createProgress(requested);
      },
      onProgress: (progress) => view?.update(progress),
      onNotice: notice,
    });
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    if (code === 'CONFIG_INVALID') throw new UsageError(loaded.explain(error));
    if (name !== 'AbortError' || stop.exitCode === undefined) throw error;
    notice(`interrupted; ${typed(dir)} has the runs so far, a new null test begins with another --out`);
    return stop.exitCode;
  } finally {
    view?.stop();
  }
  if (options.json === true) printJson(result);
  else print(renderNullTest(result));
  return result.verdict === 'sees the future' || result.verdict === 'keeps state' ? 1 : 0;
}
