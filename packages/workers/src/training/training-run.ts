import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Config, END_REASONS, type EndReason, parseEnvironmentConfig } from '@ergodic/core';
import { absolutePaths, telemetryRun } from '../ensemble.ts';
import { messageOf, RunError } from '../errors.ts';
import { lockRun } from '../lock.ts';
import { accountOf } from '../outputs/flush.ts';
import { Monitor } from '../outputs/monitor.ts';
import type { OutputProgress } from '../outputs/output.ts';
import { Outputs } from '../outputs/outputs.ts';
import { Telemetry } from '../outputs/telemetry.ts';
import { createRun, namesOf, openRun } from '../prepare.ts';
import { asDouble, Database, parquetSource } from '../store/database.ts';
import { type Manifest, writeManifest } from '../store/manifest.ts';
import { PartStore, tableFiles } from '../store/parts.ts';
import { type EnsembleFigures, type Summary, summarize } from '../summary.ts';
import type { BatchResult } from '../task.ts';
import { type Progress, Totals } from '../totals.ts';
import { rewriteDamaged, writeEpisodes } from './episode-points.ts';
import { EpisodeSet } from './episode-set.ts';
import { TRAINING_FIELDS } from './fields.ts';

const COMMIT_MS = 500;
/** Episodes that wait for the store; above it `room` waits. */
const WAITING = 4_096;
const DATABASE_MB = 256;
const LATEST = 100;
const LAST_WORDS_MS = 500;

export interface TrainingRunOptions {
  /** Directory of the run; default `runs/<id>`. One that holds a training run of the same config goes on with it. */
  readonly dir?: string;
  /** Who trains: `rllib://127.0.0.1:9900`. */
  readonly trainer: string;
  readonly onNotice?: (notice: string) => void;
}

/** An episode that was played elsewhere. */
export interface FinishedEpisode {
  readonly episode: number;
  readonly endReason: EndReason;
  /** In the order of `TrainingRun.fields`; NaN where undefined. */
  readonly figures: ArrayLike<number>;
  readonly trainingIteration: number;
  /** Updates that the weights have had which took its last action. */
  readonly policyVersion: number;
  /** Of a failed one. */
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface TrainingProgress {
  readonly episodes: number;
  readonly failed: number;
  /** Of the episode that came last. */
  readonly trainingIteration: number;
  readonly policyVersion: number;
  /** Over the latest 100 episodes that did not fail; NaN while there are none. */
  readonly meanReturn: number;
  readonly meanReward: number;
  /** Episodes that are not stored yet. */
  readonly waiting: number;
  readonly outputs: readonly OutputProgress[];
}

export interface CloseOptions {
  readonly status?: 'completed' | 'interrupted' | 'failed';
  /** Why it failed. */
  readonly error?: string;
  /** Ends the wait for deliveries. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a run directory for training that happens elsewhere. Its episodes come finished, in any order, and are stored and
 * streamed to the outputs of the config as those of any run, with the columns `trainingIteration` and `policyVersion`.
 *
 *     const run = await openTrainingRun(config, { trainer: 'rllib://127.0.0.1:9900' });
 *     run.add({ episode: 0, endReason: 'completed', figures, trainingIteration: 0, policyVersion: 0 });
 *     const summary = await run.close();
 *
 * @throws ConfigError, CandleError or RunError; nothing is written then
 */
export async function openTrainingRun(config: unknown, options: TrainingRunOptions): Promise<TrainingRun> {
  const { training: _, ...rest } = parseEnvironmentConfig(config);
  const checked = absolutePaths(rest);
  const names = namesOf(options.dir);
  const dir = resolve(options.dir ?? join('runs', names.id));
  const isOld = existsSync(join(dir, 'run.json'));
  const manifest = isOld ? continued(dir, checked) : await created(checked, dir, options, names);
  return TrainingRun.open(dir, manifest, options);
}

async function created(
  config: Config,
  dir: string,
  { trainer, onNotice }: TrainingRunOptions,
  names: Pick<Manifest, 'id' | 'streamId'>,
): Promise<Manifest> {
  const { manifest, notices } = await createRun(config, dir, names);
  for (const notice of notices) onNotice?.(notice);
  const { layout } = manifest;
  return {
    ...manifest,
    // How many there will be is not known, and no strategy of the config plays them.
    config: { ...manifest.config, episodes: 0, strategy: { use: 'agent' } },
    training: { trainer: 'elsewhere', address: trainer },
    layout: { ...layout, fields: [...layout.fields, ...TRAINING_FIELDS] },
  };
}

function continued(dir: string, config: Config): Manifest {
  const { manifest } = openRun(dir);
  const textOf = (one: Config): string => JSON.stringify({ ...one, episodes: 0, strategy: null });
  const isSame = textOf(manifest.config) === textOf(JSON.parse(JSON.stringify(config)));
  if (manifest.training?.trainer === 'elsewhere' && isSame) return manifest;
  const rule = 'a training run goes on only in its own directory, with the same config';
  throw new RunError('RUN_DIR_NOT_EMPTY', `${dir}: ${rule}; choose another --out`);
}

/** A run directory that takes the episodes of training elsewhere. */
export class TrainingRun {
  readonly dir: string;
  readonly id: string;
  /** Names of the figures of an episode, in their order. */
  readonly fields: readonly string[];
  private readonly manifest: Manifest;
  private readonly database: Database;
  private readonly parts: PartStore;
  private readonly outputs: Outputs | null;
  private readonly telemetry: Telemetry | null;
  private readonly monitor: Monitor | null;
  private readonly totals: Totals;
  private readonly unlock: () => void;
  private readonly known: EpisodeSet;
  private readonly startedAt = performance.now();
  private pending: FinishedEpisode[] = [];
  private latest: { readonly reward: number; readonly total: number }[] = [];
  private last = { trainingIteration: 0, policyVersion: 0 };
  private stored: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;
  private fatal: unknown = null;
  private isClosed = false;
  private isPaused = false;

