import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type Config, isFileUse, type PartConfig, parseConfig, parseTrainingConfig } from '@ergodic/core';
import type { WorkerStatus } from './control.ts';
import { Coordinator } from './coordinator.ts';
import { messageOf, RunError } from './errors.ts';
import { keepExtremes } from './extremes.ts';
import { lockRun } from './lock.ts';
import { accountOf, deliverBacklog, readBacklog } from './outputs/flush.ts';
import { Monitor } from './outputs/monitor.ts';
import { Outputs } from './outputs/outputs.ts';
import { Telemetry, type TelemetryRun } from './outputs/telemetry.ts';
import { WorkerPool } from './pool.ts';
import { createRun, namesOf, type OpenRun, openRun } from './prepare.ts';
import { Database } from './store/database.ts';
import { type Manifest, writeManifest } from './store/manifest.ts';
import { PartStore, tableFiles } from './store/parts.ts';
import { type EnsembleFigures, type FailureNote, type OutputAccounts, type Summary, summarize } from './summary.ts';
import type { Progress } from './totals.ts';
import { compareStages, evaluate, type TrainingSummary, trainingSummary } from './training/evaluation.ts';
import { agentName, POLICY_FILE, writePolicy } from './training/policy-file.ts';
import { type IterationReport, Trainer } from './training/trainer.ts';
import { WeightStore } from './training/weights.ts';
import type { UntilCheck, UntilState } from './until/check.ts';
import { Stopping } from './until/stopping.ts';

const DATABASE_MB = 256;
/** A run that ends early has this long to tell its outputs so, ms. */
const LAST_WORDS_MS = 500;

export interface RunOptions {
  /** Directory of the run; default `runs/<id>`. */
  readonly dir?: string;
  /** Default: the machine's processors. */
  readonly workers?: number;
  readonly onProgress?: (progress: Progress) => void;
  /**
   * `mean(totalReturn) +- 0.001`: a new run ends when the 95 % interval of the figure is as narrow as that, at the latest with
   * the episodes of its config. It is checked at 1,024 episodes and at doubled sizes, so that the end is the same with any
   * number of workers.
   */
  readonly until?: string;
  /** After each check of `until`. */
  readonly onCheck?: (check: UntilCheck, state: UntilState) => void;
  /** Remarks for a person, one line each. */
  readonly onNotice?: (notice: string) => void;
  /** After each iteration of a training run. */
  readonly onIteration?: (report: IterationReport) => void;
  /** Stops the run; it can be resumed. */
  readonly signal?: AbortSignal;
}

/** A run under way. */
export interface EnsembleRun {
  readonly dir: string;
  readonly id: string;
  /** There is nothing left to do: `done` is the summary of before. */
  readonly isFinished: boolean;
  /** Resolves with status `completed` or `interrupted`. Rejects with RunError where the run cannot go on. */
  readonly done: Promise<Summary>;
  progress(): Progress;
  /** Live figures of each worker that answers. */
  workers(): Promise<WorkerStatus[]>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): void;
}

/**
 * Runs an ensemble and resolves with its summary.
 *
 *     const summary = await runEnsemble({ markets: { … }, strategy: { … }, steps: 1000 }, { dir: 'runs/first' });
 *
 * @throws ConfigError, CandleError or RunError
 */
export async function runEnsemble(config: unknown, options: RunOptions = {}): Promise<Summary> {
  return (await startEnsemble(config, options)).done;
}

/** Starts an ensemble; see `runEnsemble`. Everything that is wrong with config and files rejects here. */
export async function startEnsemble(config: unknown, options: RunOptions = {}): Promise<EnsembleRun> {
  const { training: _, ...rest } = parseConfig(config);
  const checked = absolutePaths(rest);
  const names = namesOf(options.dir);
  return start(await createRun(checked, resolve(options.dir ?? join('runs', names.id)), names, options.until), options);
}

/**
 * Trains the agent of a config; see `startEnsemble`. Its episodes are those of an ensemble, in iterations that each start from
 * weights of their own; the trained agent is `policy.json` of the run directory.
 */
