import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@ergodic/core';
import { withSource } from '../threads/source.ts';
import type { Collected, EndedEpisodes, Stage } from './actor.ts';
import { Actors } from './actors.ts';
import { parseAddress, type RllinkAddress } from './address.ts';
import { RllinkClient } from './client.ts';
import type { Activation } from './layers.ts';
import type { ServerState } from './messages.ts';
import { buildModule } from './module.ts';
import { Reconnection } from './reconnection.ts';
import { type IterationReport, IterationTotals } from './report.ts';

export interface SessionOptions {
  /** `rllib://127.0.0.1:9900` */
  readonly url: string;
  /** With a section `environment`. */
  readonly config: Config;
  /** Threads; what is played does not depend on it. */
  readonly workers: number;
  /** Environments, on all threads together; each plays one episode after the other. */
  readonly environments: number;
  /** Steps of an iteration: the server's `train_batch_size`. */
  readonly trainBatchSize: number;
  /** Iterations to play; default: until `signal`. */
  readonly iterations?: number | undefined;
  /** Number of the first episode; default 0. */
  readonly firstEpisode?: number | undefined;
  /** Of the module's encoder; default tanh, as RLlib's. */
  readonly activation?: Activation | undefined;
  /** How long to try to connect, again and again; default: without end. */
  readonly giveUpMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Once, when the environments are there. */
  readonly onStart?: ((stage: Stage) => void | Promise<void>) | undefined;
  /** Episodes that have ended, each once, in the order of the environments. */
  readonly onEpisodes?: ((ended: EndedEpisodes, of: EpisodesOf) => void | Promise<void>) | undefined;
  readonly onIteration?: ((report: IterationReport) => void | Promise<void>) | undefined;
  /** Remarks for a person. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** Which iteration, from 1, episodes ended in, and the server's number of the weights that they were played with last. */
export interface EpisodesOf {
  readonly iteration: number;
  readonly policyVersion: number;
}

export interface SessionResult {
  readonly status: 'completed' | 'interrupted';
  /** Whole ones: played, sent, and answered with new weights. */
  readonly iterations: number;
  readonly steps: number;
  readonly episodes: number;
  readonly reconnects: number;
  /** Of the last weights; null where none came. */
  readonly policyVersion: number | null;
  /** From here on no episode has been played. */
  readonly nextEpisode: number;
}

const POLL_MS = 10;
const MOST_POLL_MS = 500;
const SLOW_MS = 60_000;

/**
 * Plays for an RLlib server: takes its weights, plays `trainBatchSize` steps, sends them, waits for the next weights, and so on.
 * A connection that breaks is made again, and the iteration begins anew with the weights that the server has then.
 *
 * New weights are asked for (GET_STATE) rather than ordered with the last episodes (EPISODES_AND_GET_STATE): a server that is told to
 * answer so reads nothing more until it has learned, and waits for ever where steps that it counts on are missing.
 *
 * @throws RllinkError (`RLLINK_URL`, `RLLINK_PROTOCOL`, `RLLINK_MODULE`, `RLLINK_GAVE_UP`, `RLLINK_ACTOR`), RangeError, and whatever
 * building the config's environments throws
 */
export async function runSession(options: SessionOptions): Promise<SessionResult> {
  const address = parseAddress(options.url);
  const { config, workers, environments, trainBatchSize, firstEpisode = 0, activation = 'tanh' } = options;
  for (const [name, value, least] of [
    ['workers', workers, 1],
    ['environments', environments, 1],
    ['trainBatchSize', trainBatchSize, 1],
    ['firstEpisode', firstEpisode, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`${name} must be a whole number of ${least} or more, got ${value}`);
    }
  }
  if (trainBatchSize < environments) {
    const rule = `trainBatchSize must be at least the number of environments (${environments})`;
    throw new RangeError(`${rule}, got ${trainBatchSize}`);
  }
  const actors = await withSource(config, (source) => {
    for (const notice of source.notices) options.onNotice?.(notice);
    return Actors.start({ source, workers, environments, firstEpisode, activation });
  });
  try {
    await options.onStart?.(actors.stage);
    return await new Session(options, address, actors).run();
  } finally {
    await actors.close();
  }
}

class Session {
  private readonly options: SessionOptions;
  private readonly address: RllinkAddress;
  private readonly actors: Actors;
  private readonly name = randomUUID().slice(0, 8);
  private attempts = 0;
  private iteration = 1;
  private steps = 0;
  private episodes = 0;
  private lastEpisode: number;
  private policyVersion: number | null = null;

