import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { PipelineErrorCode } from './errors.ts';

/** Milliseconds, within 1 %; null where nothing was measured. */
export interface Timing {
  readonly n: number;
  readonly mean: number | null;
  readonly q50: number | null;
  readonly q95: number | null;
  readonly q99: number | null;
  readonly max: number | null;
}

/** `running` also where the thread is not there yet, or not there for a moment: then `isReady` is false. */
export type NodeState = 'idle' | 'running' | 'failed' | 'closing' | 'closed';

/**
 * A plain object, a copy of what is true now. Always: accepted = processed + failed + queued + inFlight.
 */
export interface NodeMetrics {
  readonly name: string;
  readonly state: NodeState;
  /** Whether the handler can be called: it is loaded, and its thread is alive. */
  readonly isReady: boolean;
  /** Events in the queue, also those that are tried again. */
  readonly queued: number;
  /** Most events that were in the queue when one was pushed; never above the capacity. */
  readonly queuedMax: number;
  /** Pushes that wait for room in the queue. */
  readonly waiting: number;
  /** Events that are being handled. */
  readonly inFlight: number;
  /** Calls whose results wait for room in the next node; they keep this one from going on. */
  readonly blocked: number;
  /** Events that were taken into the queue. */
  readonly accepted: number;
  /** Events with a result. */
  readonly processed: number;
  /** Events that were accepted and then rejected. */
  readonly failed: number;
  /** Pushes that were refused: `QUEUE_FULL`, `NODE_CLOSED` and others. */
  readonly rejected: number;
  /** How often an event was tried again. */
  readonly retried: number;
  /** How often the thread was restarted. */
  readonly restarts: number;
  /** Rejections by code, of accepted and refused events. */
  readonly errors: Readonly<Partial<Record<PipelineErrorCode, number>>>;
  /** From push to result or rejection, of accepted events. */
  readonly latencyMs: Timing;
  /** Of the handler's calls. */
  readonly handlingMs: Timing;
}

/** Durations, in bounded memory (an HDR histogram of microseconds). */
export class Durations {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: 2 ** 42, figures: 2 });

  add(durationMs: number): void {
    this.#histogram.record(Math.max(1, Math.round(durationMs * 1_000)));
  }

  timing(): Timing {
    const histogram = this.#histogram;
    const n = histogram.count;
    if (n === 0) return { n, mean: null, q50: null, q95: null, q99: null, max: null };
    const quantile = (percent: number): number => histogram.percentile(percent) / 1_000;
    return {
      n,
      mean: histogram.mean / 1_000,
      q50: quantile(50),
      q95: quantile(95),
      q99: quantile(99),
      max: histogram.max / 1_000,
    };
  }
}
