import { availableParallelism } from 'node:os';
import path from 'node:path';
import {
  createSweep,
  isSweep,
  type OpenSweep,
  openSweep,
  type Parameter,
  readSweep,
  runSweep,
  type SweepPlan,
  type SweepSummary,
} from '@ergodic/analysis';
import { explainError, loadConfig, UsageError } from '../config/index.ts';
import { count } from '../format.ts';
import { notice, print, printJson } from '../output.ts';
import { runPath, typed } from '../runs.ts';
import { resumeHint, StopSignals } from '../stop.ts';
import { parseParam } from '../sweep/param.ts';
import { createSweepProgress } from '../sweep/progress.ts';
import { describeSweep, renderSweep } from '../sweep/render.ts';
import { configOfCandidates, type OverridingOptions, type SweepSource, sourceOf } from '../sweep/source.ts';

export interface SweepCommandOptions extends OverridingOptions {
  readonly param?: readonly string[];
  readonly search?: SweepPlan['search'];
  readonly trials?: number;
  readonly metric?: string;
  readonly minimize?: boolean;
  readonly benchmark?: SweepPlan['benchmark'];
  readonly workers?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly json?: boolean;
  readonly report?: boolean;
  readonly allowFailed?: number;
}

/** Options that say what a sweep is: one that goes on has them already. */
const DEFINING = [
  'param',
  'search',
  'trials',
  'metric',
  'minimize',
  'benchmark',
  'episodes',
  'seed',
  'set',
  'out',
] as const;

export async function sweep(config: string | undefined, options: SweepCommandOptions): Promise<number> {
  const stop = new StopSignals('sweep --resume');
  stop.starting();
  const open =
    options.resume === undefined ? await begin(config, options) : await resume(config, options.resume, options);
  const { dir, manifest, bench } = open;
  stop.started(typed(path.resolve(dir)));
  for (const text of bench.notices) notice(text);
  sayWhatRuns(open);
  const isDone = manifest.status === 'completed';
  const view = isDone ? undefined : createSweepProgress(open);
  stop.signal.addEventListener('abort', () => view?.stop());
  let summary: SweepSummary | null;
  try {
    summary = await runSweep(open, {
      workers: options.workers ?? availableParallelism(),
      ledgerDir: path.resolve('runs'),
      signal: stop.signal,
      onProgress: (progress) => view?.update(progress),
    });
  } finally {
    view?.stop();
  }
  if (summary === null) {
    if (options.json === true) printJson({ id: manifest.id, dir, status: 'interrupted' });
    notice(resumeHint(typed(path.resolve(dir)), 'sweep --resume'));
    return stop.exitCode ?? 1;
  }
  if (options.json === true) printJson(describeSweep(summary, manifest));
  else print(renderSweep(summary, manifest));
  if (options.report === true) {
    const { writeSweepPage } = await import('../sweep/page.ts');
    const file = typed(await writeSweepPage({ ...summary, dir: path.resolve(dir) }, manifest));
    if (options.json === true) notice(`report: ${file}`);
    else print(`\nReport written: ${file}\n`);
  }
  // The verdict of a completed sweep was given when it ended.
  return isDone ? 0 : exitCode(summary, options.allowFailed ?? 0);
}

async function begin(config: string | undefined, options: SweepCommandOptions): Promise<OpenSweep> {
  const { param = [], episodes, seed, set, out, minimize, trials } = options;
  const parameters = param.map(parseParam);
  const search = options.search ?? (trials === undefined ? 'grid' : 'random');
  if (search === 'grid' && trials !== undefined) {
    throw new UsageError(`--trials ${trials}: a grid tries all combinations; leave it out, or --search random`);
  }
  const loaded = await loadConfig({ path: config, sets: set, overrides: { episodes, seed }, cwd: process.cwd() });
  const source = sourceOf(loaded, options);
  if (Object.keys(loaded.config.outputs).length > 0) notice('the outputs of the config are left out: a sweep has none');
  notice(`${source.name}: checking candidates`);
  const plan: SweepPlan = {
    config: loaded.config,
    configOf: configOfCandidates(source, parameters),
    source,
    parameters,
    search,
    ...(trials === undefined ? {} : { trials }),
    metric: options.metric ?? 'totalReturn',
    ...(minimize === true ? { direction: 'minimize' } : {}),
    benchmark: options.benchmark ?? 'config',
  };
  try {
    return await createSweep(plan, out === undefined ? undefined : path.resolve(out));
  } catch (error) {
    if ((error as { code?: string }).code !== 'CONFIG_INVALID') throw error;
    const wayOut =
      plan.benchmark === 'config' ? '; the config as it stands is the benchmark, --benchmark zero is another' : '';
    throw new UsageError(`${loaded.explain(error)}${wayOut}`);
  }
}

async function resume(config: string | undefined, given: string, options: SweepCommandOptions): Promise<OpenSweep> {
  const changed = DEFINING.find((name) => options[name] !== undefined);
  if (config !== undefined || changed !== undefined) {
    const what = changed === undefined ? config : `--${changed}`;
    throw new UsageError(`--resume ${given}: goes on with the sweep as it was made; leave out ${what}`);
  }
  const candidates = [path.resolve(given), runPath(given)];
  const dir = candidates.find(isSweep);
  if (dir === undefined) {
    throw new UsageError(
      `--resume ${given}: there is no such sweep, neither here nor under runs/; ergodic list shows all`,
    );
  }
  const { source, parameters } = readSweep(dir) as { source: SweepSource; parameters: readonly Parameter[] };
  try {
    return await openSweep(dir, configOfCandidates(source, parameters));
  } catch (error) {
    if ((error as { code?: string }).code !== 'CONFIG_INVALID') throw error;
    const place = { name: source.name, file: source.name, input: {}, locate: () => undefined };
    throw new UsageError(explainError(error, place, []));
  }
}

function sayWhatRuns({ dir, manifest, trials }: OpenSweep): void {
  const { candidates, config, isOneHistory, id } = manifest;
  const place = typed(path.resolve(dir));
  const rules = candidates.length === 1 ? '1 candidate' : `${count(candidates.length)} candidates`;
  const length = config.episodes === 1 ? '1 episode' : `${count(config.episodes)} episodes`;
  const base = trials.length > candidates.length ? ' and the benchmark' : '';
  notice(`sweep ${id}: ${rules}${base}, ${length} each${place === `runs/${id}` ? '' : `, in ${place}`}`);
  if (isOneHistory) notice('the markets replay one history: its episodes are all alike, so each candidate runs one');
}

function exitCode({ trials, reproducible, selection }: SweepSummary, allowed: number): 0 | 1 {
  const failed = trials.reduce((sum, { episodes }) => sum + episodes.failed, 0);
  if (!reproducible) {
    const what = `trial ${selection.best} came out differently when it was run again, or a watchdog ended an episode`;
    notice(`exit code 1: not reproducible: ${what}`);
  }
  if (failed > allowed) {
    const episodes = failed === 1 ? 'episode' : 'episodes';
    notice(`exit code 1: ${count(failed)} ${episodes} failed; --allow-failed ${failed} would accept that`);
  }
  return failed > allowed || !reproducible ? 1 : 0;
}
