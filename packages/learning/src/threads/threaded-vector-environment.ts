import {
  type AutoresetMode,
  type BoxSpace,
  checkAction,
  type EndReason,
  EnvironmentError,
  EpisodeError,
  parseSeed,
  type Space,
  VectorEnvironment,
  type VectorResetOptions,
} from '@ergodic/core';
import { loadParts } from '@ergodic/workers';
import { type Board, createBoard, publish } from './board.ts';
import { COMMANDS, type CommandCode, Control } from './control.ts';
import { Crew, ThreadError } from './crew.ts';
import { type EndedRow, endedRows, type ShardMessage, type ShardRange, shardReset } from './shard.ts';
import type { EnvironmentSource } from './source.ts';

export interface ThreadedOptions {
  /** Environments. */
  readonly count: number;
  /** Threads, this one included. No result depends on it. */
  readonly threads: number;
  readonly autoreset?: AutoresetMode;
}

/**
 * A VectorEnvironment whose environments are spread over threads; this thread works on some of them too. Same arrays, same
 * results to the last bit, whatever the number of threads. `step` and `reset` block until all are done.
 *
 *     const environments = await withSource(config, (source) => ThreadedVectorEnvironment.create(source, { count: 1024, threads: 4 }));
 *
 * After a ThreadError nothing but `close` is left to do.
 */
export class ThreadedVectorEnvironment {
  readonly count: number;
  readonly autoreset: AutoresetMode;
  readonly threads: number;
  readonly symbols: readonly string[];
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Space;
  readonly observationLabels: readonly string[];
  readonly rewardNames: readonly string[];
  readonly fields: readonly string[];
  readonly observationSize: number;
  readonly actionSize: number;
  readonly observations: Float32Array;
  readonly finalObservations: Float32Array;
  readonly rewards: Float64Array;
  readonly rewardParts: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  readonly ended: Uint8Array;
  readonly episodes: Float64Array;
  readonly endedEpisodes: Float64Array;
  readonly equities: Float64Array;
  readonly steps: Float64Array;
  readonly failures: (EpisodeError | null)[];
  readonly endReasons: (EndReason | null)[];
  private readonly own: VectorEnvironment;
  private readonly board: Board;
  private readonly control: Control;
  private readonly crew: Crew;
  /** 1 where the episode is over and its environment waits for a reset. */
  private readonly over: Uint8Array;
  /** Environments whose episode ended in this step, and not because its steps were done. */
  private readonly special: Set<number> = new Set();
  private isBegun = false;
  private fault: ThreadError | null = null;

  /** Starts the threads. Throws ConfigError, RunError or ThreadError where they cannot be started. */
  static async create(source: EnvironmentSource, options: ThreadedOptions): Promise<ThreadedVectorEnvironment> {
    const { count, autoreset = 'next-step' } = options;
    for (const [name, value] of [['count', count] as const, ['threads', options.threads] as const]) {
      if (Number.isSafeInteger(value) && value >= 1) continue;
      throw new RangeError(`ThreadedVectorEnvironment: ${name} must be a whole number of 1 or more, got ${value}`);
    }
    const threads = Math.min(options.threads, count);
    const ranges = Array.from({ length: threads }, (_, t) => rangeOf(t, threads, count));
    const own = new VectorEnvironment(source.config, {
      count: ranges[0]!.count,
      autoreset,
      parts: await loadParts(source),
      lanes: { first: 0, of: count },
    });
    const board = createBoard(count, {
      observation: own.observationSize,
      action: own.actionSize,
      terms: own.rewardNames.length,
      fields: own.fields.length,
    });
    const control = new Control(threads);
    const crew = await Crew.start(ranges, { source, autoreset, board, control });
    return new ThreadedVectorEnvironment(count, own, board, control, crew);
  }

  private constructor(count: number, own: VectorEnvironment, board: Board, control: Control, crew: Crew) {
    this.count = count;
    this.own = own;
    this.board = board;
    this.control = control;
    this.crew = crew;
    this.autoreset = own.autoreset;
    this.threads = crew.ranges.length;
    this.symbols = own.symbols;
    this.observationSpace = own.observationSpace;
    this.actionSpace = own.actionSpace;
    this.observationLabels = own.observationLabels;
    this.rewardNames = own.rewardNames;
    this.fields = own.fields;
    this.observationSize = own.observationSize;
    this.actionSize = own.actionSize;
    this.observations = board.observations;
    this.finalObservations = board.finalObservations;
    this.rewards = board.rewards;
    this.rewardParts = board.rewardParts;
    this.terminations = board.terminations;
    this.truncations = board.truncations;
    this.ended = board.ended;
    this.episodes = board.episodes;
    this.endedEpisodes = board.endedEpisodes;
    this.equities = board.equities;
    this.steps = board.steps;
    this.failures = new Array(count).fill(null);
    this.endReasons = new Array(count).fill(null);
    this.over = new Uint8Array(count);
  }

  /** As VectorEnvironment.reset. */
  reset(options: VectorResetOptions = {}): Float32Array {
    this.checkReset(options);
    this.isBegun = true;
    this.crew.send(options);
    this.run(COMMANDS.reset, () => this.own.reset(shardReset(options, this.crew.ranges[0]!)));
    for (let i = 0; i < this.count; i++) if (options.mask === undefined || options.mask[i] === 1) this.over[i] = 0;
    return this.observations;
  }