  constructor(options: SessionOptions, address: RllinkAddress, actors: Actors) {
    this.options = options;
    this.address = address;
    this.actors = actors;
    this.lastEpisode = (options.firstEpisode ?? 0) - 1;
  }

  async run(): Promise<SessionResult> {
    const { signal, giveUpMs, onNotice } = this.options;
    const reconnection = new Reconnection(giveUpMs, onNotice);
    for (;;) {
      let client: RllinkClient | undefined;
      try {
        client = await RllinkClient.connect(this.address, { signal });
        const state = await client.getState();
        // Before a server counts as one: its weights must be arrays.
        state.parameters();
        reconnection.connected(state.weightsSeqNo);
        await this.serve(client, state, () => reconnection.worked());
        return this.result('completed');
      } catch (error) {
        if (signal?.aborted === true) return this.result('interrupted');
        await reconnection.wait(error, signal);
      } finally {
        client?.close();
      }
    }
  }

  /** Iterations over one connection, until there have been enough. */
  private async serve(client: RllinkClient, first: ServerState, worked: () => void): Promise<void> {
    const { iterations = Number.POSITIVE_INFINITY } = this.options;
    let attempt: string | undefined = `${this.name}.${this.attempts++}`;
    client.onFailure(() => this.actors.cancel());
    let state = first;
    while (this.iteration <= iterations) {
      state = await this.iterate(client, state, attempt);
      attempt = undefined;
      this.iteration++;
      worked();
    }
  }

  /** Plays and sends a batch; returns the state that was learned from it. */
  private async iterate(client: RllinkClient, state: ServerState, attempt: string | undefined): Promise<ServerState> {
    const { options, iteration, actors } = this;
    const parameters = state.parameters();
    // A module that cannot be computed is told here, in one place, before any thread gets it.
    buildModule(parameters, { ...actors.stage, activation: options.activation ?? 'tanh' });
    const policyVersion = state.weightsSeqNo;
    this.policyVersion = policyVersion;
    const totals = new IterationTotals(actors.stage.fields);
    let telling: Promise<void> = Promise.resolve();
    let before = policyVersion;
    let sending: Promise<void> | undefined;
    const hand = ({ frame, steps, ended }: Collected): void => {
      totals.add(steps, ended);
      this.count(ended);
      telling = telling.then(() => options.onEpisodes?.(ended, { iteration, policyVersion }));
      telling.catch(() => {});
      // What the server learns from earlier steps may come before it has any of these: only an update after this one counts.
      sending ??= client.getState().then(({ weightsSeqNo }) => {
        before = weightsSeqNo;
      });
      sending = sending.then(() => client.sendEpisodes(frame));
      sending.catch(() => {});
    };
    client.check();
    await actors.play({ steps: options.trainBatchSize, parameters, attempt }, hand);
    totals.stop();
    await telling;
    await sending;
    const next = await this.learned(client, before);
    this.policyVersion = next.weightsSeqNo;
    this.steps += totals.steps;
    await options.onIteration?.(totals.report(iteration, policyVersion));
    return next;
  }

  /** Asks until the weights are others than those of `before`. */
  private async learned(client: RllinkClient, before: number): Promise<ServerState> {
    const { signal, onNotice, trainBatchSize } = this.options;
    const from = performance.now();
    let slowMs = SLOW_MS;
    for (let pauseMs = POLL_MS; ; pauseMs = Math.min(MOST_POLL_MS, 1.5 * pauseMs)) {
      const state = await client.getState();
      if (state.weightsSeqNo !== before) return state;
      if (performance.now() - from > slowMs) {
        const seconds = Math.round(slowMs / 1_000);
        const wayOut = `or its train_batch_size is above ${trainBatchSize} (--train-batch-size must be the same)`;
        onNotice?.(`no new weights for ${seconds} s: the server is still learning, ${wayOut}`);
        slowMs *= 2;
      }
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  }

  private count({ episodes }: EndedEpisodes): void {
    this.episodes += episodes.length;
    for (const episode of episodes) this.lastEpisode = Math.max(this.lastEpisode, episode);
  }

  private result(status: SessionResult['status']): SessionResult {
    const { environments, firstEpisode = 0 } = this.options;
    // Each environment may be as far as the one that is farthest, in the episode after its last.
    const isBegun = this.attempts > 0;
    return {
      status,
      iterations: this.iteration - 1,
      steps: this.steps,
      episodes: this.episodes,
      reconnects: Math.max(0, this.attempts - 1),
      policyVersion: this.policyVersion,
      nextEpisode: isBegun ? Math.max(this.lastEpisode, firstEpisode - 1) + environments + 1 : firstEpisode,
    };
  }
}
