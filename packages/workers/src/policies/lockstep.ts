import type { Simulation } from '@ergodic/core';
import type { RejectRow } from '../outputs/points-spec.ts';
import type { Pace } from '../pace.ts';
import { BatchRecorder } from '../recorder.ts';
import type { BatchFigures, BatchStreams, EpisodeRunner } from '../runner.ts';
import { createSimulation } from '../simulation.ts';
import { type BatchTask, type Columns, joinedColumns, type RunSpec } from '../task.ts';
import type { PolicyBatch } from './model.ts';
import { Seat } from './seat.ts';
import { openPolicy } from './settings.ts';

/** Episodes that follow each other in one row of the policy's batch. */
interface Lane {
  readonly simulation: Simulation;
  readonly seat: Seat;
  readonly recorder: BatchRecorder;
  /** The one under way. */
  episode: number;
}

/** Streams of one recorded episode. */
interface Recording {
  readonly episode: number;
  readonly equity: Columns;
  readonly rewards: Columns;
  readonly fills: Columns;
  readonly rejects: readonly RejectRow[];
}

/**
 * Runs the episodes of a policy side by side: each halts at its decision, and the model is run once for all of them.
 *
 *     round:   observations of all rows → model → actions of all rows → every simulation to its next decision
 *
 * Episode e decides in row e mod rows of the batch, whichever batch of the run, worker or replay it is in; a row whose
 * episode has ended goes on with the next one of the row. So an outcome follows from (config, seed, episode) as elsewhere.
 */
export class Lockstep implements EpisodeRunner {
  private readonly spec: RunSpec;
  private readonly pace: Pace;
  private readonly batch: PolicyBatch;
  private readonly lanes: (Lane | undefined)[] = [];
  private readonly first: Simulation;
  private recordings: Recording[] = [];

  private constructor(spec: RunSpec, pace: Pace, batch: PolicyBatch, simulation: Simulation) {
    this.spec = spec;
    this.pace = pace;
    this.batch = batch;
    this.first = simulation;
  }

  /** Null where the run is canceled already. */
  static async open(spec: RunSpec, pace: Pace): Promise<Lockstep | null> {
    const simulation = await createSimulation(spec);
    let batch: PolicyBatch | undefined;
    const isOpen = await pace.shielded(async () => {
      batch = await openPolicy(spec.policy!, simulation);
    });
    return isOpen ? new Lockstep(spec, pace, batch!, simulation) : null;
  }

  get simulation(): Simulation {
    return this.first;
  }

  async run(task: BatchTask, figures: BatchFigures): Promise<boolean> {
    const { batch, pace } = this;
    this.recordings = [];
    let active = await this.fill(task);
    for (const lane of this.lanes) lane?.recorder.clear();
    active = active.filter((lane) => this.begin(lane, lane.episode, task, figures));
    while (active.length > 0) {
      if (!(await pace.shielded(() => batch.run()))) return false;
      let hasEnded = false;
      for (const lane of active) if (!this.step(lane, task, figures)) hasEnded = true;
      if (hasEnded) active = active.filter((lane) => lane.episode >= 0);
      if (!(await pace.breathe())) return false;
    }
    return true;
  }

  /** The lanes that have an episode of the task, each with its first. */
  private async fill({ from, to }: BatchTask): Promise<Lane[]> {
    const lanes: Lane[] = [];
    for (let episode = from; episode < Math.min(to, from + this.batch.rows); episode++) {
      const row = episode % this.batch.rows;
      this.lanes[row] ??= await this.createLane(row);
      this.lanes[row].episode = episode;
      lanes.push(this.lanes[row]);
    }
    return lanes;
  }

  private async createLane(row: number): Promise<Lane> {
    const { spec, batch, pace } = this;
    const isFirst = this.lanes.every((lane) => lane === undefined);
    const simulation = isFirst ? this.first : await createSimulation(spec);
    const recorder = new BatchRecorder(simulation, spec.fanSteps, spec.points !== undefined);
    return { simulation, recorder, seat: new Seat(simulation, batch, row, () => pace.beat()), episode: -1 };
  }

  /** Starts an episode, or the lane's next that has a decision to take; false where there is none. */
  private begin(lane: Lane, first: number, task: BatchTask, figures: BatchFigures): boolean {
    const { simulation, seat, recorder } = lane;
    for (let episode = first; episode < task.to; episode += this.batch.rows) {
      if (figures.isSkipped(episode, simulation)) continue;
      lane.episode = episode;
      this.pace.enter(episode);
      recorder.begin(episode, episode < task.recordBelow);
      try {
        if (seat.begin(episode, { recorder })) return true;
        this.end(lane, figures);
      } catch (error) {
        this.fail(lane, figures, error);
      }
    }
    lane.episode = -1;
    seat.leave();
    return false;
  }

  /** One decision of a lane; false where it has no episode left. */
  private step(lane: Lane, task: BatchTask, figures: BatchFigures): boolean {
    this.pace.enter(lane.episode);
    try {
      if (lane.seat.act()) return true;
      this.end(lane, figures);
    } catch (error) {
      this.fail(lane, figures, error);
    }
    return this.begin(lane, lane.episode + this.batch.rows, task, figures);
  }

  private end(lane: Lane, figures: BatchFigures): void {
    lane.recorder.end(lane.simulation.stepColumns);
    figures.ended(lane.episode, lane.simulation);
    this.keep(lane);
  }

  private fail(lane: Lane, figures: BatchFigures, error: unknown): void {
    figures.fail(lane.episode, lane.simulation, error);
    this.keep(lane);
  }

  /** The lane's streams are those of the episode that is over: they are set aside, to be put in order. */
  private keep({ recorder, episode }: Lane): void {
    const { equity, rewards, fills, rejects } = recorder;
    if (equity.length + rewards.length + fills.length + rejects.length === 0) return;
    this.recordings.push({
      episode,
      equity: equity.take(),
      rewards: rewards.take(),
      fills: fills.take(),
      rejects,
    });
    recorder.rejects = [];
  }

  take(): BatchStreams {
    const recordings = this.recordings.sort((a, b) => a.episode - b.episode);
    this.recordings = [];
    const lanes = this.lanes.filter((lane) => lane !== undefined);
    const [{ recorder }] = lanes as [Lane];
    const joined = (key: 'equity' | 'rewards' | 'fills'): Columns =>
      joinedColumns([recorder[key].take(), ...recordings.map((recording) => recording[key])]);
    return {
      equity: joined('equity'),
      rewards: joined('rewards'),
      fills: joined('fills'),
      fan: mergedFan(lanes.map((lane) => lane.recorder.fan.take())),
      rejects: recordings.flatMap(({ rejects }) => rejects),
    };
  }
}

/** Above any bin's absolute value. */
const BINS = 65_536;

/** Adds up the counts of several fans; points and bins ascend, as in each. */
function mergedFan(fans: readonly Columns[]): Columns {
  const [points, bins, counts] = joinedColumns(fans) as [Float64Array, Float64Array, Float64Array];
  const sums = new Map<number, number>();
  for (let i = 0; i < counts.length; i++) {
    const key = 2 * BINS * points[i]! + bins[i]! + BINS;
    sums.set(key, (sums.get(key) ?? 0) + counts[i]!);
  }
  const keys = Float64Array.from(sums.keys()).sort();
  return [
    keys.map((key) => Math.floor(key / (2 * BINS))),
    keys.map((key) => (key % (2 * BINS)) - BINS),
    keys.map((key) => sums.get(key)!),
  ];
}