  /** As VectorEnvironment.step: all actions are checked before any takes effect. */
  step(actions: ArrayLike<number>): void {
    this.checkStep(actions);
    const { board, own, actionSize } = this;
    board.actions.set(actions);
    const ownActions = board.actions.subarray(0, own.count * actionSize);
    this.run(COMMANDS.step, () => own.step(ownActions));
    const { ended, over, special } = this;
    const waits = this.autoreset !== 'same-step';
    for (let i = 0; i < ended.length; i++) {
      over[i] = waits ? ended[i]! : 0;
      if (ended[i] === 1 && !special.has(i)) this.endReasons[i] = 'completed';
    }
  }

  /** As VectorEnvironment.record. */
  record(i: number, out: Float64Array, at: number = 0): void {
    const width = this.fields.length;
    out.set(this.board.records.subarray(i * width, (i + 1) * width), at);
  }

  /** As VectorEnvironment.state, of an environment of this thread. Throws RangeError for others. */
  state(i: number, out: Float64Array, at: number = 0): void {
    if (i >= this.own.count) {
      throw new RangeError(`environment ${i} lives in another thread, its state cannot be seen; use 1 thread`);
    }
    this.own.state(i, out, at);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.fault ??= new ThreadError('the environments are closed');
    this.control.start(COMMANDS.exit);
    await this.crew.end();
  }

  private run(command: CommandCode, ownWork: () => void): void {
    const { crew, control, threads } = this;
    const sequence = control.start(command);
    const errors: Error[] = [];
    this.special.clear();
    for (let i = 0; i < this.count; i++) if (this.failures[i] !== null) this.failures[i] = null;
    try {
      ownWork();
      publish(this.own, this.board, 0);
      for (const row of endedRows(this.own, 0)) this.note(row);
    } catch (error) {
      errors.push(error as Error);
    }
    for (let thread = 1; thread < threads; thread++) {
      const messages = control.join(thread, sequence);
      if (messages < 0) this.fault ??= crew.faultOf(thread);
      for (let i = 0; i < messages; i++) this.take(crew.receive(thread), errors);
    }
    if (this.fault !== null) throw this.fault;
    if (errors.length > 0) throw errors[0];
  }

  private take(message: ShardMessage, errors: Error[]): void {
    if (message.kind === 'ended') for (const row of message.rows) this.note(row);
    else if (message.name === 'EpisodeError') errors.push(new EpisodeError(message.code, message.message));
    else this.fault ??= new ThreadError(`a thread of environments failed: ${message.message}`);
  }

  private note({ index, reason, failure }: EndedRow): void {
    this.special.add(index);
    this.endReasons[index] = reason;
    if (failure !== undefined) this.failures[index] = new EpisodeError(failure.code, failure.message);
  }

  private checkReset({ seed, mask, episodes }: VectorResetOptions): void {
    if (this.fault !== null) throw this.fault;
    for (const [name, given] of [['mask', mask] as const, ['episodes', episodes] as const]) {
      if (given === undefined || given.length === this.count) continue;
      throw new RangeError(`reset: ${name} must have ${this.count} entries, one an environment, got ${given.length}`);
    }
    if (typeof seed === 'object') {
      if (seed.length !== this.count) {
        const wanted = `one, or one for each of ${this.count} environments`;
        throw new RangeError(`reset: seed must be ${wanted}, got ${seed.length}`);
      }
      for (const one of seed) parseSeed(one);
    } else if (seed !== undefined) parseSeed(seed);
    for (let i = 0; i < this.count; i++) {
      if (mask !== undefined && mask[i] !== 1) {
        if (this.isBegun) continue;
        throw new EnvironmentError('NOT_RESET', 'reset: the first must start all environments, leave the mask out');
      }
      const episode = episodes?.[i] ?? 0;
      if (Number.isSafeInteger(episode) && episode >= 0) continue;
      throw new RangeError(`reset: episodes must be whole numbers of 0 or more, got ${episode}`);
    }
  }

  private checkStep(actions: ArrayLike<number>): void {
    if (this.fault !== null) throw this.fault;
    if (!this.isBegun) throw new EnvironmentError('NOT_RESET', 'step: there are no episodes yet, call reset first');
    const { count, actionSize, actionSpace, autoreset, over } = this;
    if (actions?.length !== count * actionSize) {
      const wanted = `${count} × ${actionSize} numbers`;
      throw new RangeError(`step: actions must be ${wanted}, got ${actions?.length ?? String(actions)}`);
    }
    const choices = actionSpace.type === 'discrete' ? actionSpace.n : 0;
    for (let i = 0; i < count; i++) {
      if (over[i] === 1) {
        if (autoreset === 'next-step') continue;
        const wayOut = 'call reset with a mask';
        throw new EnvironmentError('EPISODE_OVER', `step: the episode of environment ${i} is over, ${wayOut}`);
      }
      const action = actions[i]!;
      const isSound = choices > 0 && action >= 0 && action < choices && action === Math.floor(action);
      if (!isSound) checkAction(actionSpace, actions, i * actionSize, `environment ${i}: `);
    }
  }
}

/** Environments of a thread: as many as of the others, give or take one. */
function rangeOf(thread: number, threads: number, count: number): ShardRange {
  const first = Math.floor((thread * count) / threads);
  return { first, count: Math.floor(((thread + 1) * count) / threads) - first, of: count };
}