  private constructor(
    dir: string,
    manifest: Manifest,
    tools: { database: Database; parts: PartStore; outputs: Outputs | null; totals: Totals; unlock: () => void },
    next: number,
  ) {
    this.dir = dir;
    this.id = manifest.id;
    this.manifest = manifest;
    this.fields = manifest.layout.fields.slice(0, -TRAINING_FIELDS.length);
    this.database = tools.database;
    this.parts = tools.parts;
    this.outputs = tools.outputs;
    this.totals = tools.totals;
    this.unlock = tools.unlock;
    this.known = new EpisodeSet(next);
    this.telemetry = tools.outputs === null ? null : new Telemetry(telemetryRun(manifest));
    this.monitor =
      tools.outputs === null || this.telemetry === null
        ? null
        : new Monitor(tools.outputs, this.telemetry, this.watched());
  }

  static async open(dir: string, manifest: Manifest, { onNotice }: TrainingRunOptions): Promise<TrainingRun> {
    const unlock = lockRun(dir);
    let database: Database | undefined;
    let outputs: Outputs | null = null;
    try {
      const parts = new PartStore(dir, manifest.layout);
      const committed = parts.open();
      outputs = Outputs.open(dir, manifest, committed, (notice) => onNotice?.(notice));
      manifest.status = 'running';
      delete manifest.error;
      delete manifest.summary;
      writeManifest(dir, manifest);
      database = await Database.open(DATABASE_MB, join(dir, 'spill.tmp'));
      const totals = new Totals(manifest.layout.fields, committed);
      const files = tableFiles(dir, 'episodes');
      let next = 0;
      if (files.length > 0) {
        await totals.recall(database, files);
        const [[last]] = (await database.rows(`SELECT max(${asDouble('episode')}) FROM ${parquetSource(files)}`)) as [
          [number],
        ];
        next = last + 1;
        if (outputs !== null) await rewriteDamaged(outputs, { database, parts, files, layout: manifest.layout });
      }
      const run = new TrainingRun(dir, manifest, { database, parts, outputs, totals, unlock }, next);
      await run.telemetry?.recall(database, dir);
      return run;
    } catch (error) {
      database?.close();
      await outputs?.close();
      unlock();
      throw error;
    }
  }

