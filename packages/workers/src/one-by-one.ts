import type { Simulation } from '@ergodic/core';
import type { Pace } from './pace.ts';
import { BatchRecorder } from './recorder.ts';
import type { BatchFigures, BatchStreams, EpisodeRunner } from './runner.ts';
import type { BatchTask, RunSpec } from './task.ts';

/** Runs episodes one after the other, in one simulation. */
export class OneByOne implements EpisodeRunner {
  readonly simulation: Simulation;
  private readonly recorder: BatchRecorder;
  private readonly pace: Pace;

  constructor(simulation: Simulation, spec: Pick<RunSpec, 'fanSteps' | 'points'>, pace: Pace) {
    this.simulation = simulation;
    this.recorder = new BatchRecorder(simulation, spec.fanSteps, spec.points !== undefined);
    this.pace = pace;
  }

  async run({ from, to, recordBelow }: BatchTask, figures: BatchFigures): Promise<boolean> {
    const { simulation, recorder, pace } = this;
    recorder.clear();
    for (let episode = from; episode < to; episode++) {
      if (figures.isSkipped(episode, simulation)) continue;
      pace.enter(episode);
      recorder.begin(episode, episode < recordBelow);
      try {
        simulation.begin(episode, { recorder });
        if (!(await pace.advanceToEnd(simulation))) return false;
        recorder.end(simulation.stepColumns);
        figures.ended(episode, simulation);
      } catch (error) {
        figures.fail(episode, simulation, error);
      }
      await pace.turnIfDue();
      if (episode + 1 < to && pace.isCanceled) return false;
    }
    return true;
  }

  take(): BatchStreams {
    const { equity, rewards, fills, fan, rejects } = this.recorder;
    return { equity: equity.take(), rewards: rewards.take(), fills: fills.take(), fan: fan.take(), rejects };
  }
}
