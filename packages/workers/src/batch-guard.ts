import type { Batch } from './batches.ts';
import { RunError } from './errors.ts';
import type { TaskOutcome, WorkerPool } from './pool.ts';
import { type BatchResult, type BatchTask, type EpisodeFailure, joined } from './task.ts';

/** A batch whose worker died this often, each time at an episode that runs alone, is divided. */
const BATCH_ATTEMPTS = 3;

type Task = Omit<BatchTask, 'slot'>;

/** What a guard has to know of the run whose batches it runs. */
export interface GuardedRun {
  /** Canceled, or failed for good. */
  isOver(): boolean;
  /** Runs a task on some worker; null when the run is over. */
  runTask(task: Task): Promise<TaskOutcome | null>;
  /** `linger`: errors that come late shall hit this task. */
  taskOf(batch: Batch, linger: boolean): Task;
  /** Nobody needs this result. */
  discard(result: BatchResult): void;
}

/** Runs batches to their results, whatever their episodes do to the threads that run them. */
export class BatchGuard {
  /** Episodes that ended their threads, and are not run again. */
  readonly quarantined = new Map<number, EpisodeFailure>();
  retries = 0;
  private readonly pool: WorkerPool;
  private readonly run: GuardedRun;

  constructor(pool: WorkerPool, run: GuardedRun) {
    this.pool = pool;
    this.run = run;
  }

  /** Quarantined episodes from `from` to below `to`. */
  skippedOf(from: number, to: number): EpisodeFailure[] {
    return [...this.quarantined.values()].filter(({ episode }) => episode >= from && episode < to);
  }

  /** Runs a batch to its result, whatever its episodes do; null when the run is over. */
  async runBatch(batch: Batch): Promise<BatchResult | null> {
    const { run } = this;
    for (let attempt = 1; attempt <= BATCH_ATTEMPTS; ) {
      const outcome = await run.runTask(run.taskOf(batch, false));
      if (outcome === null || run.isOver()) return null;
      if (outcome.kind === 'result') return outcome.result;
      this.retries++;
      // A late error names no episode: the one under way is as good as any.
      if (outcome.code === 'LATE_ERROR') break;
      if (outcome.episode >= 0 && (await this.isCulprit(batch, outcome.episode))) continue;
      if (run.isOver()) return null;
      attempt++;
    }
    return this.divide(batch);
  }

  /** Halves a batch until its parts run, each in a fresh thread: what an episode leaves behind harms only itself. */
  private async divide(batch: Batch): Promise<BatchResult | null> {
    const { run } = this;
    const outcome = await this.pool.runAlone(run.taskOf(batch, true));
    if (run.isOver()) return null;
    if (outcome.kind === 'result') return outcome.result;
    const { from, to } = batch;
    if (to - from === 1) {
      this.quarantine(from, outcome);
      return this.divide(batch);
    }
    const middle = Math.floor((from + to) / 2);
    const left = await this.divide({ ...batch, to: middle });
    const right = left === null ? null : await this.divide({ ...batch, from: middle });
    return left === null || right === null ? null : joined(left, right);
  }

  /** Runs an episode alone; one that ends its thread again is quarantined as failed. */
  private async isCulprit(batch: Batch, episode: number): Promise<boolean> {
    const { run } = this;
    const outcome = await this.pool.runAlone(run.taskOf({ ...batch, from: episode, to: episode + 1 }, true));
    if (outcome.kind === 'result') run.discard(outcome.result);
    if (run.isOver() || outcome.kind === 'result') return false;
    this.quarantine(episode, outcome);
    return true;
  }

  private quarantine(episode: number, crash: TaskOutcome & { kind: 'crash' }): void {
    const { code, message } = crash;
    // The thread died before the episode began, on its own and not for the first time.
    if (crash.episode < 0) throw new RunError('WORKER_START_FAILED', `a worker thread keeps dying: ${message}`);
    this.quarantined.set(episode, { episode, code, message });
  }
}