  /** One more than the highest number that is stored or waits; of a run that goes on, those below it count as stored. */
  get nextEpisode(): number {
    return this.known.next;
  }

  /** Takes an episode; one whose number came before is left out. Throws RangeError for what is none, and after `close`. */
  add(episode: FinishedEpisode): void {
    if (this.isClosed) throw new RangeError('TrainingRun.add: the run is closed');
    this.check(episode);
    if (!this.known.add(episode.episode)) return;
    const { trainingIteration, policyVersion, endReason } = episode;
    const figures = Float64Array.from(episode.figures);
    this.last = { trainingIteration, policyVersion };
    if (endReason !== 'failed') {
      const [total, reward] = ['totalReturn', 'totalReward'].map((name) => figures[this.fields.indexOf(name)]!);
      this.latest.push({ total: total!, reward: reward! });
      if (this.latest.length > LATEST) this.latest.shift();
    }
    this.pending.push({ ...episode, figures });
    this.timer ??= setTimeout(() => this.flush().catch(() => {}), COMMIT_MS);
  }

  /** Waits while too much waits for the store, or a spool is full. Rejects with what ended the run. */
  async room(): Promise<void> {
    if (this.fatal !== null) throw this.fatal;
    if (this.pending.length > WAITING) await this.flush();
    await this.outputs?.room({
      batches: () => 1,
      isOver: () => this.isClosed,
      onPause: (isPaused) => {
        this.isPaused = isPaused;
      },
    });
  }

  /** Stores what has come. Rejects with what ended the run. */
  flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const stored = this.stored.then(() => this.commit());
    this.stored = stored.catch(() => {});
    return stored;
  }

  progress(): TrainingProgress {
    const { latest, totals, pending, outputs } = this;
    const mean = (of: (one: { reward: number; total: number }) => number): number =>
      latest.reduce((sum, one) => sum + of(one), 0) / (latest.length || Number.NaN);
    const { episodes, failed } = totals.figures;
    return {
      episodes: episodes + pending.length,
      failed: failed + pending.filter(({ endReason }) => endReason === 'failed').length,
      ...this.last,
      meanReturn: mean(({ total }) => total),
      meanReward: mean(({ reward }) => reward),
      waiting: pending.length,
      outputs: outputs?.progress() ?? [],
    };
  }

  /** Stores and delivers what is left, writes summary and status, and lets the directory go. */
  async close({ status = 'completed', error, signal }: CloseOptions = {}): Promise<Summary> {
    if (this.isClosed) throw new RangeError('TrainingRun.close: the run is closed');
    const { dir, manifest, outputs, monitor } = this;
    try {
      await this.flush();
      this.isClosed = true;
      manifest.wallSeconds += (performance.now() - this.startedAt) / 1_000;
      const episodes = this.totals.figures.episodes;
      const closed: Manifest = { ...manifest, config: { ...manifest.config, episodes }, status };
      if (error !== undefined) closed.error = error;
      const summary = await this.summary(closed);
      writeManifest(dir, { ...closed, summary });
      monitor?.stop(status);
      if (outputs === null) return summary;
      const startedAt = performance.now();
      const isOver = (): boolean => signal?.aborted === true && performance.now() - startedAt > LAST_WORDS_MS;
      await outputs.drain(isOver);
      const drainSeconds = (performance.now() - startedAt) / 1_000;
      const delivered = { ...summary, outputs: accountOf(await outputs.close(), drainSeconds) };
      writeManifest(dir, { ...closed, summary: delivered });
      return delivered;
    } catch (failure) {
      monitor?.stop('failed');
      await outputs?.close();
      try {
        writeManifest(dir, { ...manifest, status: 'failed', error: messageOf(failure) });
      } catch {
        // The disk may be full: the old manifest says `running`, and the run goes on from what is stored as well.
      }
      throw failure;
    } finally {
      this.isClosed = true;
      this.database.close();
      this.unlock();
    }
  }

