import { BatchGuard } from './batch-guard.ts';
import { type Batch, BatchQueue } from './batches.ts';
import type { WorkerStatus } from './control.ts';
import { messageOf, RunError } from './errors.ts';
import type { Outputs } from './outputs/outputs.ts';
import type { Telemetry } from './outputs/telemetry.ts';
import type { TaskOutcome, WorkerPool } from './pool.ts';
import type { OpenRun } from './prepare.ts';
import { crashesBetween } from './store/crashes.ts';
import type { Database } from './store/database.ts';
import { firstFailures, type PartInfo, type PartStore, tableFiles } from './store/parts.ts';
import { type BatchResult, type BatchTask, bytesOf, type EpisodeFailure } from './task.ts';
import { type Progress, Totals } from './totals.ts';
import type { Trainer } from './training/trainer.ts';
import type { Stopping } from './until/stopping.ts';

/** A part is committed at least this often, ms. */
const COMMIT_MS = 500;
/** Results that wait for the store, bytes; above it no new batch starts. */
const WAITING_BYTES = 64 * 1_048_576;
/** Workers get this long to give up their tasks, ms. */
const CANCEL_MS = 1_200;

/** What a coordinator works with. */
export interface CoordinatorParts {
  readonly pool: WorkerPool;
  readonly database: Database;
  readonly parts: PartStore;
  /** What is committed already. */
  readonly committed: readonly PartInfo[];
  readonly outputs: Outputs | null;
  readonly telemetry: Telemetry | null;
  /** Null where nobody is trained. */
  readonly trainer: Trainer | null;
  /** Null where every episode of the config is run. */
  readonly stopping: Stopping | null;
}

/**
 * Runs the missing batches of a run and stores them. Batches finish in any order; what is stored depends on none of it.
 */
export class Coordinator {
  readonly pool: WorkerPool;
  readonly parts: PartStore;
  readonly database: Database;
  /** The first failures of the run, by episode. */
  failures: readonly EpisodeFailure[] = [];
  /** Episodes that only a watchdog could end. */
  watchdogEndings = 0;
  /** Episodes outside `record` whose streams are stored. */
  readonly kept = new Set<number>();
  /** Whether outputs know which episodes are worst, median and best. */
  isLabeled = false;
  readonly outputs: Outputs | null;
  /** The spool is full. */
  isPaused = false;
  /** Results that wait for the store, bytes. */
  waitingBytes = 0;
  private readonly telemetry: Telemetry | null;
  readonly trainer: Trainer | null;
  private readonly stopping: Stopping | null;
  private readonly run: OpenRun;
  private readonly onProgress: ((progress: Progress) => void) | undefined;
  private readonly queue: BatchQueue;
  private readonly done = new Set<number>();
  /** Batches that have room, and no result yet. */
  private underWay = 0;
  private waiting: BatchResult[] = [];
  private committing: Promise<void> | null = null;
  private commitTimer: NodeJS.Timeout | null = null;
  private fatal: unknown = null;
  private isCanceled = false;
  private startedAt = Number.NaN;
  private committedAt = Number.NaN;
  private readonly totals: Totals;
  private readonly before: { episodes: number; steps: number };
  private readonly guard: BatchGuard;

  constructor(run: OpenRun, parts: CoordinatorParts, onProgress?: (progress: Progress) => void) {
    this.run = run;
    this.pool = parts.pool;
    this.database = parts.database;
    this.parts = parts.parts;
    this.outputs = parts.outputs;
    this.telemetry = parts.telemetry;
    this.trainer = parts.trainer;
    this.stopping = parts.stopping;
    const { config, layout } = run.manifest;
    this.queue = new BatchQueue(layout.batchSize, config.training?.episodes ?? this.stopping?.group);
    this.onProgress = onProgress;
    const isOver = (): boolean => this.isOver;
    this.guard = new BatchGuard(this.pool, {
      isOver,
      runTask: (task) => this.runTask(task),
      taskOf: (batch, linger) => this.taskOf(batch, linger),
      discard: ({ segments }) => this.outputs?.discard(segments),
    });
    this.totals = new Totals(layout.fields, parts.committed);
    for (const info of parts.committed) {
      for (const batch of info.batches) this.done.add(batch);
      for (const episode of info.kept ?? []) this.kept.add(episode);
      this.isLabeled ||= info.segments?.some(({ scope }) => scope === 'labels') ?? false;
      this.note(info);
    }
    const { episodes, steps } = this.totals.figures;
    this.before = { episodes, steps };
  }

  get wasCanceled(): boolean {
    return this.isCanceled;
  }

