import type { PipelineError, PipelineErrorCode } from './errors.ts';
import { Durations, type NodeMetrics } from './metrics.ts';
import type { Entry } from './stage.ts';
import type { Task } from './task.ts';

type Figures = Pick<
  NodeMetrics,
  'accepted' | 'processed' | 'failed' | 'rejected' | 'retried' | 'queuedMax' | 'errors' | 'latencyMs' | 'handlingMs'
>;

/** Settles the events of a node, each once, and keeps the count. */
export class Ledger {
  readonly #onSettled: (task: Task) => void;
  readonly handling = new Durations();
  readonly #latency = new Durations();
  readonly #counts = { accepted: 0, processed: 0, failed: 0, rejected: 0, retried: 0, queuedMax: 0 };
  readonly #errors: Partial<Record<PipelineErrorCode, number>> = {};

  /** `onSettled` hears of each event that is settled. */
  constructor(onSettled: (task: Task) => void) {
    this.#onSettled = onSettled;
  }

  accept(queued: number): void {
    this.#counts.accepted++;
    this.#counts.queuedMax = Math.max(this.#counts.queuedMax, queued);
  }

  retry(): void {
    this.#counts.retried++;
  }

  /** An event that was never a task. */
  refuse(entry: Pick<Entry<never, never>, 'reject'>, error: PipelineError): void {
    this.#counts.rejected++;
    this.#count(error);
    entry.reject(error);
  }

  /** Answers with what the entry does: a promise when its result has to wait for room. */
  resolve(task: Task, value: unknown): Promise<void> | undefined {
    this.#counts.processed++;
    this.#settle(task);
    return task.entry.resolve(value);
  }

  reject(task: Task, error: PipelineError): void {
    // What waited for room was never accepted.
    if (task.state === 'waiting') this.#counts.rejected++;
    else this.#counts.failed++;
    this.#count(error);
    this.#settle(task);
    task.entry.reject(error);
  }

  figures(): Figures {
    return {
      ...this.#counts,
      errors: { ...this.#errors },
      latencyMs: this.#latency.timing(),
      handlingMs: this.handling.timing(),
    };
  }

  #settle(task: Task): void {
    if (task.state !== 'waiting') this.#latency.add(performance.now() - task.pushedMs);
    task.state = 'settled';
    this.#onSettled(task);
  }

  #count({ code }: PipelineError): void {
    this.#errors[code] = (this.#errors[code] ?? 0) + 1;
  }
}