  private check({ episode, endReason, figures, trainingIteration, policyVersion, failure }: FinishedEpisode): void {
    const refuse = (what: string, rule: string, got: unknown): never => {
      throw new RangeError(`TrainingRun.add: ${what} must be ${rule}, got ${String(got)}`);
    };
    for (const [what, value] of Object.entries({ episode, trainingIteration, policyVersion })) {
      if (!Number.isSafeInteger(value) || value < 0) refuse(what, 'a whole number of 0 or more', value);
    }
    if (!END_REASONS.includes(endReason)) refuse('endReason', `one of ${END_REASONS.join(', ')}`, endReason);
    if (figures?.length !== this.fields.length) refuse('figures', `${this.fields.length} numbers`, figures?.length);
    if ((endReason === 'failed') !== (failure !== undefined)) {
      refuse('failure', 'there for a failed episode and for no other', endReason);
    }
  }

  private async commit(): Promise<void> {
    if (this.fatal !== null) throw this.fatal;
    const episodes = this.pending;
    if (episodes.length === 0) return;
    this.pending = [];
    const { outputs, parts, database, manifest } = this;
    try {
      const results = writeEpisodes(episodes, manifest.layout, outputs?.spec);
      const segments = results.flatMap((result) => result.segments);
      outputs?.written(segments);
      await outputs?.sync(segments);
      await parts.commit(database, results, []);
      outputs?.committed(segments);
      for (const result of results) this.count(result);
    } catch (error) {
      const message = `${parts.dir}: results cannot be stored: ${messageOf(error)}; make room or mend the cause`;
      this.fatal = new RunError('STORE_FAILED', message, { cause: error });
      throw this.fatal;
    }
  }

  private count(result: BatchResult): void {
    this.totals.count(result);
    this.telemetry?.count(result);
  }

  private watched(): ConstructorParameters<typeof Monitor>[2] {
    const self = this;
    return {
      progress: () => this.ensembleProgress(),
      workers: async () => [],
      get isPaused(): boolean {
        return self.isPaused;
      },
      queueDepth: 0,
      waitingBytes: 0,
    };
  }

  /** As an ensemble's: as many episodes are asked for as have come. */
  private ensembleProgress(): Progress {
    const { figures } = this.totals;
    const { episodes, steps } = figures;
    const seconds = (performance.now() - this.startedAt) / 1_000;
    const here = { episodesHere: episodes, stepsHere: steps, retries: 0, isPaused: this.isPaused };
    return { ...figures, requested: episodes, seconds, ...here, outputs: this.outputs?.progress() ?? [] };
  }

  private async summary({ id, seed, marketKey, status, wallSeconds, layout, config }: Manifest): Promise<Summary> {
    const { dir, database } = this;
    const files = tableFiles(dir, 'episodes');
    const { episodes } = config;
    const none = { requested: episodes, completed: 0, ruined: 0, stopped: 0, failed: 0 };
    const figures: EnsembleFigures =
      files.length > 0
        ? await summarize(database, files, layout.fields, config)
        : { digest: '', episodes: none, metrics: {} };
    const { steps, events } = this.totals.figures;
    const timing = {
      wallSeconds,
      workers: 0,
      steps,
      events,
      stepsPerSecond: wallSeconds > 0 ? steps / wallSeconds : 0,
    };
    // Actions that came from elsewhere are not a function of config and seed.
    const outcome = { reproducible: false, mismatches: [], failures: [] };
    return { id, dir, seed, marketKey, status, ...figures, ...outcome, timing };
  }
}
