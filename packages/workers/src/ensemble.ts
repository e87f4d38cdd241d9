import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type Config, isFileUse, parseConfig } from '@ergodic/core';
import type { WorkerStatus } from './control.ts';
import { Coordinator, type Progress } from './coordinator.ts';
import { messageOf } from './errors.ts';
import { lockRun } from './lock.ts';
import { WorkerPool } from './pool.ts';
import { createRun, type OpenRun, openRun } from './prepare.ts';
import { asDouble, Database, parquetSource } from './store/database.ts';
import { type KeptEpisodes, writeManifest } from './store/manifest.ts';
import { tableFiles } from './store/parts.ts';
import { type EnsembleFigures, type FailureNote, type Summary, summarize } from './summary.ts';

const DATABASE_MB = 256;

export interface RunOptions {
  /** Directory of the run; default `runs/<id>`. */
  readonly dir?: string;
  /** Default: the machine's processors. */
  readonly workers?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Remarks for a person, one line each. */
  readonly onNotice?: (notice: string) => void;
  /** Stops the run; it can be resumed. */
  readonly signal?: AbortSignal;
}

/** A run under way. */
export interface EnsembleRun {
  readonly dir: string;
  readonly id: string;
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
  const checked = absolutePaths(parseConfig(config));
  const id = options.dir === undefined ? newId() : (options.dir.split(/[\\/]/).filter(Boolean).at(-1) ?? newId());
  return start(await createRun(checked, resolve(options.dir ?? join('runs', id)), id), options);
}

/** Files are named from the working directory; the run has to find them from any other. */
function absolutePaths(config: Config): Config {
  const part = <P extends { use: string }>(named: P): P =>
    isFileUse(named.use) ? { ...named, use: resolve(named.use) } : named;
  const markets = Object.entries(config.markets).map(([symbol, market]) => [
    symbol,
    'file' in market ? { ...market, file: resolve(market.file) } : market,
  ]);
  return {
    ...config,
    markets: Object.fromEntries(markets),
    strategy: part(config.strategy),
    components: config.components.map(part),
    rewards: config.rewards.map(part),
  };
}

/** Goes on with a run; of a completed one, `done` is the summary that it has. */
export async function resumeEnsemble(dir: string, options: RunOptions = {}): Promise<EnsembleRun> {
  return start(openRun(resolve(dir)), options);
}

/** `20261122-121533-4f2a`: sorts by time. */
function newId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}

async function start(run: OpenRun, options: RunOptions): Promise<EnsembleRun> {
  const { manifest, dir } = run;
  if (manifest.status === 'completed' && manifest.summary !== undefined) {
    return finishedRun(run, { ...manifest.summary, dir });
  }
  const unlock = lockRun(dir);
  const workers = options.workers ?? availableParallelism();
  for (const notice of run.notices) options.onNotice?.(notice);
  const { limits } = manifest.config;
  let coordinator: Coordinator;
  let database: Database | undefined;
  let pool: WorkerPool | undefined;
  try {
    manifest.status = 'running';
    delete manifest.error;
    writeManifest(dir, manifest);
    database = await Database.open(DATABASE_MB, join(dir, 'spill.tmp'));
    pool = new WorkerPool(run.spec, {
      workers,
      heapMb: limits.heapMb,
      memoryMb: limits.memoryMb,
      stallMs: limits.stallSeconds * 1_000,
    });
    coordinator = new Coordinator(run, pool, database, options.onProgress);
  } catch (error) {
    await pool?.destroy();
    database?.close();
    unlock();
    throw error;
  }
  const stop = (): void => coordinator.cancel();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted === true) stop();
  const done = work(run, coordinator, workers, options).finally(() => {
    options.signal?.removeEventListener('abort', stop);
    unlock();
  });
  return {
    dir,
    id: manifest.id,
    done,
    progress: () => coordinator.progress(),
    workers: () => coordinator.pool.status(),
    pause: () => coordinator.pool.pause(),
    resume: () => coordinator.pool.resume(),
    stop,
  };
}

function finishedRun({ dir, manifest }: OpenRun, summary: Summary): EnsembleRun {
  const nothing = { failed: 0, ruined: 0, steps: 0, events: 0, seconds: 0, episodesHere: 0, stepsHere: 0, retries: 0 };
  const { requested } = summary.episodes;
  return {
    dir,
    id: manifest.id,
    done: Promise.resolve(summary),
    progress: () => ({ ...nothing, episodes: requested, requested, meanReturn: Number.NaN, meanReward: Number.NaN }),
    workers: async () => [],
    pause: async () => {},
    resume: async () => {},
    stop: () => {},
  };
}

