import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ActionError, type VectorEnvironment } from '@ergodic/core';
import { messageOf, RunError } from '../errors.ts';
import { POLICY_ROWS, type PolicyBatch, PolicyModel } from './model.ts';
import { findRuntime, loadRuntime } from './runtime.ts';

/** The environments that a policy plays. `random` is needed where actions are drawn. */
export type PlayedEnvironments = Pick<
  VectorEnvironment,
  'count' | 'observationSize' | 'actionSize' | 'actionSpace' | 'episodes' | 'steps'
> &
  Partial<Pick<VectorEnvironment, 'random'>>;

export interface PolicyOptions {
  /** true (default): the most likely action. false: one that is drawn from the episode's own stream of the strategy. */
  readonly deterministic?: boolean;
}

/**
 * An ONNX file that plays vector environments.
 *
 *     const vector = new VectorEnvironment(config, { count: 64, autoreset: 'same-step' });
 *     const policy = await OnnxPolicy.load('policy.onnx', vector);
 *     const actions = new Float64Array(vector.count * vector.actionSize);
 *     vector.reset();
 *     for (let step = 0; step < 1_000; step++) {
 *       await policy.act(vector.observations, actions);
 *       vector.step(actions);
 *     }
 *
 * What files it takes: docs/policies.md. Recurrent states start at zero with each episode. An episode e that is played in
 * environment e mod 64 comes out as in `ergodic run`, to the last bit.
 */
export class OnnxPolicy {
  private readonly model: PolicyModel;
  private readonly batches: readonly PolicyBatch[];
  private readonly environments: PlayedEnvironments;
  private readonly isDrawing: boolean;
  /** Episode and step of the last action of each row. */
  private readonly episodes: Float64Array;
  private readonly steps: Float64Array;

  private constructor(
    model: PolicyModel,
    batches: readonly PolicyBatch[],
    environments: PlayedEnvironments,
    isDrawing: boolean,
  ) {
    this.model = model;
    this.batches = batches;
    this.environments = environments;
    this.isDrawing = isDrawing;
    this.episodes = new Float64Array(environments.count).fill(-1);
    this.steps = new Float64Array(environments.count);
  }

  /**
   * Loads a file for these environments.
   *
   * @throws RunError POLICY_INVALID (the file is missing, or does not fit), ONNXRUNTIME_MISSING
   */
  static async load(
    file: string,
    environments: PlayedEnvironments,
    { deterministic = true }: PolicyOptions = {},
  ): Promise<OnnxPolicy> {
    if (!deterministic && environments.random === undefined) {
      throw new RangeError(
        'OnnxPolicy: deterministic: false needs environments with random(i), from whose streams it draws',
      );
    }
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      throw new RunError('POLICY_INVALID', `${file}: must be an ONNX file that can be read (${messageOf(error)})`);
    }
    const runtime = loadRuntime(findRuntime(dirname(resolve(file))).path);
    const model = await PolicyModel.open(bytes, file, runtime, POLICY_ROWS);
    const { observationSize, actionSpace, count } = environments;
    const batches: PolicyBatch[] = [];
    try {
      for (let from = 0; from < count; from += POLICY_ROWS) {
        batches.push(await model.batch({ observationSize, actionSpace, deterministic }));
      }
    } catch (error) {
      await model.release();
      throw error;
    }
    return new OnnxPolicy(model, batches, environments, !deterministic);
  }

  /**
   * Writes an action for each environment: `actionSize` numbers of `out` for each row of `observations`. To be called once for
   * each step.
   *
   * @throws ActionError where the file's outputs are no numbers; RangeError for arrays of the wrong length
   */
  async act(observations: Float32Array, out: { readonly length: number; [i: number]: number }): Promise<void> {
    const { count, observationSize, actionSize } = this.environments;
    if (observations.length !== count * observationSize) {
      throw new RangeError(
        `act: observations must be ${count} × ${observationSize} numbers, got ${observations.length}`,
      );
    }
    if (out.length !== count * actionSize) {
      throw new RangeError(`act: out must have room for ${count} × ${actionSize} numbers, got ${out.length}`);
    }
    for (let i = 0; i < count; i++) if (this.isNew(i)) this.batchOf(i).clearState(i % POLICY_ROWS);
    for (const [b, batch] of this.batches.entries()) {
      const from = b * POLICY_ROWS * observationSize;
      batch.observations.set(observations.subarray(from, from + batch.observations.length));
      await batch.run();
    }
    for (let i = 0; i < count; i++) this.choose(i, out);
  }

  /** Gives the model's memory back. */
  async close(): Promise<void> {
    await this.model.release();
  }

  private batchOf(i: number): PolicyBatch {
    return this.batches[Math.floor(i / POLICY_ROWS)]!;
  }

  /** Whether an episode has begun in an environment since its last action. */
  private isNew(i: number): boolean {
    const { episodes, steps } = this.environments;
    const isNew = episodes[i] !== this.episodes[i] || steps[i]! <= this.steps[i]!;
    this.episodes[i] = episodes[i]!;
    this.steps[i] = steps[i]!;
    return isNew;
  }

  private choose(i: number, out: { [i: number]: number }): void {
    const { actionSize } = this.environments;
    const random = this.isDrawing ? this.environments.random!(i) : undefined;
    try {
      this.batchOf(i).choose(i % POLICY_ROWS, random!, out, i * actionSize);
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      throw new ActionError(`environment ${i}: ${error.message}`);
    }
  }
}
