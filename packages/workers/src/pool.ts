import { totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { ControlChannels, isControlOffer, type WorkerStatus } from './control.ts';
import { messageOf, RunError } from './errors.ts';
import { SharedProgress } from './progress.ts';
import type { BatchResult, BatchTask, RunSpec } from './task.ts';

/** The event loop is many small functions: V8's default budget stops inlining them half way. Measured: a fifth per trade. */
const V8_FLAGS = '--max-inlined-bytecode-size-cumulative=4000';
const WATCH_MS = 250;
/** A task that never reached a worker: the thread could not start. */
const STARTS = 3;
const START_MS = 60_000;
const MIB = 1_048_576;

export type CrashCode = 'WORKER_EXIT' | 'OUT_OF_MEMORY' | 'STALLED';

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
  private readonly piscina: Piscina;
  private readonly channels = new ControlChannels();
  private readonly running = new Map<number, Running>();
  private readonly freeSlots: number[];
  private readonly watch: NodeJS.Timeout;
  private startFailures = 0;
  private hasStarted = false;
  private isPaused = false;

  constructor(spec: Omit<RunSpec, 'progress'>, options: PoolOptions) {
    this.options = options;
    // One task more per worker waits in line, so that no worker waits for the coordinator.
    this.slots = 2 * options.workers;
    this.freeSlots = Array.from({ length: this.slots }, (_, i) => this.slots - 1 - i);
    this.progress = new SharedProgress(this.slots);
    setFlagsFromString(V8_FLAGS);
    this.piscina = new Piscina({
      filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
      minThreads: options.workers,
      maxThreads: options.workers,
      maxQueue: this.slots,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      workerData: { spec: { ...spec, progress: this.progress.buffer } satisfies RunSpec },
      resourceLimits: { maxOldGenerationSizeMb: options.heapMb },
    });
    // An idle worker that dies is replaced; without a listener the error would end the process.
    this.piscina.on('error', () => {});
    this.piscina.on('message', (message: unknown) => {
      if (!isControlOffer(message)) return;
      this.channels.add(message);
      if (this.isPaused) this.channels.each((remote) => remote.pause());
    });
    this.watch = setInterval(() => this.guard(), WATCH_MS);
    this.watch.unref();
  }

  get hasFreeSlot(): boolean {
    return this.freeSlots.length > 0;
  }

  get inFlight(): number {
    return this.running.size;
  }

  /** Runs a task on some worker. Rejects with RunError where no worker can start or our own code fails. */
  async run(task: Omit<BatchTask, 'slot'>): Promise<TaskOutcome> {
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
      const answer: unknown = await this.piscina.run({ ...task, slot }, { signal: entry.abort.signal });
      this.hasStarted = true;
      return { kind: 'result', result: checkedResult(answer, task) };
    } catch (error) {
      if (error instanceof RunError) throw error;
      const episode = this.progress.episode(slot);
      if (!this.progress.isStarted(slot) && !this.hasStarted) this.countFailedStart(error);
      const { code, message } = entry.verdict ?? crashOf(error);
      return { kind: 'crash', code, message, episode };
    } finally {
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
    this.channels.close();
    await this.piscina.destroy();
  }

  private countFailedStart(error: unknown): void {
    this.startFailures++;
    if (this.startFailures < STARTS && !/Cannot find module|ERR_MODULE_NOT_FOUND/.test(messageOf(error))) return;
    throw new RunError('WORKER_START_FAILED', `no worker thread could start: ${messageOf(error)}`, { cause: error });
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
      if (now - entry.beatAt > (isStarted ? this.options.stallMs : START_MS)) {
        const seconds = Math.round(this.options.stallMs / 100) / 10;
        this.end(entry, 'STALLED', `no progress for ${seconds} s (limits.stallSeconds)`);
      }
    }
    this.guardMemory(now);
  }

  private guardMemory(now: number): void {
    const limitMb =
      this.options.memoryMb ?? (0.8 * Math.min(process.constrainedMemory() || totalmem(), totalmem())) / MIB;
    const usedMb = process.memoryUsage.rss() / MIB;
    if (usedMb < limitMb) return;
    // The one to blame reports the most memory, or has been silent the longest while it allocates.
    const suspects = [...this.running].filter(
      ([slot, { verdict }]) => this.progress.isStarted(slot) && verdict === null,
    );
    const weigh = ([slot, { beatAt }]: [number, Running]): number => this.progress.memoryMb(slot) + (now - beatAt);
    suspects.sort((a, b) => weigh(b) - weigh(a));
    const [suspect] = suspects;
    if (suspect === undefined) return;
    const rule = `the process must stay below ${Math.round(limitMb)} MiB (limits.memoryMb)`;
    this.end(suspect[1], 'OUT_OF_MEMORY', `${rule}, got ${Math.round(usedMb)} MiB`);
  }

  private end(entry: Running, code: CrashCode, message: string): void {
    if (entry.verdict !== null) return;
    entry.verdict = { code, message };
    entry.abort.abort();
  }
}

/** Asserts that a worker's answer has the promised shape: a result is stored only as a whole. */
function checkedResult(answer: unknown, task: Omit<BatchTask, 'slot'>): BatchResult {
  const result = answer as (Partial<BatchResult> & { error?: string }) | null;
  if (result === null || typeof result !== 'object') {
    throw new RunError('WORKER_BUG', `a batch must return a result, got ${String(answer)}`);
  }
  if (result.error !== undefined) throw new RunError('WORKER_BUG', result.error);
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
  const code = (error as { code?: string } | null)?.code;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { code: 'OUT_OF_MEMORY', message: 'the heap limit was reached (limits.heapMb)' };
  return { code: 'WORKER_EXIT', message: messageOf(error) };
}