export async function startTraining(config: unknown, options: RunOptions = {}): Promise<EnsembleRun> {
  const parsed = parseTrainingConfig(config);
  if (options.until !== undefined) {
    const rule = 'the iterations of a training run are all made: its agent changes from one to the next';
    throw new RunError('UNTIL_INVALID', `until: ${rule}; leave it out, and run the trained policy with it`);
  }
  const { agent, iterations, episodes } = parsed.training!;
  // It stands for the agent wherever a run names its strategy.
  const strategy = { use: agentName(agent.use) };
  const checked = absolutePaths({ ...parsed, strategy, episodes: iterations * episodes });
  const names = namesOf(options.dir);
  return start(await createRun(checked, resolve(options.dir ?? join('runs', names.id)), names), options);
}

/** Files are named from the working directory; the run has to find them from any other. */
export function absolutePaths(config: Config): Config {
  const part = <P extends { use: string }>(named: P): P =>
    isFileUse(named.use) ? { ...named, use: resolve(named.use) } : named;
  const { training } = config;
  const markets = Object.entries(config.markets).map(([symbol, market]) => [
    symbol,
    'file' in market ? { ...market, file: resolve(market.file) } : market,
  ]);
  return {
    ...config,
    markets: Object.fromEntries(markets),
    strategy: absolutePolicy(part(config.strategy)),
    components: config.components.map(part),
    rewards: config.rewards.map(part),
    ...(config.environment === undefined
      ? {}
      : { environment: { ...config.environment, observations: config.environment.observations.map(part) } }),
    ...(training === undefined ? {} : { training: { ...training, agent: part(training.agent) } }),
    outputs: absoluteOutputs(config.outputs),
  };
}

/** A policy's model is a file as well. */
function absolutePolicy(strategy: PartConfig): PartConfig {
  const { use, file } = strategy;
  return use === 'policy' && typeof file === 'string' ? { ...strategy, file: resolve(file) } : strategy;
}

function absoluteOutputs({ influx, file }: Config['outputs']): Config['outputs'] {
  const { tokenFile } = influx ?? {};
  const { path } = file ?? {};
  return {
    ...(influx === undefined
      ? {}
      : { influx: tokenFile === undefined ? influx : { ...influx, tokenFile: resolve(tokenFile) } }),
    ...(file === undefined ? {} : { file: path === undefined ? file : { ...file, path: resolve(path) } }),
  };
}

/** Goes on with a run; of a completed one, `done` is the summary that it has. */
export async function resumeEnsemble(dir: string, options: RunOptions = {}): Promise<EnsembleRun> {
  return start(openRun(resolve(dir)), options);
}

async function start(run: OpenRun, options: RunOptions): Promise<EnsembleRun> {
  const { manifest, dir } = run;
  if (manifest.status === 'completed' && manifest.summary !== undefined) {
    const { state, accounts } = readBacklog(dir, manifest);
    const outputs = run.spec.points === undefined ? {} : { outputs: accounts };
    if (state === 'none') return finishedRun(run, true, Promise.resolve({ ...manifest.summary, dir, ...outputs }));
    if (state === 'waiting') return finishedRun(run, false, deliverBacklog(dir, options));
  }
  if (manifest.training?.trainer === 'elsewhere') {
    const rule = `its agent is trained at ${manifest.training.address}, which plays its episodes`;
    throw new RunError('TRAINED_ELSEWHERE', `${dir}: ${rule}; go on with ergodic connect --out ${dir}`);
  }
  const unlock = lockRun(dir);
  const workers = options.workers ?? availableParallelism();
  for (const notice of run.notices) options.onNotice?.(notice);
  const { limits } = manifest.config;
  let coordinator: Coordinator;
  let outputs: Outputs | null = null;
  let database: Database | undefined;
  let pool: WorkerPool | undefined;
  let monitor: Monitor | undefined;
  try {
    const parts = new PartStore(dir, manifest.layout);
    const committed = parts.open();
    outputs = Outputs.open(dir, manifest, committed, (notice) => options.onNotice?.(notice));
    manifest.status = 'running';
    delete manifest.error;
    writeManifest(dir, manifest);
    const telemetry = outputs === null ? null : new Telemetry(telemetryRun(manifest));
    database = await Database.open(DATABASE_MB, join(dir, 'spill.tmp'));
    pool = new WorkerPool(run.spec, {
      workers,
      heapMb: limits.heapMb,
      memoryMb: limits.memoryMb,
      stallMs: limits.stallSeconds * 1_000,
    });
    const trainer = trainerOf(run, options.onIteration);
    const stopping = manifest.until === undefined ? null : new Stopping(run, options.onCheck);
    const tools = { pool, database, parts, committed, outputs, telemetry, trainer, stopping };
    coordinator = new Coordinator(run, tools, options.onProgress);
    if (outputs !== null && telemetry !== null) monitor = new Monitor(outputs, telemetry, coordinator);
  } catch (error) {
    await pool?.destroy();
    database?.close();
    await outputs?.close();
    unlock();
    throw error;
  }
  const stop = (): void => coordinator.cancel();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted === true) stop();
  const done = work({ run, coordinator, workers, options, monitor }).finally(() => {
    options.signal?.removeEventListener('abort', stop);
    unlock();
  });
  return {
    dir,
    id: manifest.id,
    isFinished: false,
    done,
    progress: () => coordinator.progress(),
    workers: () => coordinator.pool.status(),
    pause: () => coordinator.pool.pause(),
    resume: () => coordinator.pool.resume(),
    stop,
  };
}

