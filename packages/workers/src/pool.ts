import { totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { ControlChannels, isControlOffer, type WorkerStatus } from './control.ts';
import { messageOf, RunError } from './errors.ts';
import { SharedProgress } from './progress.ts';
import type { BatchResult, BatchTask, RunSpec, TaskError } from './task.ts';
import { tuneEngine } from './tuning.ts';

const WATCH_MS = 250;
/** A thread has this long to start and take its task. */
const START_MS = 60_000;
/** Native code comes back within this time, ms; whoever waits for it looks this often. */
const NATIVE_MS = 2_000;
const LOOK_MS = 1;
/** The memory of an ended worker comes back within this time. */
const RELEASE_MS = 1_000;
const MIB = 1_048_576;

export type CrashCode = 'WORKER_EXIT' | 'LATE_ERROR' | 'OUT_OF_MEMORY' | 'STALLED';

/** What became of a task: a result, or a worker that ended while it ran `episode` (-1: outside any). */
export type TaskOutcome =
  | { readonly kind: 'result'; readonly result: BatchResult }
  | { readonly kind: 'crash'; readonly code: CrashCode; readonly episode: number; readonly message: string };

export interface PoolOptions {
  readonly workers: number;
  readonly heapMb: number;
  readonly memoryMb: number | undefined;
  readonly stallMs: number;
}

interface Running {
  readonly abort: AbortController;
  heartbeat: number;
  beatAt: number;
  verdict: { code: CrashCode; message: string } | null;
}

/**
 * Worker threads with a guard around them. `run` settles for every task: a stalled worker is ended, a worker that takes
 * too much memory too, and one that dies names the episode it was at.
 */
export class WorkerPool {
  readonly slots: number;
  readonly progress: SharedProgress;
  private readonly options: PoolOptions;
  private readonly spec: RunSpec;
  private readonly piscina: Piscina;
  /** Threads of `runAlone`. */
  private readonly solitary = new Set<Piscina>();
  private readonly channels = new ControlChannels();
  private readonly running = new Map<number, Running>();
  private readonly freeSlots: number[];
  private readonly watch: NodeJS.Timeout;
  private hasStarted = false;
  private memoryEndedAt = Number.NEGATIVE_INFINITY;
  private isPaused = false;

  constructor(spec: Omit<RunSpec, 'progress'>, options: PoolOptions) {
    this.options = options;
    // One task more per worker waits in line, so that no worker waits for the coordinator.
    this.slots = 2 * options.workers;
    this.freeSlots = Array.from({ length: this.slots }, (_, i) => this.slots - 1 - i);
    this.progress = new SharedProgress(this.slots);
    this.spec = { ...spec, progress: this.progress.buffer };
    tuneEngine();
    this.piscina = this.startThreads(options.workers);
    this.watch = setInterval(() => this.guard(), WATCH_MS);
    this.watch.unref();
    process.on('exit', this.onExit);
  }

  get hasFreeSlot(): boolean {
    return this.freeSlots.length > 0;
  }

  get inFlight(): number {
    return this.running.size;
  }

  /** Runs a task on some worker. Rejects with RunError where no worker can start or our own code fails. */
  run(task: Omit<BatchTask, 'slot'>): Promise<TaskOutcome> {
    return this.runOn(this.piscina, task);
  }

  /** Runs a task in a fresh thread: whatever earlier episodes left behind in theirs is not there. */
  async runAlone(task: Omit<BatchTask, 'slot'>): Promise<TaskOutcome> {
    const threads = this.startThreads(1);
    this.solitary.add(threads);
    try {
      return await this.runOn(threads, task);
    } finally {
      this.solitary.delete(threads);
      await threads.destroy();
    }
  }

  private startThreads(count: number): Piscina {
    const threads = new Piscina({
      filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
      minThreads: count,
      maxThreads: count,
      maxQueue: this.slots,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      workerData: { spec: this.spec },
      resourceLimits: { maxOldGenerationSizeMb: this.options.heapMb },
    });
    // An idle worker that dies is replaced; without a listener the error would end the process.
    threads.on('error', () => {});
    threads.on('message', (message: unknown) => {
      if (!isControlOffer(message)) return;
      this.channels.add(message);
      if (this.isPaused) void this.channels.each((remote) => remote.pause());
    });
    return threads;
  }

  private async runOn(threads: Piscina, task: Omit<BatchTask, 'slot'>): Promise<TaskOutcome> {
    const slot = this.freeSlots.pop()!;
    const entry: Running = {
      abort: new AbortController(),
      heartbeat: this.progress.heartbeat(slot),
      beatAt: performance.now(),
      verdict: null,
    };
    this.progress.reset(slot);
    this.running.set(slot, entry);
    try {
      const answer: unknown = await threads.run({ ...task, slot }, { signal: entry.abort.signal });
      // Piscina resolves with what ended the worker where that is null or undefined: `throw null`, out of any handler.
      if (answer === null || answer === undefined) throw answer;
      return { kind: 'result', result: checkedResult(answer, task) };
    } catch (error) {
      if (error instanceof RunError) throw error;
      const episode = this.progress.episode(slot);
      const { code, message } = entry.verdict ?? crashOf(error);
      // Nothing of the user's has run: a second try would end alike, and Piscina lets the tasks in line wait for ever.
      if (!this.progress.isStarted(slot) && !this.hasStarted && !this.progress.isCanceled) {
        throw new RunError('WORKER_START_FAILED', `no worker thread could start: ${message}`, { cause: error });
      }
      return { kind: 'crash', code, message, episode };
    } finally {
      this.hasStarted ||= this.progress.isStarted(slot);
      this.running.delete(slot);
      this.freeSlots.push(slot);
    }
  }

  /** What the workers say of themselves; those inside a long handler are left out. */
  status(): Promise<WorkerStatus[]> {
    return this.channels.each((remote) => remote.status());
  }

  async pause(): Promise<void> {
    this.isPaused = true;
    await this.channels.each((remote) => remote.pause());
  }

  async resume(): Promise<void> {
    this.isPaused = false;
    await this.channels.each((remote) => remote.resume());
  }

  /** Asks every worker to give up its task at the next slice. */
  cancel(): void {
    this.progress.cancel();
  }

  /** Ends the threads. Running tasks reject, and `run` reports them as crashes. */
  async destroy(): Promise<void> {
    clearInterval(this.watch);
    this.progress.cancel();
    await this.outsideNative(() => this.isInsideNative);
    process.off('exit', this.onExit);
    this.channels.close();
    await Promise.all([this.piscina, ...this.solitary].map((threads) => threads.destroy()));
  }

  private guard(): void {
    const now = performance.now();
    for (const [slot, entry] of this.running) {
      const heartbeat = this.progress.heartbeat(slot);
      if (heartbeat !== entry.heartbeat) {
        entry.heartbeat = heartbeat;
        entry.beatAt = now;
      }
      const isStarted = this.progress.isStarted(slot);
      if (!isStarted && this.hasStarted) entry.beatAt = now;
      const limitMs = isStarted ? this.options.stallMs : START_MS;
      if (now - entry.beatAt > limitMs) {
        const rule = isStarted ? ' (limits.stallSeconds)' : ', the thread has not even started';
        this.end(slot, entry, 'STALLED', `no progress for ${Math.round(limitMs / 100) / 10} s${rule}`);
      }
    }
    this.guardMemory(now);
  }

  private guardMemory(now: number): void {
    const limitMb =
      this.options.memoryMb ?? (0.8 * Math.min(process.constrainedMemory() || totalmem(), totalmem())) / MIB;
    const usedMb = process.memoryUsage.rss() / MIB;
    if (usedMb < limitMb || now - this.memoryEndedAt < RELEASE_MS) return;
    this.memoryEndedAt = now;
    // The one to blame reports the most memory, or has been silent the longest while it allocates.
    const suspects = [...this.running].filter(
      ([slot, { verdict }]) => this.progress.isStarted(slot) && verdict === null,
    );
    const weigh = ([slot, { beatAt }]: [number, Running]): number => this.progress.memoryMb(slot) + (now - beatAt);
    suspects.sort((a, b) => weigh(b) - weigh(a));
    const [suspect] = suspects;
    if (suspect === undefined) return;
    const rule = `the process must stay below ${Math.round(limitMb)} MiB (limits.memoryMb)`;
    this.end(...suspect, 'OUT_OF_MEMORY', `${rule}, got ${Math.round(usedMb)} MiB`);
  }

  private end(slot: number, entry: Running, code: CrashCode, message: string): void {
    if (entry.verdict !== null) return;
    entry.verdict = { code, message };
    if (this.progress.barNative(slot)) entry.abort.abort();
    else {
      // Should the task come to its end after all, the slot is soon another one's.
      const isInside = (): boolean => this.running.get(slot) === entry && !this.progress.barNative(slot);
      void this.outsideNative(isInside).then(() => entry.abort.abort());
    }
  }

  /** Whether a worker is in native code; once the run is canceled none goes in. */
  private get isInsideNative(): boolean {
    return [...this.running.keys()].some((slot) => !this.progress.barNative(slot));
  }

  /** Waits while threads must not be ended; not for ever. */
  private async outsideNative(isInside: () => boolean): Promise<void> {
    const until = performance.now() + NATIVE_MS;
    while (isInside() && performance.now() < until) await delay(LOOK_MS);
  }

  /** The process is about to end its threads, whatever they do. */
  private readonly onExit = (): void => {
    this.progress.cancel();
    const until = performance.now() + NATIVE_MS;
    while (this.isInsideNative && performance.now() < until);
  };
}

/** Asserts that a worker's answer has the promised shape: a result is stored only as a whole. */
function checkedResult(answer: unknown, task: Omit<BatchTask, 'slot'>): BatchResult {
  const result = answer as Partial<BatchResult & TaskError> | null;
  if (result === null || typeof result !== 'object') {
    throw new RunError('WORKER_BUG', `a batch must return a result, got ${String(answer)}`);
  }
  if (result.isFull === true) {
    throw new RunError('DISK_FULL', `points cannot be written: ${result.error}; make room, then ergodic resume`);
  }
  if (result.error !== undefined) throw new RunError(result.code ?? 'WORKER_BUG', result.error);
  const isWhole =
    result.from === task.from &&
    result.to === task.to &&
    result.endReasons?.length === task.to - task.from &&
    result.records instanceof Float64Array &&
    result.records.length % (task.to - task.from) === 0;
  if (!isWhole) throw new RunError('WORKER_BUG', `batch ${task.batch} returned a result that is not its own`);
  return result as BatchResult;
}

function crashOf(error: unknown): { code: CrashCode; message: string } {
  const message = messageOf(error);
  if ((error as { code?: string } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { code: 'OUT_OF_MEMORY', message: 'the heap limit was reached (limits.heapMb)' };
  }
  const isExit = /^worker exited|^Terminating worker thread/.test(message);
  return isExit
    ? { code: 'WORKER_EXIT', message }
    : { code: 'LATE_ERROR', message: `thrown outside every handler: ${message}` };
}
