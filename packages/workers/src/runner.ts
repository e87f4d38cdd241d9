import { END_REASONS, EpisodeError, type Simulation } from '@ergodic/core';
import type { RejectRow } from './outputs/points-spec.ts';
import type { Pace } from './pace.ts';
import type { BatchResult, BatchTask, Columns, EpisodeFailure } from './task.ts';

const FAILED = END_REASONS.indexOf('failed');

/** Runs the episodes of batches, one batch after the other. */
export interface EpisodeRunner {
  /** One of its simulations: they are all alike. */
  readonly simulation: Simulation;
  /** Runs the task's episodes; false where the run was canceled before their end. Throws what is no episode's fault. */
  run(task: BatchTask, figures: BatchFigures): Promise<boolean>;
  /** What was recorded of the batch, by episode; then there is nothing. */
  take(): BatchStreams;
  /** Where an agent is trained: what the episodes of the batch learned. */
  takeLearned?(): Learned;
}

export type Learned = Pick<BatchResult, 'updates' | 'agentFigures'>;

export interface BatchStreams {
  readonly equity: Columns;
  readonly rewards: Columns;
  readonly fills: Columns;
  readonly fan: Columns;
  readonly rejects: readonly RejectRow[];
}

/** Figures of a batch under way. An episode counts as failed, with the values that were drawn for it, until it has ended. */
export class BatchFigures {
  /** One row of figures per episode, see Simulation.fields. */
  readonly records: Float64Array;
  readonly endReasons: Uint8Array;
  steps = 0;
  events = 0;
  private readonly from: number;
  private readonly width: number;
  private readonly skipped: ReadonlySet<number>;
  private readonly failed: EpisodeFailure[] = [];
  private readonly pace: Pace;

  constructor({ from, to, skip }: BatchTask, width: number, pace: Pace) {
    this.from = from;
    this.width = width;
    this.skipped = new Set(skip.map(({ episode }) => episode));
    this.records = new Float64Array((to - from) * width).fill(Number.NaN);
    this.endReasons = new Uint8Array(to - from).fill(FAILED);
    this.pace = pace;
  }

  /** By episode. */
  get failures(): EpisodeFailure[] {
    return this.failed.sort((a, b) => a.episode - b.episode);
  }

  /** Whether an episode is not to be run; what is known of it is recorded then. */
  isSkipped(episode: number, simulation: Simulation): boolean {
    if (!this.skipped.has(episode)) return false;
    simulation.recordDraws(episode, this.records, this.rowOf(episode));
    return true;
  }

  /** Writes what is known of an episode beside its figures, in the last columns of its row. */
  note(episode: number, values: readonly number[]): void {
    this.records.set(values, this.rowOf(episode + 1) - values.length);
  }

  /** The simulation has come to the end of the episode. */
  ended(episode: number, simulation: Simulation): void {
    const at = this.rowOf(episode);
    simulation.record(this.records, at);
    this.endReasons[episode - this.from] = END_REASONS.indexOf(simulation.loop.endReason!);
    this.count(this.records[at]!, simulation.loop.events);
  }

  /** The episode came to nothing. Throws the error again where it is not the episode's. */
  fail(episode: number, simulation: Simulation, error: unknown): void {
    if (!(error instanceof EpisodeError)) throw error;
    this.failed.push({ episode, code: error.code, message: error.message.slice(0, 500) });
    simulation.recordDraws(episode, this.records, this.rowOf(episode));
    this.count(0, simulation.loop.events);
  }

  private count(steps: number, events: number): void {
    const { status } = this.pace;
    this.steps += steps;
    this.events += events;
    status.episodes++;
    status.steps += steps;
    status.events += events;
  }

  private rowOf(episode: number): number {
    return (episode - this.from) * this.width;
  }
}
