import { type BoxSpace, checkAction, type Space, sizeOf } from '../action/index.ts';
import { EpisodeError } from '../config/errors.ts';
import { parseSeed } from '../config/parse.ts';
import type { Config } from '../config/schema.ts';
import type { SimulationParts } from '../loop/parts.ts';
import { alignCandles } from '../market/align.ts';
import type { RandomStream } from '../random/stream.ts';
import type { EndReason } from '../summary/record.ts';
import { DecisionRunner } from './decision-runner.ts';
import { EnvironmentError } from './errors.ts';
import { type StepResults, Stretches } from './stretches.ts';

/** When an environment whose episode has ended starts the next one, see Gymnasium's AutoresetMode. */
export type AutoresetMode = 'next-step' | 'same-step' | 'disabled';

export interface VectorOptions {
  /** Environments. */
  readonly count: number;
  /**
   * `next-step` (default): the step after the end ignores the action, resets, and reports reward 0. `same-step`: the step that ends an
   * episode resets too; its last observation is in `finalObservations`. `disabled`: the caller resets, with a mask.
   */
  readonly autoreset?: AutoresetMode;
  readonly parts?: SimulationParts;
  /** Number of the first environment, and of all, where these are some of a larger whole. */
  readonly lanes?: { readonly first: number; readonly of: number };
}

export interface VectorResetOptions {
  /**
   * One for all: environment i then plays episodes i, i + count, i + 2 count … of it. Or one for each: environment i plays
   * episodes 0, 1, 2 … of its own.
   */
  readonly seed?: string | number | readonly (string | number)[];
  /** Environments to reset, 1 or 0 each; default: all. */
  readonly mask?: ArrayLike<number>;
  /** Plays these episodes instead of the next, one for each environment. */
  readonly episodes?: ArrayLike<number>;
}

/** Episodes that may fail before their first decision, one after the other, before a reset gives up. */
const MOST_FAILED_STARTS = 100;

/**
 * Many environments in step. Arrays are flat, one row an environment; they belong to this object and are overwritten by each
 * `reset` and `step`, which create none.
 *
 * No two environments play one episode, and which episode an environment plays does not depend on when the others end.
 */
export class VectorEnvironment {
  readonly count: number;
  readonly autoreset: AutoresetMode;
  /** Of one environment. */
  readonly observationSpace: BoxSpace;
  /** Of one environment. */
  readonly actionSpace: Space;
  readonly observationLabels: readonly string[];
  readonly rewardNames: readonly string[];
  readonly symbols: readonly string[];
  /** Names of the figures of an ended episode, see `record`. */
  readonly fields: readonly string[];
  /** Numbers of an observation. */
  readonly observationSize: number;
  /** Numbers of an action. */
  readonly actionSize: number;
  /** count × observationSize. */
  readonly observations: Float32Array;
  /** With `same-step`: last observations of the episodes that ended in this step; other rows are old. */
  readonly finalObservations: Float32Array;
  readonly rewards: Float64Array;
  /** count × reward names. */
  readonly rewardParts: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  /** 1 where an episode ended in this step. */
  readonly ended: Uint8Array;
  /** Episode under way, or just ended. */
  readonly episodes: Float64Array;
  /** The episode that ended in this step, else -1. */
  readonly endedEpisodes: Float64Array;
  /** Quote currency. */
  readonly equities: Float64Array;
  /** Step of the decision, within the episode. */
  readonly steps: Float64Array;
  /** Why the episode that ended last in each environment did; null before one has. */
  readonly endReasons: (EndReason | null)[];
  /** What ended an episode that failed in this step (it counts as truncated, with reward 0), else null. */
  readonly failures: (EpisodeError | null)[];
  /** Out of reach: they hold the seed's streams and prices of the future. */
  readonly #runners: readonly DecisionRunner[];
  #stretches: Stretches | null;
  /** 1 where a decision is asked for. */
  private readonly waiting: Uint8Array;
  private readonly records: Float64Array;
  private readonly nextEpisodes: Float64Array;
  private readonly lanes: { readonly first: number; readonly of: number };
  private stride: number;
  private isBegun = false;

