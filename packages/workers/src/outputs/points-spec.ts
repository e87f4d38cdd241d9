import type { Order, OrderReason } from '@ergodic/core';
import type { PointFormat } from './encode.ts';
import type { OutputName } from './segment.ts';

/** One output of a run, as the workers see it. */
export interface SegmentTarget {
  readonly output: OutputName;
  readonly format: PointFormat;
  /** The spool of the output. */
  readonly dir: string;
  /** Episodes below this number send their streams. */
  readonly episodes: number;
  /** Of equity and rewards, steps that are a multiple of it, and the last. */
  readonly every: number;
}

/** What workers need to write points. */
export interface PointsSpec {
  readonly run: string;
  readonly createdAt: string;
  /** The longest episode. */
  readonly steps: number;
  readonly targets: readonly SegmentTarget[];
}

/** An order that risk refused. */
export interface RejectRow {
  readonly episode: number;
  readonly step: number;
  readonly timeMs: number;
  readonly order: Order;
  readonly reason: OrderReason;
}
