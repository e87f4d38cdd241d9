import type { CandleSeries, Config } from '@ergodic/core';
import type { PointsSpec } from './outputs/points-spec.ts';
import type { SegmentInfo } from './outputs/segment.ts';
import type { PolicySpec } from './policies/settings.ts';

/** A user's file, bundled into one module of the run directory. */
export interface BundledPart {
  readonly role: 'strategy' | 'component' | 'reward' | 'feature' | 'agent' | 'trained-agent';
  /** The text of `use` in the config. */
  readonly use: string;
  /** Absolute path of the bundle. */
  readonly path: string;
}

/** What every worker of a run needs; passed once, as workerData. */
export interface RunSpec {
  readonly config: Config;
  readonly bundles: readonly BundledPart[];
  /** Over shared memory. */
  readonly candles: Readonly<Record<string, CandleSeries>>;
  /** Undefined where the strategy is none. */
  readonly policy: PolicySpec | undefined;
  readonly progress: SharedArrayBuffer;
  /** Points in time of the equity fan. */
  readonly fanSteps: readonly number[];
  /** Undefined where the run has no outputs. */
  readonly points: PointsSpec | undefined;
}

/** One candidate of a sweep: what it runs instead of the config that its threads were started with. */
export interface TrialSpec {
  /** No two specs of a pool have the same. */
  readonly trial: number;
  readonly config: Config;
  /** The files that it names, and no others. */
  readonly bundles: readonly BundledPart[];
  readonly policy: PolicySpec | undefined;
}

/** Who plays the episodes of a training run, and from which weights. */
export interface AgentTask {
  /** The agent of the config, or the random one that it is held against. */
  readonly agent: 'trained' | 'random';
  readonly iteration: number;
  readonly policyVersion: number;
  readonly weights: Float64Array;
  /** Whether it tries actions out and learns; else it plays the best that it knows. */
  readonly isLearning: boolean;
}

/** One batch of consecutive episodes, or a few chosen ones. */
export interface BatchTask {
  readonly batch: number;
  readonly slot: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Episodes that ended workers; they are not run again. */
  readonly skip: readonly EpisodeFailure[];
  /** Episodes below this number keep full streams. */
  readonly recordBelow: number;
  /** Stay longer after the last episode, so that late errors hit this task. */
  readonly linger: boolean;
  /** Points to write where the run has outputs. */
  readonly scope: 'all' | 'streams';
  /** Only in training runs. */
  readonly agent?: AgentTask | undefined;
  /** Only in sweeps. */
  readonly trial?: TrialSpec | undefined;
}

export interface EpisodeFailure {
  readonly episode: number;
  readonly code: string;
  readonly message: string;
}

/** A task that the worker could not do, and that is not the fault of an episode. */
export interface TaskError {
  readonly error: string;
  /** Of a RunError. */
  readonly code?: string;
  /** The disk had no room. */
  readonly isFull: boolean;
}

/** Columns of a table under construction; NaN is null. */
export type Columns = readonly Float64Array[];

/** What a batch came to. Everything is transferable and of known size. */
export interface BatchResult {
  readonly batch: number;
  readonly from: number;
  readonly to: number;
  readonly canceled: boolean;
  /** Index into END_REASONS, per episode. */
  readonly endReasons: Uint8Array;
  /** One row of figures per episode, see Simulation.fields. */
  readonly records: Float64Array;
  readonly failures: readonly EpisodeFailure[];
  readonly equity: Columns;
  readonly rewards: Columns;
  readonly fills: Columns;
  /** Point of the fan, bin of the sketch, count. */
  readonly fan: Columns;
  /** Points of the batch, in the spools of the run's outputs. */
  readonly segments: readonly SegmentInfo[];
  readonly steps: number;
  readonly events: number;
  /** What each episode learned: one row of changes of the weights per episode, 0 where it failed. Empty where nobody learns. */
  readonly updates: Float64Array;
  /** What the agent shows of its iteration. */
  readonly agentFigures: Readonly<Record<string, number>>;
}

/** The result of two neighbouring parts of one batch. */
export function joined(left: BatchResult, right: BatchResult): BatchResult {
  return {
    batch: left.batch,
    from: left.from,
    to: right.to,
    canceled: left.canceled || right.canceled,
    endReasons: Uint8Array.of(...left.endReasons, ...right.endReasons),
    records: joinedColumn([left.records, right.records]),
    failures: [...left.failures, ...right.failures],
    equity: joinedColumns([left.equity, right.equity]),
    rewards: joinedColumns([left.rewards, right.rewards]),
    fills: joinedColumns([left.fills, right.fills]),
    fan: joinedColumns([left.fan, right.fan]),
    segments: [...left.segments, ...right.segments],
    steps: left.steps + right.steps,
    events: left.events + right.events,
    updates: joinedColumn([left.updates, right.updates]),
    agentFigures: left.agentFigures,
  };
}

/** The rows of several tables with the same columns, one table after the other; at least one table. */
export function joinedColumns(tables: readonly Columns[]): Columns {
  return tables[0]!.map((_, i) => joinedColumn(tables.map((columns) => columns[i]!)));
}

function joinedColumn(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Memory of a result, bytes. */
export function bytesOf({ records, equity, rewards, fills, fan, updates }: BatchResult): number {
  let bytes = records.byteLength + updates.byteLength;
  for (const column of [...equity, ...rewards, ...fills, ...fan]) bytes += column.byteLength;
  return bytes;
}
