import { type Config, RandomStream, type SimulationParts, type SubstreamKeyer, VectorEnvironment } from '@ergodic/core';
import { type ChunkLayout, ChunkRecorder } from './chunks.ts';
import { type ActionDistribution, distributionOf } from './distribution.ts';
import { RllinkError } from './errors.ts';
import type { EpisodeChunk } from './messages.ts';
import type { PolicyModule, RecurrentState } from './module.ts';

/** A chunk that grows beyond is cut: a frame has at most 100 million bytes. */
const CHUNK_BYTES = 32 << 20;
const MS = 1_000;

/** What a lane hands out as it plays. */
export interface LaneSink {
  add(chunk: EpisodeChunk): void;
  /** An episode has ended, see `VectorEnvironment.record`. */
  ended(environment: VectorEnvironment): void;
}

/**
 * One environment, and what it needs to act and to tell: lane i of n plays episodes i, i + n, i + 2n, … of the config's seed
 * and draws its actions from a stream of the episode's own.
 */
export class Lane {
  readonly environment: VectorEnvironment;
  private readonly keyer: SubstreamKeyer;
  private readonly key = new Int32Array(4);
  private readonly random = new RandomStream([1, 2, 3, 4]);
  private readonly distribution: ActionDistribution;
  /** As it was drawn, and as the environment takes it. */
  private readonly action: Float64Array;
  private readonly acted: Float64Array;
  private inputs = new Float32Array(0);
  private state: RecurrentState | undefined;
  /** Undefined until the episode is begun with a module. */
  private recorder: ChunkRecorder | undefined;
  private attempt = '';
  private hasReset = false;

  /** `keyer`: of the streams that actions are drawn from. Throws ConfigError. */
  constructor(config: Config, parts: SimulationParts, lanes: { first: number; of: number }, keyer: SubstreamKeyer) {
    this.environment = new VectorEnvironment(config, { count: 1, autoreset: 'disabled', parts, lanes });
    this.keyer = keyer;
    this.distribution = distributionOf(this.environment.actionSpace);
    this.action = new Float64Array(this.environment.actionSize);
    this.acted = new Float64Array(this.environment.actionSize);
  }

  /** The episode under way is played again from its first step, under a name that begins with `attempt`. */
  rewind(attempt: string): void {
    this.attempt = attempt;
    this.recorder = undefined;
    if (this.hasReset) this.environment.reset({ episodes: this.environment.episodes.slice() });
  }

  /** Plays `quota` steps; false where `isCanceled`, asked at each step, said to stop. Throws EpisodeError where no episode can start. */
  play(module: PolicyModule, quota: number, sink: LaneSink, isCanceled: () => boolean): boolean {
    const recorder = this.recorder ?? this.prepare(module);
    const longest = Math.max(1, Math.floor(CHUNK_BYTES / bytesPerStep(recorder.layout)));
    for (let step = 0; step < quota; step++) {
      if (isCanceled()) return false;
      this.step(module, recorder, sink);
      if (recorder.steps >= longest) sink.add(recorder.cut());
    }
    if (recorder.steps > 0) sink.add(recorder.cut());
    return true;
  }

  private prepare(module: PolicyModule): ChunkRecorder {
    const { environment } = this;
    const { stateSize, inputsSize } = module;
    const { observationSize, actionSpace, actionSize } = environment;
    this.recorder = new ChunkRecorder({ observationSize, actionSpace, actionSize, inputsSize, stateSize });
    this.inputs = new Float32Array(inputsSize);
    this.state = stateSize > 0 ? { h: new Float32Array(stateSize), c: new Float32Array(stateSize) } : undefined;
    if (!this.hasReset) environment.reset();
    this.hasReset = true;
    this.begin(this.recorder);
    return this.recorder;
  }

  /** The environment has been reset. */
  private begin(recorder: ChunkRecorder): void {
    const { environment, state } = this;
    const episode = environment.episodes[0]!;
    this.keyer.key(episode, this.key);
    this.random.reset(this.key);
    state?.h.fill(0);
    state?.c.fill(0);
    recorder.begin(`${this.attempt}-${episode}`, environment.observations, performance.now() / MS);
  }

  private step(module: PolicyModule, recorder: ChunkRecorder, sink: LaneSink): void {
    const { environment, distribution, inputs, state, action, acted } = this;
    module.forward(environment.observations, 0, state, inputs, 0);
    const logp = distribution.sample(this.random, inputs, 0, action, 0);
    distribution.toEnvironment(action, 0, acted);
    environment.step(acted);
    const { observations: observation, rewards, ended, terminations } = environment;
    const reward = rewards[0]!;
    if (!Number.isFinite(Math.fround(reward))) throw this.unlearnable(reward);
    recorder.add({ action, inputs, logp, state, reward, observation }, performance.now() / MS);
    if (ended[0] === 0) return;
    sink.add(recorder.end(terminations[0] === 1));
    sink.ended(environment);
    environment.reset();
    this.begin(recorder);
  }

  /** One such number, and all weights would be lost. */
  private unlearnable(reward: number): RllinkError {
    const { episodes, steps } = this.environment;
    const place = `episode ${episodes[0]}, step ${steps[0]}`;
    return new RllinkError('RLLINK_ACTOR', `${place}: a reward to learn from must be finite, got ${reward}`);
  }
}

function bytesPerStep({ observationSize, actionSize, inputsSize, stateSize }: ChunkLayout): number {
  return 4 * (observationSize + inputsSize + 2 * stateSize + 2) + 8 * actionSize + 1;
}
