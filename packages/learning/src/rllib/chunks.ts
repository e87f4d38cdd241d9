import type { Space } from '@ergodic/core';
import type { EpisodeChunk } from './messages.ts';
import type { RecurrentState } from './module.ts';

export interface ChunkLayout {
  readonly observationSize: number;
  readonly actionSpace: Space;
  /** Numbers of an action. */
  readonly actionSize: number;
  /** Numbers that describe its distribution. */
  readonly inputsSize: number;
  /** Numbers of `h`, and of `c`; 0 without LSTM. */
  readonly stateSize: number;
}

/** Where in its episode a chunk begins. */
interface Start {
  readonly id: string;
  readonly tStarted: number;
}

const FIRST_ROWS = 64;

/**
 * Collects the steps of an episode, one after the other. `cut` gives them as a chunk and goes on in the same episode:
 * the next chunk begins with the last observation, and with an LSTM also with the last step, whose state after it the learner
 * starts from.
 */
export class ChunkRecorder {
  readonly layout: ChunkLayout;
  private capacity = FIRST_ROWS;
  private observations: Float32Array;
  private actions: Float64Array;
  private rewards: Float32Array;
  private inputs: Float32Array;
  private logp: Float32Array;
  private h: Float32Array;
  private c: Float32Array;
  private start: Start = { id: '', tStarted: 0 };
  private lookback = 0;
  /** Steps recorded, with lookback. */
  private rows = 0;
  private startTime = 0;
  private lastStepTime = 0;

  constructor(layout: ChunkLayout) {
    this.layout = layout;
    const { observationSize, actionSize, inputsSize, stateSize } = layout;
    this.observations = new Float32Array((this.capacity + 1) * observationSize);
    this.actions = new Float64Array(this.capacity * actionSize);
    this.rewards = new Float32Array(this.capacity);
    this.inputs = new Float32Array(this.capacity * inputsSize);
    this.logp = new Float32Array(this.capacity);
    this.h = new Float32Array(this.capacity * stateSize);
    this.c = new Float32Array(this.capacity * stateSize);
  }

  /** Steps of the chunk so far. */
  get steps(): number {
    return this.rows - this.lookback;
  }

  /** Begins an episode: `id` is its name for the learner, `observation` its first. */
  begin(id: string, observation: Float32Array, seconds: number): void {
    this.start = { id, tStarted: 0 };
    this.lookback = 0;
    this.rows = 0;
    this.startTime = this.lastStepTime = seconds;
    this.observations.set(observation);
  }

  /** A step: what was decided on the last observation, and what came of it. The arrays are copied. */
  add(
    step: {
      readonly action: Float64Array;
      readonly inputs: Float32Array;
      readonly logp: number;
      readonly state: RecurrentState | undefined;
      readonly reward: number;
      readonly observation: Float32Array;
    },
    seconds: number,
  ): void {
    if (this.rows === this.capacity) this.grow();
    const { rows } = this;
    const { observationSize, actionSize, inputsSize, stateSize } = this.layout;
    this.observations.set(step.observation, (rows + 1) * observationSize);
    this.actions.set(step.action, rows * actionSize);
    this.rewards[rows] = step.reward;
    this.inputs.set(step.inputs, rows * inputsSize);
    this.logp[rows] = step.logp;
    if (step.state !== undefined) {
      this.h.set(step.state.h, rows * stateSize);
      this.c.set(step.state.c, rows * stateSize);
    }
    this.rows = rows + 1;
    this.lastStepTime = seconds;
  }

  /** The episode has ended. */
  end(isTerminated: boolean): EpisodeChunk {
    return this.chunk(isTerminated, !isTerminated);
  }

  /** The chunk so far, of at least one step; recording goes on. */
  cut(): EpisodeChunk {
    const chunk = this.chunk(false, false);
    const { observationSize, actionSize, inputsSize, stateSize } = this.layout;
    const { rows } = this;
    const lookback = stateSize > 0 ? 1 : 0;
    const from = rows - lookback;
    this.start = { id: this.start.id, tStarted: this.start.tStarted + this.steps };
    this.observations.copyWithin(0, from * observationSize, (rows + 1) * observationSize);
    if (lookback === 1) {
      this.actions.copyWithin(0, from * actionSize, rows * actionSize);
      this.rewards[0] = this.rewards[from]!;
      this.inputs.copyWithin(0, from * inputsSize, rows * inputsSize);
      this.logp[0] = this.logp[from]!;
      this.h.copyWithin(0, from * stateSize, rows * stateSize);
      this.c.copyWithin(0, from * stateSize, rows * stateSize);
    }
    this.lookback = lookback;
    this.rows = lookback;
    this.startTime = this.lastStepTime;
    return chunk;
  }

  private chunk(isTerminated: boolean, isTruncated: boolean): EpisodeChunk {
    const { rows, lookback, layout } = this;
    const { observationSize, inputsSize, stateSize } = layout;
    const state = { h: this.h.slice(0, rows * stateSize), c: this.c.slice(0, rows * stateSize) };
    return {
      ...this.start,
      steps: rows - lookback,
      lookback,
      observations: this.observations.slice(0, (rows + 1) * observationSize),
      observationSize,
      actions: this.actionColumn(),
      actionSize: layout.actionSpace.type === 'discrete' ? undefined : layout.actionSize,
      rewards: this.rewards.slice(0, rows),
      inputs: this.inputs.slice(0, rows * inputsSize),
      logp: this.logp.slice(0, rows),
      state: stateSize > 0 ? state : undefined,
      isTerminated,
      isTruncated,
      startTime: this.startTime,
      lastStepTime: this.lastStepTime,
    };
  }

  private actionColumn(): BigInt64Array | Float32Array {
    const { actionSize, actionSpace } = this.layout;
    const values = this.actions.subarray(0, this.rows * actionSize);
    return actionSpace.type === 'box' ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
  }

  private grow(): void {
    this.capacity *= 2;
    const { observationSize, actionSize, inputsSize, stateSize } = this.layout;
    this.observations = longer(this.observations, (this.capacity + 1) * observationSize);
    this.actions = longer(this.actions, this.capacity * actionSize);
    this.rewards = longer(this.rewards, this.capacity);
    this.inputs = longer(this.inputs, this.capacity * inputsSize);
    this.logp = longer(this.logp, this.capacity);
    this.h = longer(this.h, this.capacity * stateSize);
    this.c = longer(this.c, this.capacity * stateSize);
  }
}

function longer<T extends Float32Array | Float64Array>(values: T, length: number): T {
  const grown = new (values.constructor as new (length: number) => T)(length);
  grown.set(values);
  return grown;
}