  constructor(config: Config, { count, autoreset = 'next-step', parts = {}, lanes }: VectorOptions) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`VectorEnvironment: count must be a whole number of 1 or more, got ${count}`);
    }
    if (!['next-step', 'same-step', 'disabled'].includes(autoreset)) {
      throw new RangeError(`VectorEnvironment: autoreset must be next-step, same-step or disabled, got ${autoreset}`);
    }
    this.count = count;
    this.autoreset = autoreset;
    this.lanes = lanes ?? { first: 0, of: count };
    this.stride = this.lanes.of;
    // Once for all: candles that are aligned already are shared.
    const shared = { ...parts, candles: alignCandles(config.markets, parts.candles ?? {}) };
    this.#runners = Array.from({ length: count }, () => new DecisionRunner(config, shared));
    const { observer, actions, simulation } = this.#runners[0]!;
    const { size } = observer;
    this.observationSpace = { type: 'box', shape: [size], low: observer.low, high: observer.high };
    this.actionSpace = actions.space;
    this.observationLabels = observer.labels;
    this.rewardNames = simulation.rewardNames;
    this.symbols = simulation.symbols;
    this.fields = simulation.fields;
    this.observationSize = size;
    this.actionSize = sizeOf(actions.space);
    this.observations = new Float32Array(count * size);
    this.finalObservations = new Float32Array(autoreset === 'same-step' ? count * size : 0);
    this.rewards = new Float64Array(count);
    this.rewardParts = new Float64Array(count * this.rewardNames.length);
    this.terminations = new Uint8Array(count);
    this.truncations = new Uint8Array(count);
    this.ended = new Uint8Array(count);
    this.episodes = new Float64Array(count);
    this.endedEpisodes = new Float64Array(count).fill(-1);
    this.equities = new Float64Array(count);
    this.steps = new Float64Array(count);
    this.failures = new Array(count).fill(null);
    this.endReasons = new Array(count).fill(null);
    this.records = new Float64Array(count * this.fields.length).fill(Number.NaN);
    this.nextEpisodes = Float64Array.from({ length: count }, (_, i) => this.lanes.first + i);
    this.waiting = new Uint8Array(count);
    this.#stretches = Stretches.suits(this.#runners[0]!)
      ? new Stretches(this.#runners, { ...this.results(), goOn: (i) => this.goOn(i) }, size, this.rewardNames.length)
      : null;
  }

  /**
   * Starts episodes, in all environments or where `mask` is 1; returns `observations`. Without a seed each goes on with its
   * next episode (at first, of the config's seed).
   *
   * @throws ConfigError for a seed that is none, RangeError for arrays of the wrong length, EpisodeError where episodes keep failing
   */
  reset({ seed, mask, episodes }: VectorResetOptions = {}): Float32Array {
    this.checkLength('mask', mask);
    this.checkLength('episodes', episodes);
    if (mask === undefined || this.isBegun === false) this.needAll(mask);
    if (seed !== undefined) this.reseed(seed, mask);
    this.isBegun = true;
    for (let i = 0; i < this.count; i++) {
      if (mask !== undefined && mask[i] !== 1) continue;
      if (episodes !== undefined) this.nextEpisodes[i] = checkEpisode(episodes[i]!);
      this.restart(i);
    }
    return this.observations;
  }

  /**
   * Acts in each environment: `actions` holds `actionSize` numbers for each, one environment after the other.
   *
   * @throws ActionError, EnvironmentError (NOT_RESET; with `disabled` EPISODE_OVER), RangeError for a wrong length: nothing has
   * changed then
   */
  step(actions: ArrayLike<number>): void {
    this.checkStep(actions);
    const stretches = this.#stretches;
    const { count, waiting, autoreset } = this;
    for (let i = 0; i < count; i++) {
      if (stretches?.take(i, actions[i]!) === true) continue;
      if (waiting[i] === 1) this.advance(i, actions);
      else if (autoreset === 'next-step') this.restart(i);
    }
  }

  /**
   * Writes what is known of the market and the account at the current step of environment i: time (epoch ms), then each symbol's price,
   * then each position (base units). 1 + 2 × symbols numbers, for pictures and logs.
   */
  state(i: number, out: Float64Array, at: number = 0): void {
    this.#stretches?.leave(i);
    const { account, loop } = this.#runners[i]!.simulation;
    out[at] = loop.queue.nowMs;
    out.set(account.price, at + 1);
    out.set(account.position, at + 1 + this.symbols.length);
  }

  /** The agent's own random stream in the episode of environment i, as a strategy has it: drawing from it moves no market path. */
  random(i: number): RandomStream {
    return this.#runners[i]!.simulation.context.random;
  }

  /** Figures of the episode that ended last in environment i, in the order of `fields`; NaN before one has. */
  record(i: number, out: Float64Array, at: number = 0): void {
    const width = this.fields.length;
    for (let j = 0; j < width; j++) out[at + j] = this.records[i * width + j]!;
  }

  private advance(i: number, actions: ArrayLike<number>): void {
    const runner = this.#runners[i]!;
    this.#stretches?.leave(i);
    this.waiting[i] = 0;
    try {
      runner.step(actions, i * this.actionSize);
      if (runner.isWaiting) this.observe(i, runner);
      else this.finish(i, runner);
    } catch (error) {
      if (!(error instanceof EpisodeError)) throw error;
      this.fail(i, error);
    }
  }

  /** A decision is asked for: what the step came to. */
  private observe(i: number, runner: DecisionRunner): void {
    runner.observe(this.observations, i * this.observationSize);
    this.report(i, runner);
    this.goOn(i);
    this.waiting[i] = 1;
    this.#stretches?.enter(i);
  }

  private results(): Omit<StepResults, 'goOn'> {
    const { observations, rewards, rewardParts, equities, steps } = this;
    return { observations, rewards, rewardParts, equities, steps };
  }

  /** What the step before said of an end is over. */
  private goOn(i: number): void {
    this.ended[i] = this.terminations[i] = this.truncations[i] = 0;
    this.endedEpisodes[i] = -1;
    if (this.failures[i] !== null) this.failures[i] = null;
  }

  private report(i: number, { simulation, reward }: DecisionRunner): void {
    const { loop } = simulation;
    this.rewards[i] = reward;
    const terms = this.rewardNames.length;
    for (let t = 0; t < terms; t++) this.rewardParts[i * terms + t] = loop.parts.scorer.lastTerm(t);
    this.equities[i] = loop.parts.portfolio.account.equity;
    this.steps[i] = loop.cursor.step;
  }

  /** An episode has ended. */
  private finish(i: number, runner: DecisionRunner): void {
    const isSameStep = this.autoreset === 'same-step';
    runner.observe(isSameStep ? this.finalObservations : this.observations, i * this.observationSize);
    this.report(i, runner);
    this.ended[i] = 1;
    this.endedEpisodes[i] = runner.episode;
    this.terminations[i] = runner.isTerminated ? 1 : 0;
    this.truncations[i] = runner.isTruncated ? 1 : 0;
    this.failures[i] = null;
    this.endReasons[i] = runner.simulation.loop.endReason;
    runner.simulation.record(this.records, i * this.fields.length);
    if (isSameStep) this.start(i);
  }

  /** The episode cannot go on: it counts as truncated, its last sound observation stays. */
  private fail(i: number, error: EpisodeError): void {
    const size = this.observationSize;
    const width = this.fields.length;
    this.rewards[i] = 0;
    this.rewardParts.fill(0, i * this.rewardNames.length, (i + 1) * this.rewardNames.length);
    this.ended[i] = this.truncations[i] = 1;
    this.terminations[i] = 0;
    this.endedEpisodes[i] = this.episodes[i]!;
    this.endReasons[i] = 'failed';
    this.records.fill(Number.NaN, i * width, (i + 1) * width);
    if (this.autoreset === 'same-step') {
      this.finalObservations.set(this.observations.subarray(i * size, (i + 1) * size), i * size);
      this.start(i);
    }
    this.failures[i] = error;
  }

  /** A new episode, with nothing to report of the one before. */
  private restart(i: number): void {
    this.start(i);
    this.rewards[i] = 0;
    this.rewardParts.fill(0, i * this.rewardNames.length, (i + 1) * this.rewardNames.length);
    this.goOn(i);
  }

  /** Starts the next episode of an environment; one that fails before its first decision is passed over. */
  private start(i: number): void {
    const runner = this.#runners[i]!;
    this.waiting[i] = 0;
    this.#stretches?.drop(i);
    for (let tries = 1; ; tries++) {
      const episode = this.nextEpisodes[i]!;
      this.nextEpisodes[i] = episode + this.stride;
      this.episodes[i] = episode;
      try {
        runner.begin(episode);
        runner.observe(this.observations, i * this.observationSize);
        break;
      } catch (error) {
        if (!(error instanceof EpisodeError) || tries >= MOST_FAILED_STARTS) throw error;
      }
    }
    this.equities[i] = runner.simulation.account.equity;
    this.steps[i] = runner.simulation.loop.cursor.step;
    this.waiting[i] = 1;
    this.#stretches?.enter(i);
  }

  private reseed(seed: NonNullable<VectorResetOptions['seed']>, mask: ArrayLike<number> | undefined): void {
    const isList = typeof seed === 'object';
    if (isList && seed.length !== this.count) {
      throw new RangeError(
        `reset: seed must be one, or one for each of ${this.count} environments, got ${seed.length}`,
      );
    }
    const texts = isList ? seed.map(parseSeed) : parseSeed(seed);
    this.stride = isList ? 1 : this.lanes.of;
    for (let i = 0; i < this.count; i++) {
      if (mask !== undefined && mask[i] !== 1) continue;
      this.#runners[i]!.simulation.reseed(typeof texts === 'string' ? texts : texts[i]!);
      this.nextEpisodes[i] = isList ? 0 : this.lanes.first + i;
    }
  }

  private checkStep(actions: ArrayLike<number>): void {
    const { count, waiting, actionSize, autoreset } = this;
    if (!this.isBegun) throw new EnvironmentError('NOT_RESET', 'step: there are no episodes yet, call reset first');
    if (actions?.length !== this.count * actionSize) {
      const wanted = `${this.count} × ${actionSize} numbers`;
      throw new RangeError(`step: actions must be ${wanted}, got ${actions?.length ?? String(actions)}`);
    }
    for (let i = 0; i < count; i++) {
      if (waiting[i] === 1) {
        if (!isSound(this.actionSpace, actions, i * actionSize)) {
          checkAction(this.actionSpace, actions, i * actionSize, `environment ${i}: `);
        }
      } else if (autoreset === 'disabled') {
        const wayOut = 'call reset with a mask';
        throw new EnvironmentError('EPISODE_OVER', `step: the episode of environment ${i} is over, ${wayOut}`);
      }
    }
  }

  private checkLength(name: string, given: ArrayLike<number> | undefined): void {
    if (given === undefined || given.length === this.count) return;
    throw new RangeError(`reset: ${name} must have ${this.count} entries, one an environment, got ${given.length}`);
  }

  /** The first reset starts all environments. */
  private needAll(mask: ArrayLike<number> | undefined): void {
    for (let i = 0; mask !== undefined && i < this.count; i++) {
      if (mask[i] !== 1) {
        throw new EnvironmentError('NOT_RESET', 'reset: the first must start all environments, leave the mask out');
      }
    }
  }
}

/** The check of each step where all is well; the slow one says what is wrong. */
function isSound(space: Space, actions: ArrayLike<number>, at: number): boolean {
  if (space.type !== 'discrete') return false;
  const action = actions[at]!;
  return action >= 0 && action < space.n && action === Math.floor(action);
}

function checkEpisode(episode: number): number {
  if (Number.isSafeInteger(episode) && episode >= 0) return episode;
  throw new RangeError(`reset: episodes must be whole numbers of 0 or more, got ${episode}`);
}
