import {
  type Config,
  rootKey,
  type SimulationParts,
  type Space,
  SubstreamKeyer,
  type VectorEnvironment,
} from '@ergodic/core';
import { encodeFrame } from './frames.ts';
import { Lane, type LaneSink } from './lane.ts';
import type { Activation } from './layers.ts';
import { type EpisodeChunk, episodesMessage, type Parameters } from './messages.ts';
import { buildModule, type PolicyModule } from './module.ts';

/** Chunks wait until they are so many, then travel as one frame. */
const FRAME_BYTES = 1 << 20;

/** Some of all environments: `count` of `of`, from `first` on. */
export interface Lanes {
  readonly first: number;
  readonly count: number;
  readonly of: number;
}

export const ENDS = ['completed', 'terminated', 'failed'] as const;

/** Episodes that ended, lane by lane in the order in which they ended. */
export interface EndedEpisodes {
  readonly episodes: Float64Array;
  /** Figures of each, in the order of the fields: those of `VectorEnvironment.record`. */
  readonly figures: Float64Array;
  /** Index in `ENDS` of each. */
  readonly ends: Uint8Array;
  /** What ended the ones that failed, in the same order. */
  readonly failures: readonly { readonly code: string; readonly message: string }[];
}

/** What the environments of a config are. */
export interface Stage {
  /** Names of an ended episode's figures. */
  readonly fields: readonly string[];
  readonly observationSize: number;
  readonly actionSpace: Space;
}

/** A frame to send, and what ended meanwhile. */
export interface Collected {
  readonly frame: Uint8Array;
  readonly steps: number;
  readonly ended: EndedEpisodes;
}

/**
 * Plays the episodes of some lanes with the policy that the server sent. What is played depends neither on threads nor on
 * time.
 */
export class Actor {
  readonly stage: Stage;
  private readonly lanes: readonly Lane[];
  private readonly activation: Activation;
  private module: PolicyModule | undefined;

  /** Throws ConfigError. */
  constructor(config: Config, parts: SimulationParts, { first, count, of }: Lanes, activation: Activation) {
    const keyer = new SubstreamKeyer(rootKey(config.seed), 'policy');
    this.activation = activation;
    this.lanes = Array.from({ length: count }, (_, i) => new Lane(config, parts, { first: first + i, of }, keyer));
    const { fields, observationSize, actionSpace } = this.lanes[0]!.environment;
    this.stage = { fields, observationSize, actionSpace };
  }

  /** Acts by these weights from now on. Throws RllinkError `RLLINK_MODULE`. */
  load(parameters: Parameters): void {
    this.module = buildModule(parameters, { ...this.stage, activation: this.activation });
  }

  /**
   * Episodes under way are played again from their first step: what was sent of them may be lost. `attempt` begins their names, so
   * that the server does not take the new parts for more of the old ones.
   */
  rewind(attempt: string): void {
    for (const lane of this.lanes) lane.rewind(attempt);
  }

  /**
   * Plays `quotas[i]` steps in lane i, one lane after the other, and hands out frames as they fill. Gives up where `isCanceled`
   * says so; then the lanes must be rewound, but what has ended has ended: it is handed out.
   */
  collect(quotas: ArrayLike<number>, hand: (collected: Collected) => void, isCanceled: () => boolean): void {
    const { module } = this;
    if (module === undefined) throw new Error('collect: there are no weights yet, call load first');
    const batch = new Batch(this.stage.fields.length, hand);
    this.lanes.every((lane, i) => lane.play(module, quotas[i]!, batch, isCanceled));
    batch.flush();
  }
}

/** Chunks and ended episodes on their way. */
class Batch implements LaneSink {
  private readonly width: number;
  private readonly hand: (collected: Collected) => void;
  private chunks: EpisodeChunk[] = [];
  private bytes = 0;
  private episodes: number[] = [];
  private ends: number[] = [];
  private figures: Float64Array[] = [];
  private failures: { code: string; message: string }[] = [];

  constructor(width: number, hand: (collected: Collected) => void) {
    this.width = width;
    this.hand = hand;
  }

  add(chunk: EpisodeChunk): void {
    this.chunks.push(chunk);
    this.bytes += bytesOf(chunk);
    if (this.bytes >= FRAME_BYTES) this.flush();
  }

  ended(environment: VectorEnvironment): void {
    const figures = new Float64Array(this.width);
    environment.record(0, figures);
    const failure = environment.failures[0];
    this.episodes.push(environment.endedEpisodes[0]!);
    this.figures.push(figures);
    this.ends.push(failure != null ? 2 : environment.terminations[0]!);
    if (failure != null) this.failures.push({ code: failure.code, message: failure.message });
  }

  /** Hands out what there is, if anything. */
  flush(): void {
    if (this.chunks.length === 0 && this.episodes.length === 0) return;
    const { chunks, episodes, ends, failures, width } = this;
    const figures = new Float64Array(episodes.length * width);
    for (const [i, row] of this.figures.entries()) figures.set(row, i * width);
    this.hand({
      frame: encodeFrame(episodesMessage(chunks)),
      steps: chunks.reduce((sum, { steps }) => sum + steps, 0),
      ended: { episodes: Float64Array.from(episodes), figures, ends: Uint8Array.from(ends), failures },
    });
    this.chunks = [];
    this.bytes = 0;
    this.episodes = [];
    this.ends = [];
    this.figures = [];
    this.failures = [];
  }
}

function bytesOf({ observations, actions, inputs, state, rewards }: EpisodeChunk): number {
  const states = state === undefined ? 0 : 2 * state.h.byteLength;
  return observations.byteLength + actions.byteLength + inputs.byteLength + states + 2 * rewards.byteLength;
}
