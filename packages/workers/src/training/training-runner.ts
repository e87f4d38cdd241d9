import type { Simulation } from '@ergodic/core';
import type { Pace } from '../pace.ts';
import { BatchRecorder } from '../recorder.ts';
import type { BatchFigures, BatchStreams, EpisodeRunner, Learned } from '../runner.ts';
import type { BatchTask, RunSpec } from '../task.ts';
import { createPlayers, type Players } from './players.ts';

/** Runs the episodes of a training run: an agent plays them, from the weights that come with the task. */
export class TrainingRunner implements EpisodeRunner {
  readonly simulation: Simulation;
  private readonly players: Players;
  private readonly recorder: BatchRecorder;
  private readonly pace: Pace;
  private updates: Float64Array = new Float64Array(0);
  private shown: Readonly<Record<string, number>> = {};

  private constructor(players: Players, spec: Pick<RunSpec, 'fanSteps' | 'points'>, pace: Pace) {
    this.players = players;
    this.simulation = players.simulation;
    this.recorder = new BatchRecorder(this.simulation, spec.fanSteps, spec.points !== undefined);
    this.pace = pace;
  }

  static async open(spec: RunSpec, pace: Pace): Promise<TrainingRunner> {
    return new TrainingRunner(await createPlayers(spec), spec, pace);
  }

  async run({ from, to, recordBelow, agent }: BatchTask, figures: BatchFigures): Promise<boolean> {
    if (agent === undefined) throw new RangeError('a batch of a training run must say which weights it is played with');
    const { simulation, recorder, pace } = this;
    const player = this.players[agent.agent];
    const size = agent.isLearning ? agent.weights.length : 0;
    const play = { ...agent, isExploring: agent.isLearning || agent.agent === 'random' };
    const updates = new Float64Array((to - from) * size);
    this.updates = updates;
    this.shown = player.figures(agent.iteration);
    recorder.clear();
    for (let episode = from; episode < to; episode++) {
      const at = (episode - from) * size;
      figures.note(episode, [agent.iteration, agent.policyVersion]);
      if (figures.isSkipped(episode, simulation)) continue;
      pace.enter(episode);
      recorder.begin(episode, episode < recordBelow);
      try {
        player.begin(episode, { recorder }, play);
        if (!(await pace.advanceToEnd(player))) return false;
        if (size > 0) player.writeChange(updates, at);
        recorder.end(simulation.stepColumns);
        figures.ended(episode, simulation);
      } catch (error) {
        updates.fill(0, at, at + size);
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

  takeLearned(): Learned {
    const learned = { updates: this.updates, agentFigures: this.shown };
    this.updates = new Float64Array(0);
    return learned;
  }
}
