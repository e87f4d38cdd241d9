import { END_REASONS } from '@ergodic/core';
import { BatchGuard } from '../batch-guard.ts';
import { type Batch, batchAt } from '../batches.ts';
import { EpisodeDigest } from '../digest.ts';
import { WorkerPool } from '../pool.ts';
import { type BatchResult, type BatchTask, type Columns, type EpisodeFailure, joinedColumns } from '../task.ts';
import type { AdmittedTrial, TrialBench } from './bench.ts';

/** Workers get this long to give up their tasks, ms. */
const CANCEL_MS = 1_200;
/** Endings that depend on the machine and not on the config alone. */
const WATCHDOG_CODES: ReadonlySet<string> = new Set(['STALLED', 'OUT_OF_MEMORY']);

/** All episodes of a trial. */
export interface TrialRecords {
  readonly trial: number;
  /** That of a run of the trial's config. */
  readonly digest: string;
  readonly fields: readonly string[];
  /** Index into END_REASONS, by episode. */
  readonly endReasons: Uint8Array;
  /** One row of `fields` an episode; NaN for null. */
  readonly records: Float64Array;
  /** Failed episodes, in order. */
  readonly failures: readonly EpisodeFailure[];
  /** Columns of the equity table of the recorded episodes. */
  readonly equity: Columns;
  readonly steps: number;
  /** An episode was ended by a watchdog, whose verdict depends on the machine. */
  readonly isWatched: boolean;
}

/** Runs trials on one pool of threads, several at a time. What a trial comes to depends on none of the others. */
export class TrialRunner {
  readonly workers: number;
  /** Episodes that ended, of all trials. */
  episodes = 0;
  steps = 0;
  private readonly pool: WorkerPool;
  private readonly waiting: (() => void)[] = [];
  private free: number;
  private isCanceled = false;

  constructor(bench: TrialBench, workers: number) {
    const { spec, limits } = bench.threads;
    this.workers = workers;
    this.pool = new WorkerPool(spec, { ...limits, workers });
    this.free = this.pool.slots;
  }

  /** Trials that should be under way so that no worker waits. */
  get lanes(): number {
    return this.pool.slots;
  }

  /**
   * Runs all episodes of a trial; the first `recorded` keep their equity. Null when canceled. Rejects with RunError where no worker
   * can start.
   */
  async run(trial: AdmittedTrial, recorded: number): Promise<TrialRecords | null> {
    const { config } = trial.spec;
    const guard = new BatchGuard(this.pool, {
      isOver: () => this.isCanceled,
      runTask: (task) => this.pool.run(task),
      taskOf: (batch, linger) => taskOf(trial, guard, batch, { linger, recorded }),
      discard: () => {},
    });
    const whole = new Assembly(config.episodes, trial.layout.fields.length);
    const batches: Promise<void>[] = [];
    for (let i = 0; ; i++) {
      const batch = batchAt(i, trial.batchSize, config.episodes);
      if (batch === null) break;
      batches.push(this.inTurn(() => guard.runBatch(batch)).then((result) => this.take(result, whole)));
    }
    await Promise.all(batches);
    return this.isCanceled ? null : recordsOf(trial, whole, guard);
  }

  /** Gives up what is under way. */
  cancel(): void {
    if (this.isCanceled) return;
    this.isCanceled = true;
    this.pool.cancel();
    for (const next of this.waiting.splice(0)) next();
    setTimeout(() => void this.pool.destroy(), CANCEL_MS).unref();
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  /** The pool takes so many tasks at once and no more. */
  private async inTurn<T>(use: () => Promise<T>): Promise<T | null> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free--;
    try {
      return this.isCanceled ? null : await use();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }

  private take(result: BatchResult | null, whole: Assembly): void {
    if (result === null || result.canceled) return;
    whole.put(result);
    this.episodes += result.to - result.from;
    this.steps += result.steps;
  }
}

/** The episodes of a trial, as its batches come in. */
class Assembly {
  readonly endReasons: Uint8Array;
  readonly records: Float64Array;
  readonly failures: EpisodeFailure[] = [];
  steps = 0;
  private readonly equity: BatchResult[] = [];
  private readonly width: number;

  constructor(episodes: number, width: number) {
    this.endReasons = new Uint8Array(episodes);
    this.records = new Float64Array(episodes * width);
    this.width = width;
  }

  put(result: BatchResult): void {
    const { from, endReasons, records, failures, equity, steps } = result;
    this.endReasons.set(endReasons, from);
    this.records.set(records, from * this.width);
    this.failures.push(...failures);
    this.steps += steps;
    if (equity.some((column) => column.length > 0)) this.equity.push(result);
  }

  /** Equity of the recorded episodes, in their order. */
  get streams(): Columns {
    if (this.equity.length === 0) return [];
    return joinedColumns(this.equity.sort((a, b) => a.from - b.from).map(({ equity }) => equity));
  }
}

function taskOf(
  { spec }: AdmittedTrial,
  guard: BatchGuard,
  { index, from, to }: Batch,
  { linger, recorded }: { readonly linger: boolean; readonly recorded: number },
): Omit<BatchTask, 'slot'> {
  const skip = guard.skippedOf(from, to);
  return { batch: index, from, to, skip, linger, recordBelow: recorded, scope: 'all', trial: spec };
}

function recordsOf({ spec, layout }: AdmittedTrial, whole: Assembly, guard: BatchGuard): TrialRecords {
  const { endReasons, records, streams, steps } = whole;
  const { fields } = layout;
  const failures = [...whole.failures, ...guard.quarantined.values()].sort((a, b) => a.episode - b.episode);
  const codes = new Map(failures.map(({ episode, code }) => [episode, code]));
  const digest = new EpisodeDigest(fields);
  for (let i = 0; i < endReasons.length; i++) {
    const row = records.subarray(i * fields.length, (i + 1) * fields.length);
    digest.add(i, END_REASONS[endReasons[i]!]!, codes.get(i) ?? '', row);
  }
  const isWatched = failures.some(({ code }) => WATCHDOG_CODES.has(code));
  const figures = { endReasons, records, failures, equity: streams, steps, isWatched };
  return { trial: spec.trial, digest: digest.hex(), fields, ...figures };
}

/** One column of a trial's episodes. */
export function columnOf({ records, fields }: Pick<TrialRecords, 'records' | 'fields'>, name: string): Float64Array {
  const at = fields.indexOf(name);
  if (at < 0) throw new RangeError(`a trial has no column ${name}; it has ${fields.join(', ')}`);
  return Float64Array.from({ length: records.length / fields.length }, (_, i) => records[i * fields.length + at]!);
}
