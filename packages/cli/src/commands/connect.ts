import { availableParallelism } from 'node:os';
import type { Activation, RllibIteration, RllibResult, RllibStorage } from '@ergodic/learning';
import type { Summary } from '@ergodic/workers';
import { UsageError } from '../config/errors.ts';
import type { LoadedConfig } from '../config/index.ts';
import { count, figure, percent, quoteWord } from '../format.ts';
import { notice, print, printJson } from '../output.ts';
import { typed } from '../runs.ts';
import { hasShortfall, shortfallLines } from '../shortfall.ts';
import { StopSignals } from '../stop.ts';

const MS = 1_000;
/** What the file system says of a path that cannot be made or written. */
const UNUSABLE = new Set(['ENOTDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG']);

export interface ConnectOptions {
  readonly workers?: number;
  readonly environments: number;
  readonly trainBatchSize: number;
  readonly iterations?: number;
  /** Default: the first that the run directory does not have. */
  readonly firstEpisode?: number;
  readonly out?: string;
  readonly activation: Activation;
  /** Seconds. */
  readonly giveUp?: number;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

/** Plays episodes for an RLlib server until so many iterations are done, or a signal comes; stores them as a run. */
export async function connect(url: string, path: string | undefined, options: ConnectOptions): Promise<number> {
  const stop = new StopSignals();
  const learning = await import('@ergodic/learning');
  const { environments, trainBatchSize } = options;
  learning.parseAddress(url);
  if (trainBatchSize < environments) {
    throw new UsageError(
      `--train-batch-size ${trainBatchSize}: must be at least the number of environments, ${environments}; ` +
        'each plays the same share of it; use fewer --environments',
    );
  }
  const { loadConfig } = await import('../config/index.ts');
  const { seed, set: sets } = options;
  const loaded = await loadConfig({ path, sets, overrides: { seed }, environment: true, cwd: process.cwd() });
  const { tuneEngine } = await import('@ergodic/workers');
  tuneEngine();
  stop.starting();
  let storage: RllibStorage | undefined;
  try {
    const dir = options.out === undefined ? {} : { dir: options.out };
    const told = new Set<string>();
    const onNotice = (text: string): void => {
      told.add(text);
      notice(text);
    };
    storage = await learning.RllibStorage.open(loaded.config, { ...dir, trainer: url, onNotice });
    const reports: RllibIteration[] = [];
    const result = await play(url, loaded, storage, { ...options, reports, told }, stop);
    const { status } = result;
    const summary = await storage.close({ status, signal: stop.signal });
    return finish(url, path, { result, summary, reports }, options, stop);
  } catch (error) {
    await storage?.close({ status: 'failed', error: String((error as Error).message) }).catch(() => {});
    const { code } = error as { code?: unknown };
    if (code === 'CONFIG_INVALID') throw new UsageError(loaded.explain(error));
    if (code === 'RLLINK_MODULE') throw new UsageError((error as Error).message);
    if (storage === undefined && UNUSABLE.has(String(code))) {
      const place = options.out === undefined ? 'runs' : `--out ${options.out}`;
      throw new UsageError(
        `${place}: cannot be a run directory (${(error as Error).message}); name another one with --out`,
      );
    }
    throw error;
  }
}

async function play(
  url: string,
  { config, source }: LoadedConfig,
  storage: RllibStorage,
  options: ConnectOptions & { readonly reports: RllibIteration[]; readonly told: ReadonlySet<string> },
  stop: StopSignals,
): Promise<RllibResult> {
  const { connectRllib, describeActions } = await import('@ergodic/learning');
  const { environments, trainBatchSize, iterations, activation, giveUp } = options;
  const workers = options.workers ?? availableParallelism();
  const where = `${count(environments)} environments on ${count(Math.min(workers, environments))} threads`;
  notice(`${source.name}: ${where}, ${count(trainBatchSize)} steps an iteration, in ${typed(storage.dir)}`);
  const firstEpisode = options.firstEpisode ?? storage.nextEpisode;
  if (storage.iterations > 0)
    notice(`going on after ${count(storage.iterations)} iterations, at episode ${firstEpisode}`);
  let fields: readonly string[] = [];
  return connectRllib({
    url,
    config,
    workers,
    environments,
    trainBatchSize,
    iterations,
    firstEpisode,
    activation,
    giveUpMs: giveUp === undefined ? undefined : giveUp * MS,
    signal: stop.signal,
    onStart: (stage) => {
      fields = stage.fields;
      const actions = describeActions(stage.actionSpace);
      notice(`for a server with --observations ${stage.observationSize} --actions ${actions}`);
    },
    // What there is to say of the config's files has been said when the run directory was made.
    onNotice: (text) => {
      if (!options.told.has(text)) notice(text);
    },
    onEpisodes: (ended, of) => storage.add(ended, of, fields),
    onIteration: (report) => {
      const numbered = { ...report, iteration: storage.iterations + report.iteration };
      if (options.json === true) options.reports.push(numbered);
      notice(describeIteration(numbered));
      if (report.failure !== undefined) notice(`  ${count(report.failed)} failed, the first with ${report.failure}`);
    },
  });
}

/** Prints what was done; the exit code. */
function finish(
  url: string,
  path: string | undefined,
  done: { result: RllibResult; summary: Summary | undefined; reports: readonly RllibIteration[] },
  options: ConnectOptions,
  stop: StopSignals,
): number {
  const { result, summary, reports } = done;
  if (options.json === true) printJson({ url, ...result, reports, summary: summary ?? null });
  else print(describeResult(result));
  const isShort = summary !== undefined && hasShortfall(summary);
  if (isShort) for (const line of shortfallLines(summary)) notice(`exit code 1: ${line}`);
  if (result.status === 'completed') return isShort ? 1 : 0;
  const dir = summary === undefined ? '' : ` --out ${typed(summary.dir)}`;
  notice(`interrupted; go on with: ergodic connect ${url}${path === undefined ? '' : ` ${quoteWord(path)}`}${dir}`);
  return stop.exitCode ?? 1;
}

function describeIteration(report: RllibIteration): string {
  const { iteration, policyVersion, completed, terminated, meanReward, meanReturn } = report;
  const means =
    meanReward === null ? '' : `, mean reward ${figure(meanReward)}, mean return ${percent(meanReturn ?? Number.NaN)}`;
  const speed = `${count(Math.round(report.stepsPerSecond))} steps/s`;
  const episodes = `${count(completed + terminated)} episodes${means}`;
  return `iteration ${iteration}, policy ${policyVersion}: ${episodes}; ${speed}, learned in ${report.learnSeconds.toFixed(1)} s`;
}

function describeResult({ iterations, steps, episodes, reconnects, policyVersion }: RllibResult): string {
  const again = reconnects === 0 ? '' : `, connected again ${reconnects === 1 ? 'once' : `${count(reconnects)} times`}`;
  const what = `${count(iterations)} iterations, ${count(steps)} steps, ${count(episodes)} episodes`;
  return `${what}, policy ${policyVersion ?? 'none'}${again}\n`;
}
