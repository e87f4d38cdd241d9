import { type Action, asValues, type BoxSpace, checkAction, type Space } from '../action/index.ts';
import { parseSeed } from '../config/parse.ts';
import type { Config } from '../config/schema.ts';
import type { SimulationParts } from '../loop/parts.ts';
import type { EndReason } from '../summary/record.ts';
import { DecisionRunner } from './decision-runner.ts';
import { EnvironmentError } from './errors.ts';

/** What is known beside the observation. */
export interface Info {
  readonly episode: number;
  /** Step of the decision. */
  readonly step: number;
  readonly timeMs: number;
  /** Quote currency. */
  readonly equity: number;
  /** The parts of the reward, by name; they add up to it. */
  readonly rewards: Readonly<Record<string, number>>;
  /** At the end: why. */
  readonly endReason?: EndReason;
  /** At the end: the episode's figures, as in the table of episodes; null where undefined. */
  readonly final?: Readonly<Record<string, number | null>>;
}

/** Observation, float32; reward of the interval; whether the episode was ended by an event or by its length; more. */
export type StepResult = [
  observation: Float32Array,
  reward: number,
  terminated: boolean,
  truncated: boolean,
  info: Info,
];

export interface ResetOptions {
  /** A text or an integer; the episodes that follow are those of this seed. */
  readonly seed?: string | number;
  readonly options?: {
    /** Plays this episode of the seed instead of the next. */
    readonly episode?: number;
  };
}

/**
 * A market to act in, with the interface of Gymnasium (Towers et al. 2024, "Gymnasium: A Standard Interface for
 * Reinforcement Learning Environments"), over the event loop, parts and config of `ergodic run`.
 *
 *     const environment = new Environment(parseEnvironmentConfig(input));
 *     let [observation] = environment.reset({ seed: 7 });
 *     const [next, reward, terminated, truncated, info] = environment.step(2);
 *
 * Episode e of a seed has the market of episode e of `ergodic run` with that seed, whatever was played before. Construction
 * throws ConfigError.
 */
export class Environment {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Space;
  /** One name a number of the observation. */
  readonly observationLabels: readonly string[];
  readonly rewardNames: readonly string[];
  /** Out of reach: it holds the seed's streams and prices of the future. */
  readonly #runner: DecisionRunner;
  private nextEpisode = 0;
  private isBegun = false;

  constructor(config: Config, parts: SimulationParts = {}) {
    this.#runner = new DecisionRunner(config, parts);
    const { observer, actions, simulation } = this.#runner;
    this.observationSpace = { type: 'box', shape: [observer.size], low: observer.low, high: observer.high };
    this.actionSpace = actions.space;
    this.observationLabels = observer.labels;
    this.rewardNames = simulation.rewardNames;
  }

  /**
   * Starts an episode: the first of a new seed, or the next of the same one (at first, of the config's). Returns the first
   * observation. Throws ConfigError for a seed that is none, EpisodeError where the episode fails before its first decision;
   * the next reset goes on with the episode after it.
   */
  reset({ seed, options = {} }: ResetOptions = {}): [observation: Float32Array, info: Info] {
    const text = seed === undefined ? undefined : parseSeed(seed);
    const episode = options.episode ?? (text === undefined ? this.nextEpisode : 0);
    if (!Number.isSafeInteger(episode) || episode < 0) {
      throw new RangeError(`reset: options.episode must be a whole number of 0 or more, got ${episode}`);
    }
    if (text !== undefined) this.#runner.simulation.reseed(text);
    this.nextEpisode = episode + 1;
    this.isBegun = true;
    this.#runner.begin(episode);
    return [this.observe(), this.info()];
  }

  /**
   * Acts at the current decision and goes on to the next: the reward is that of the interval between them. `terminated`: ruin or
   * a stop; `truncated`: the episode's steps are done.
   *
   * @throws ActionError for an action that the space does not have; EnvironmentError NOT_RESET, EPISODE_OVER. Nothing has
   * changed then. EpisodeError where the episode fails; it is over then
   */
  step(action: Action): StepResult {
    const runner = this.#runner;
    if (!runner.isWaiting) {
      if (!this.isBegun) throw new EnvironmentError('NOT_RESET', 'step: there is no episode yet, call reset first');
      throw new EnvironmentError('EPISODE_OVER', `step: episode ${runner.episode} is over, call reset first`);
    }
    const values = asValues(action, this.actionSpace);
    checkAction(this.actionSpace, values, 0);
    runner.step(values, 0);
    const { reward, isTerminated, isTruncated } = runner;
    return [this.observe(), reward, isTerminated, isTruncated, this.info()];
  }

  private observe(): Float32Array {
    const observation = new Float32Array(this.#runner.observer.size);
    this.#runner.observe(observation, 0);
    return observation;
  }

  private info(): Info {
    const runner = this.#runner;
    const { rewardNames } = this;
    const { loop } = runner.simulation;
    const info = {
      episode: runner.episode,
      step: loop.cursor.step,
      timeMs: loop.queue.nowMs,
      equity: loop.account.equity,
      rewards: Object.fromEntries(rewardNames.map((name, t) => [name, loop.parts.scorer.lastTerm(t)])),
    };
    return loop.endReason === null ? info : { ...info, endReason: loop.endReason, final: this.final() };
  }

  private final(): Record<string, number | null> {
    const { simulation } = this.#runner;
    const figures = new Float64Array(simulation.fields.length);
    simulation.record(figures, 0);
    return Object.fromEntries(
      simulation.fields.map((name, i) => [name, Number.isNaN(figures[i]) ? null : figures[i]!]),
    );
  }
}