/** From the first batch to the summary. The manifest says at each moment how far the run is. */
async function work(run: OpenRun, coordinator: Coordinator, workers: number, options: RunOptions): Promise<Summary> {
  const { dir, manifest } = run;
  const { pool, database } = coordinator;
  try {
    const isComplete = await coordinator.runBatches();
    manifest.wallSeconds += coordinator.workSeconds;
    if (!isComplete) {
      // The figures of a large run take a while, and whoever interrupts may not wait for them.
      manifest.status = 'interrupted';
      writeManifest(dir, manifest);
    }
    const figures = await figuresOf(run, database);
    const extremes = isComplete ? await keepExtremes(run, coordinator) : null;
    for (const episode of extremes?.mismatches ?? []) options.onNotice?.(mismatchNotice(episode));
    manifest.status = extremes === null ? 'interrupted' : 'completed';
    if (extremes?.kept !== undefined) manifest.kept = extremes.kept;
    const summary = summaryOf(run, coordinator, figures, workers, extremes?.mismatches ?? []);
    if (extremes !== null) manifest.summary = summary;
    writeManifest(dir, manifest);
    return summary;
  } catch (error) {
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

function mismatchNotice(episode: number): string {
  return `episode ${episode} came out differently when it was replayed: a part keeps state between episodes, or reads the world`;
}

async function figuresOf(run: OpenRun, database: Database): Promise<EnsembleFigures> {
  const { manifest, dir } = run;
  const files = tableFiles(dir, 'episodes');
  const { episodes } = manifest.config;
  if (files.length > 0) return summarize(database, files, manifest.layout.fields, episodes);
  return { digest: '', episodes: { requested: episodes, completed: 0, ruined: 0, stopped: 0, failed: 0 }, metrics: {} };
}

interface Extremes {
  /** Undefined where every episode failed. */
  readonly kept: KeptEpisodes | undefined;
  /** Those of them that came out differently. */
  readonly mismatches: number[];
}

/** Replays worst, median and best episode, holds them against their records, and keeps their streams; null when canceled. */
async function keepExtremes(run: OpenRun, coordinator: Coordinator): Promise<Extremes | null> {
  const { dir, manifest } = run;
  const { database, parts } = coordinator;
  const source = parquetSource(tableFiles(dir, 'episodes'));
  const known = `FROM ${source} WHERE endReason <> 'failed'`;
  const [[count]] = (await database.rows(`SELECT CAST(count(*) AS DOUBLE) ${known}`)) as [[number]];
  if (count === 0) return { kept: undefined, mismatches: [] };
  const first = async (rest: string): Promise<number> => {
    const [[episode]] = (await database.rows(`SELECT CAST(episode AS DOUBLE) ${known} ${rest}`)) as [[number]];
    return episode;
  };
  // By its value, and among equals by its number: to sort all episodes would take memory that grows with them.
  const middle = `(SELECT quantile_disc(totalReturn, 0.5) ${known})`;
  const [[below]] = (await database.rows(`SELECT CAST(count(*) AS DOUBLE) ${known} AND totalReturn < ${middle}`)) as [
    [number],
  ];
  const rank = Math.floor((count - 1) / 2) - below;
  const kept = {
    worst: await first('ORDER BY totalReturn, episode LIMIT 1'),
    median: await first(`AND totalReturn = ${middle} ORDER BY episode LIMIT 1 OFFSET ${rank}`),
    best: await first('ORDER BY totalReturn DESC, episode DESC LIMIT 1'),
  };
  const mismatches: number[] = [];
  const streams = [];
  for (const episode of new Set(Object.values(kept))) {
    const result = await coordinator.replay(episode);
    if (result === null) return null;
    const fields = manifest.layout.fields.map(asDouble);
    const [stored] = await database.rows(`SELECT ${fields.join(', ')} FROM ${source} WHERE episode = ${episode}`);
    const isSame = (stored as number[]).every(
      (value, j) => Object.is(value, result.records[j]) || value === result.records[j],
    );
    if (!isSame) mismatches.push(episode);
    if (episode >= manifest.config.record.episodes && !coordinator.kept.has(episode)) streams.push(result);
  }
  if (coordinator.wasCanceled) return null;
  if (streams.length > 0) await parts.commitKept(database, streams);
  return { kept, mismatches };
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