function trainerOf({ dir, manifest }: OpenRun, onIteration: RunOptions['onIteration']): Trainer | null {
  const { config, layout } = manifest;
  if (config.training === undefined) return null;
  return new Trainer(config.training, new WeightStore(dir, layout.agent!.weights), layout.fields, onIteration);
}

export function telemetryRun({ streamId, createdAt, config, layout }: Manifest): TelemetryRun {
  const { fields, fanSteps, startMs, intervalMs } = layout;
  const markets = Object.entries(config.markets).map(([symbol, { process }]) => [symbol, process] as const);
  return { streamId, createdAt, cash: config.portfolio.cash, fields, fanSteps, startMs, intervalMs, markets };
}

/** A run that has nothing left to simulate. */
function finishedRun({ dir, manifest }: OpenRun, isFinished: boolean, done: Promise<Summary>): EnsembleRun {
  const counts = { failed: 0, ruined: 0, stopped: 0, steps: 0, events: 0, retries: 0, isPaused: false, outputs: [] };
  const nothing = { ...counts, seconds: 0, episodesHere: 0, stepsHere: 0 };
  const requested = manifest.config.episodes;
  return {
    dir,
    id: manifest.id,
    isFinished,
    done,
    progress: () => ({ ...nothing, episodes: requested, requested, meanReturn: Number.NaN, meanReward: Number.NaN }),
    workers: async () => [],
    pause: async () => {},
    resume: async () => {},
    stop: () => {},
  };
}

interface Work {
  readonly run: OpenRun;
  readonly coordinator: Coordinator;
  readonly workers: number;
  readonly options: RunOptions;
  readonly monitor: Monitor | undefined;
}

/** From the first batch to the summary. The manifest says at each moment how far the run is. */
async function work({ run, coordinator, workers, options, monitor }: Work): Promise<Summary> {
  const { dir, manifest } = run;
  const { pool, database, outputs } = coordinator;
  try {
    const isComplete = await coordinator.runBatches();
    manifest.wallSeconds += coordinator.workSeconds;
    if (!isComplete) {
      // The figures of a large run take a while, and whoever interrupts may not wait for them.
      manifest.status = 'interrupted';
      writeManifest(dir, manifest);
    }
    const figures = await figuresOf(run, database);
    const training = isComplete ? await finishTraining(run, coordinator) : null;
    const extremes = isComplete && !coordinator.wasCanceled ? await keepExtremes(run, coordinator) : null;
    for (const episode of extremes?.mismatches ?? []) options.onNotice?.(mismatchNotice(episode));
    manifest.status = extremes === null ? 'interrupted' : 'completed';
    if (extremes?.kept !== undefined) manifest.kept = extremes.kept;
    const plain = summaryOf(run, coordinator, figures, workers, extremes?.mismatches ?? []);
    const summary = training === null ? plain : { ...plain, training };
    if (extremes !== null) manifest.summary = summary;
    writeManifest(dir, manifest);
    monitor?.stop(manifest.status);
    if (outputs === null) return summary;
    await pool.destroy();
    const delivered = {
      ...summary,
      outputs: await deliver(outputs, { coordinator, options, monitor, status: manifest.status }),
    };
    if (extremes !== null) manifest.summary = delivered;
    writeManifest(dir, manifest);
    return delivered;
  } catch (error) {
    monitor?.stop('failed');
    const failedAt = performance.now();
    await outputs?.drain(() => performance.now() - failedAt > LAST_WORDS_MS);
    await outputs?.close();
    manifest.status = 'failed';
    manifest.error = messageOf(error);
    try {
      writeManifest(dir, manifest);
    } catch {
      // The disk may be full: the old manifest still says `running`, which resumes as well.
    }
    throw error;
  } finally {
    await pool.destroy();
    database.close();
  }
}