  /** From the first dispatch to the last commit of this process; 0 before the first commit. */
  get workSeconds(): number {
    return Number.isNaN(this.committedAt) ? 0 : (this.committedAt - this.startedAt) / 1_000;
  }

  /** Runs every missing batch; false when the run was canceled before the end. Throws what made it impossible. */
  async runBatches(): Promise<boolean> {
    await this.recall();
    this.startedAt = performance.now();
    const report = setInterval(() => this.onProgress?.(this.progress()), 200);
    report.unref();
    try {
      do {
        await Promise.all(Array.from({ length: this.pool.slots }, () => this.lane()));
        await this.flush();
      } while (!this.isOver && (await this.stopping?.goesOn(this.database)) === true);
      await this.writeAnew();
    } finally {
      clearInterval(report);
      if (this.commitTimer !== null) clearTimeout(this.commitTimer);
    }
    this.onProgress?.(this.progress());
    if (this.fatal !== null) throw this.fatal;
    return !this.isCanceled;
  }

  workers(): Promise<WorkerStatus[]> {
    return this.pool.status();
  }

  /** Batches that run or wait for a worker. */
  get queueDepth(): number {
    return this.pool.inFlight;
  }

  /** Stops soon; what is finished is stored. */
  cancel(): void {
    if (this.isCanceled) return;
    this.isCanceled = true;
    this.pool.cancel();
    this.trainer?.release();
    // A worker inside a long handler does not listen.
    setTimeout(() => void this.pool.destroy(), CANCEL_MS).unref();
  }

  progress(): Progress {
    return {
      ...this.totals.figures,
      requested: this.episodes,
      seconds: Number.isNaN(this.startedAt) ? 0 : (performance.now() - this.startedAt) / 1_000,
      episodesHere: this.totals.figures.episodes - this.before.episodes,
      stepsHere: this.totals.figures.steps - this.before.steps,
      retries: this.guard.retries,
      isPaused: this.isPaused,
      outputs: this.outputs?.progress() ?? [],
    };
  }

  /** Runs one episode again, alone, with its streams; null when canceled. */
  async replay(episode: number): Promise<BatchResult | null> {
    const outcome = await this.pool.run({
      batch: -1,
      from: episode,
      to: episode + 1,
      skip: [],
      recordBelow: episode + 1,
      linger: false,
      scope: 'streams',
      agent: this.trainer?.agentOf(episode),
    });
    if (outcome.kind === 'result') {
      if (!this.isCanceled) return outcome.result;
      this.outputs?.discard(outcome.result.segments);
      return null;
    }
    if (this.isCanceled) return null;
    throw new RunError('REPLAY_FAILED', `episode ${episode} was replayed and ended its worker: ${outcome.message}`);
  }

  private get isOver(): boolean {
    return this.isCanceled || this.fatal !== null;
  }

  /** As many as are to be run, as far as is known. */
  private get episodes(): number {
    return this.stopping?.limit ?? this.run.manifest.config.episodes;
  }

  private takeBatch(): Batch | null {
    return this.queue.take(
      this.episodes,
      (batch) => !this.done.has(batch.index) || this.trainer?.needs(batch) === true,
    );
  }

  /** What earlier processes stored, for the live figures. */
  private async recall(): Promise<void> {
    const files = tableFiles(this.run.dir, 'episodes');
    if (files.length === 0) return;
    await this.totals.recall(this.database, files);
    await this.telemetry?.recall(this.database, this.run.dir);
    if (this.trainer === null) return;
    // Of batches that are stored and run again for their changes: what ended its worker is not run again.
    const { episodes } = this.run.manifest.config;
    const crashes = await crashesBetween(this.database, this.run.dir, this.trainer.firstEpisode, episodes);
    for (const crash of crashes) this.guard.quarantined.set(crash.episode, crash);
  }

