import { parentPort, workerData } from 'node:worker_threads';
import { loadParts } from '@ergodic/workers';
import type { EnvironmentSource } from '../threads/source.ts';
import { Actor, type Collected, type Lanes, type Stage } from './actor.ts';
import type { Activation } from './layers.ts';
import type { Parameters } from './messages.ts';

/** What a thread of an actor is started with. */
export interface ActorSpec {
  readonly source: EnvironmentSource;
  readonly lanes: Lanes;
  readonly activation: Activation;
  /** Words of int32: the round that is played now (a thread that plays another gives up), then the steps of each thread. */
  readonly words: SharedArrayBuffer;
  /** Of this thread's steps, among the words. */
  readonly stepsAt: number;
}

/** A round of play. */
export interface PlayRequest {
  readonly round: number;
  /** Steps of each lane. */
  readonly quotas: readonly number[];
  /** New weights, if they are. */
  readonly parameters: Parameters | undefined;
  /** Where given, episodes under way begin anew under this name. */
  readonly attempt: string | undefined;
}

export type ActorAnswer =
  | { readonly kind: 'ready'; readonly stage: Stage }
  | { readonly kind: 'collected'; readonly round: number; readonly collected: Collected }
  | { readonly kind: 'done'; readonly round: number };

const { words: shared, stepsAt, ...spec } = workerData as ActorSpec;
const words = new Int32Array(shared);
const actor = new Actor(spec.source.config, await loadParts(spec.source), spec.lanes, spec.activation);
const answer = (message: ActorAnswer, transfer: ArrayBuffer[] = []): void => parentPort!.postMessage(message, transfer);

// An error ends the thread, and its `error` event tells it.
parentPort!.on('message', ({ round, quotas, parameters, attempt }: PlayRequest) => {
  if (attempt !== undefined) actor.rewind(attempt);
  if (parameters !== undefined) actor.load(parameters);
  const hand = (collected: Collected): void => {
    const { frame, ended } = collected;
    const buffers = [frame, ended.episodes, ended.figures, ended.ends].map(({ buffer }) => buffer as ArrayBuffer);
    answer({ kind: 'collected', round, collected }, buffers);
  };
  const isCanceled = (): boolean => {
    Atomics.add(words, stepsAt, 1);
    return Atomics.load(words, 0) !== round;
  };
  actor.collect(quotas, hand, isCanceled);
  answer({ kind: 'done', round });
});
answer({ kind: 'ready', stage: actor.stage });