/** After the simulation: what is not delivered yet. An interrupted run says that it is, and leaves the rest to the next process. */
async function deliver(
  outputs: Outputs,
  { coordinator, options, monitor, status }: Pick<Work, 'coordinator' | 'options' | 'monitor'> & { status: string },
): Promise<OutputAccounts> {
  const report = setInterval(() => options.onProgress?.(coordinator.progress()), 200);
  const startedAt = performance.now();
  try {
    await outputs.drain(() => coordinator.wasCanceled && performance.now() - startedAt > LAST_WORDS_MS);
    const drainSeconds = (performance.now() - startedAt) / 1_000;
    // What the outputs came to is itself a point.
    if (!coordinator.wasCanceled && outputs.isDrained) {
      monitor?.stop(status);
      await outputs.drain(() => coordinator.wasCanceled);
    }
    return accountOf(await outputs.close(), drainSeconds);
  } finally {
    clearInterval(report);
  }
}

/** The trained policy, and how well it does; null where nobody is trained, or when canceled. */
async function finishTraining(run: OpenRun, coordinator: Coordinator): Promise<TrainingSummary | null> {
  const { trainer, database } = coordinator;
  const { dir, manifest } = run;
  if (trainer === null) return null;
  const { weights } = trainer;
  writePolicy(dir, manifest, weights);
  const isWanted = manifest.config.training!.evaluationEpisodes > 0;
  const evaluation = isWanted ? await evaluate(coordinator, manifest, weights) : null;
  if (coordinator.wasCanceled) return null;
  const stages = await compareStages(database, tableFiles(dir, 'episodes'), manifest);
  return trainingSummary(manifest, POLICY_FILE, weights, stages, evaluation);
}

function mismatchNotice(episode: number): string {
  return `episode ${episode} came out differently when it was replayed: a part keeps state between episodes, or reads the world`;
}

async function figuresOf(run: OpenRun, database: Database): Promise<EnsembleFigures> {
  const { manifest, dir } = run;
  const files = tableFiles(dir, 'episodes');
  const { episodes } = manifest.config;
  if (files.length > 0) return summarize(database, files, manifest.layout.fields, manifest.config);
  return { digest: '', episodes: { requested: episodes, completed: 0, ruined: 0, stopped: 0, failed: 0 }, metrics: {} };
}

function summaryOf(
  run: OpenRun,
  coordinator: Coordinator,
  figures: EnsembleFigures,
  workers: number,
  mismatches: readonly number[],
): Summary {
  const { manifest, dir } = run;
  const { steps, events, stepsHere } = coordinator.progress();
  const seconds = coordinator.workSeconds;
  // A process that had no batch left to run tells no speed; those before it do.
  const speed = stepsHere > 0 ? stepsHere / seconds : steps / (manifest.wallSeconds || Number.POSITIVE_INFINITY);
  return {
    id: manifest.id,
    dir,
    seed: manifest.seed,
    digest: figures.digest,
    marketKey: manifest.marketKey,
    status: manifest.status,
    reproducible: mismatches.length === 0 && coordinator.watchdogEndings === 0,
    mismatches,
    episodes: figures.episodes,
    metrics: figures.metrics,
    failures: coordinator.failures.map((failure) => note(failure, dir)),
    ...(manifest.until === undefined ? {} : { until: manifest.until }),
    timing: {
      wallSeconds: manifest.wallSeconds,
      workers,
      steps,
      events,
      stepsPerSecond: speed,
    },
  };
}

function note(failure: { episode: number; code: string; message: string }, dir: string): FailureNote {
  return { ...failure, replay: `ergodic replay ${dir} --episode ${failure.episode}` };
}