  /** Takes batches one after the other until none is left. */
  private async lane(): Promise<void> {
    while (!this.isOver) {
      try {
        if (this.waitingBytes > WAITING_BYTES) await this.flush();
        const batch = this.takeBatch();
        if (batch === null) return;
        await this.trainer?.ready(batch);
        await this.waitForRoom();
        if (this.isOver) return;
        const result = await this.runBatch(batch);
        this.underWay--;
        if (result !== null) this.keep(result);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  /** Waits while the spool is full; batches that run or wait for the store will fill it further. */
  private async waitForRoom(): Promise<void> {
    await this.outputs?.room({
      batches: () => this.underWay + this.waiting.length,
      isOver: () => this.isOver,
      onPause: (isPaused) => {
        this.isPaused = isPaused;
      },
    });
    this.underWay++;
  }

  /** Runs a batch to its result, whatever its episodes do; null when canceled. */
  runBatch(batch: Batch): Promise<BatchResult | null> {
    return this.guard.runBatch(batch);
  }

  /** Runs a task; on a full disk again, when deliveries have freed room. Null when the run is over. */
  private async runTask(task: Omit<BatchTask, 'slot'>): Promise<TaskOutcome | null> {
    for (;;) {
      try {
        return await this.pool.run(task);
      } catch (error) {
        if ((error as Partial<RunError>).code !== 'DISK_FULL' || this.outputs === null) throw error;
        this.isPaused = true;
        const hasRoom = await this.outputs.relief(() => this.isOver);
        this.isPaused = false;
        if (this.isOver) return null;
        if (!hasRoom) throw error;
      }
    }
  }

  /** Points whose segment was damaged come from their episodes, run again. */
  private async writeAnew(): Promise<void> {
    for (const damaged of this.outputs?.damaged ?? []) {
      if (damaged.scope === 'labels' || this.isOver) continue;
      const { from, to, scope } = damaged;
      const skip = await crashesBetween(this.database, this.run.dir, from, to);
      const recordBelow = scope === 'streams' ? to : this.run.manifest.config.record.episodes;
      const agent = this.trainer?.agentOf(from);
      const outcome = await this.runTask({ batch: -1, from, to, skip, recordBelow, linger: false, scope, agent });
      if (outcome === null || this.isOver) return;
      if (outcome.kind === 'crash') {
        throw new RunError('REPLAY_FAILED', `episodes ${from} to ${to - 1} were run again: ${outcome.message}`);
      }
      await this.outputs!.replace(damaged, outcome.result.segments, (wanted) =>
        this.parts.commitKept(this.database, [], wanted, [damaged.name]),
      );
    }
  }

  private taskOf({ index, from, to, agent }: Batch, linger: boolean): Omit<BatchTask, 'slot'> {
    const skip = this.guard.skippedOf(from, to);
    const task = { batch: index, from, to, skip, linger };
    if (agent !== undefined) return { ...task, recordBelow: 0, scope: 'streams', agent };
    const recordBelow = this.run.manifest.config.record.episodes;
    return { ...task, recordBelow, scope: 'all', agent: this.trainer?.agentOf(from) };
  }

  /** Takes a result over for storing. */
  private keep(result: BatchResult): void {
    if (result.canceled) return;
    this.trainer?.take(result);
    if (this.done.has(result.batch)) {
      // It is stored already, and was run again for what its episodes learned.
      this.outputs?.discard(result.segments);
      return;
    }
    this.waiting.push(result);
    this.outputs?.written(result.segments);
    this.waitingBytes += bytesOf(result);
    this.totals.count(result);
    this.telemetry?.count(result);
    this.commitTimer ??= setTimeout(() => {
      this.commitTimer = null;
      this.flush().catch((error: unknown) => this.fail(error));
    }, COMMIT_MS);
  }

  /** Stores what waits. One commit at a time; what arrives meanwhile goes into the next. */
  private async flush(): Promise<void> {
    while (this.committing !== null) await this.committing;
    if (this.waiting.length === 0) return;
    const results = this.waiting.sort((a, b) => a.batch - b.batch);
    this.waiting = [];
    this.waitingBytes = 0;
    this.committing = this.commit(results).finally(() => {
      this.committing = null;
    });
    await this.committing;
  }

  private async commit(results: readonly BatchResult[]): Promise<void> {
    const inside = (episode: number): boolean => results.some(({ from, to }) => episode >= from && episode < to);
    const failures = [...this.guard.quarantined.values()].filter(({ episode }) => inside(episode));
    const segments = results.flatMap((result) => result.segments);
    try {
      await this.outputs?.sync(segments);
      this.note(await this.parts.commit(this.database, results, failures));
      this.committedAt = performance.now();
      this.outputs?.committed(segments);
    } catch (error) {
      const wayOut = 'make room or mend the cause, then ergodic resume';
      const message = `${this.parts.dir}: results cannot be stored: ${messageOf(error)}; ${wayOut}`;
      throw new RunError('STORE_FAILED', message, { cause: error });
    }
    for (const { episode } of failures) this.guard.quarantined.delete(episode);
  }

  /** Takes up what the summary tells of a committed part. */
  private note(info: PartInfo): void {
    this.watchdogEndings += info.watchdogEndings;
    this.failures = firstFailures([...this.failures, ...info.failures]);
  }

  private fail(error: unknown): void {
    if (this.fatal !== null) return;
    this.fatal = error;
    this.pool.cancel();
    this.trainer?.release();
  }
}
