import { checkAction, EpisodeError, type Recorder, type Simulation, sizeOf, type Tracer } from '@ergodic/core';
import { messageOf } from '../errors.ts';
import type { PolicyBatch } from './model.ts';

/** MARKET rows between two signs of life. */
const SLICE = 8_192;

/** A simulation that takes its decisions from one row of a batch. */
export class Seat {
  readonly simulation: Simulation;
  private readonly batch: PolicyBatch;
  private readonly row: number;
  private readonly action: Float64Array;
  private readonly beat: () => void;

  /** `simulation` is an external one; `beat` is called while it runs on without a decision. */
  constructor(simulation: Simulation, batch: PolicyBatch, row: number, beat: () => void = () => {}) {
    this.simulation = simulation;
    this.batch = batch;
    this.row = row;
    this.action = new Float64Array(sizeOf(simulation.agent!.actions.space));
    this.beat = beat;
  }

  /**
   * Starts an episode; true where a decision is asked for: its observation is in the batch then. False at the end of the episode.
   *
   * @throws EpisodeError
   */
  begin(episode: number, observers: { recorder?: Recorder; tracer?: Tracer }): boolean {
    this.batch.clearState(this.row);
    this.simulation.begin(episode, observers);
    return this.advance();
  }

  /** Acts as the last run of the batch says and goes on to the next decision. Returns and throws as `begin`. */
  act(): boolean {
    const { simulation, batch, action } = this;
    const { actions } = simulation.agent!;
    asEpisodeErrors(() => {
      batch.choose(this.row, simulation.context.random, action, 0);
      checkAction(actions.space, action, 0);
      actions.apply(action, 0, simulation.context);
    });
    return this.advance();
  }

  /** Nobody decides in this row now. */
  leave(): void {
    this.batch.clearRow(this.row);
  }

  private advance(): boolean {
    const { simulation, batch } = this;
    let status = simulation.advance(SLICE);
    while (status === 'yielded') {
      this.beat();
      status = simulation.advance(SLICE);
    }
    if (status !== 'decision') return false;
    const { observations, rows } = batch;
    const at = (this.row * observations.length) / rows;
    asEpisodeErrors(() => simulation.agent!.observe(simulation.loop, observations, at));
    return true;
  }
}

/** What a feature of the user's throws is a failure of the episode. */
function asEpisodeErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof EpisodeError) throw error;
    throw new EpisodeError('STRATEGY_ERROR', messageOf(error), { cause: error });
  }
}
