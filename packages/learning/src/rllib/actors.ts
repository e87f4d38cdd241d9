import { Worker } from 'node:worker_threads';
import type { EnvironmentSource } from '../threads/source.ts';
import type { Collected, Lanes, Stage } from './actor.ts';
import type { ActorAnswer, ActorSpec, PlayRequest } from './actor-thread.ts';
import { RllinkError } from './errors.ts';
import type { Activation } from './layers.ts';
import type { Parameters } from './messages.ts';

const MS = 1_000;
const WATCH_MS = 250;

export interface ActorsOptions {
  readonly source: EnvironmentSource;
  /** Threads. */
  readonly workers: number;
  /** Environments, on all threads. */
  readonly environments: number;
  /** Number of the first episode that is played. */
  readonly firstEpisode: number;
  readonly activation: Activation;
}

/** What a round is played with. */
export interface Round {
  readonly steps: number;
  readonly parameters: Parameters | undefined;
  readonly attempt: string | undefined;
}

interface Thread {
  readonly worker: Worker;
  readonly lanes: Lanes;
  /** Resolves with the error or exit code that ended it. */
  readonly ended: Promise<unknown>;
}

/** The round under way, as the main thread sees it. */
interface Playing {
  readonly number: number;
  /** The thread whose frames are handed on; those of later ones wait. */
  turn: number;
  /** For each thread. */
  readonly waiting: readonly Collected[][];
  readonly isDone: boolean[];
  readonly hand: (collected: Collected) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Actors on threads. Which lanes a thread has does not show in what is played. */
export class Actors {
  readonly stage: Stage;
  private readonly threads: readonly Thread[];
  private readonly environments: number;
  /** The round, then the steps of each thread, see `ActorSpec`. */
  private readonly words: Int32Array;
  private readonly stallMs: number;
  private playing: Playing | undefined;
  private failure: unknown;

  private constructor(
    threads: readonly Thread[],
    stage: Stage,
    environments: number,
    words: Int32Array,
    stallMs: number,
  ) {
    this.threads = threads;
    this.stage = stage;
    this.environments = environments;
    this.words = words;
    this.stallMs = stallMs;
    for (const [i, { worker, ended }] of threads.entries()) {
      worker.on('message', (answer: ActorAnswer) => this.receive(answer, i));
      void ended.then((reason) => this.fail(endOf(reason)));
    }
  }

  /** Starts the threads; when it resolves they have read what they need. Throws ConfigError or RllinkError `RLLINK_ACTOR`. */
  static async start({ source, workers, environments, firstEpisode, activation }: ActorsOptions): Promise<Actors> {
    const count = Math.min(workers, environments);
    const words = new SharedArrayBuffer(4 * (1 + count));
    const threads = Array.from({ length: count }, (_, i): Thread => {
      const first = Math.floor((i * environments) / count);
      const end = Math.floor(((i + 1) * environments) / count);
      const lanes = { first, count: end - first, of: environments };
      const shifted = { ...lanes, first: firstEpisode + first };
      const spec: ActorSpec = { source, lanes: shifted, activation, words, stepsAt: 1 + i };
      const resourceLimits = { maxOldGenerationSizeMb: source.config.limits.heapMb };
      const worker = new Worker(new URL('./actor-thread.js', import.meta.url), { workerData: spec, resourceLimits });
      const ended = new Promise<unknown>((resolve) => worker.on('error', resolve).on('exit', resolve));
      return { worker, lanes, ended };
    });
    try {
      const [stage] = await Promise.all(threads.map(readyOf));
      return new Actors(threads, stage!, environments, new Int32Array(words), MS * source.config.limits.stallSeconds);
    } catch (error) {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
      throw error;
    }
  }

  /**
   * Plays so many steps in all, as equal a share in each environment as can be; `hand` gets them in the order of the
   * environments. Resolves when all have been played, or `cancel` was called. Rejects where a thread ended.
   */
  async play({ steps, parameters, attempt }: Round, hand: (collected: Collected) => void): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    const number = Atomics.add(this.words, 0, 1) + 1;
    const share = Math.floor(steps / this.environments);
    const more = steps % this.environments;
    const watch = this.watch();
    await new Promise<void>((resolve, reject) => {
      const waiting = this.threads.map(() => []);
      this.playing = { number, turn: 0, waiting, isDone: this.threads.map(() => false), hand, resolve, reject };
      for (const { worker, lanes } of this.threads) {
        const quotas = Array.from({ length: lanes.count }, (_, i) => share + (lanes.first + i < more ? 1 : 0));
        worker.postMessage({ round: number, quotas, parameters, attempt } satisfies PlayRequest);
      }
    }).finally(() => clearInterval(watch));
  }

  /** Ends the round where a thread that has not done its part makes no step for too long. */
  private watch(): NodeJS.Timeout {
    const seen = this.threads.map(() => ({ steps: -1, atMs: performance.now() }));
    return setInterval(() => {
      for (const [i, last] of seen.entries()) {
        const steps = Atomics.load(this.words, 1 + i);
        if (steps !== last.steps || this.playing?.isDone[i] !== false) seen[i] = { steps, atMs: performance.now() };
        else if (performance.now() - last.atMs > this.stallMs) {
          const rule = `no step for ${this.stallMs / MS} s (limits.stallSeconds)`;
          this.fail(new RllinkError('RLLINK_ACTOR', `a thread that plays episodes has stalled: ${rule}`));
        }
      }
    }, WATCH_MS);
  }

  /** Ends the round: the threads give up at their next step, and `play` resolves when they have. */
  cancel(): void {
    Atomics.add(this.words, 0, 1);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.failure ??= new RllinkError('RLLINK_ACTOR', 'the threads have been closed');
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }

  private receive(answer: ActorAnswer, thread: number): void {
    const { playing } = this;
    if (answer.kind === 'ready' || playing?.number !== answer.round) return;
    if (answer.kind === 'collected') playing.waiting[thread]!.push(answer.collected);
    else playing.isDone[thread] = true;
    for (; playing.turn < this.threads.length; playing.turn++) {
      for (const collected of playing.waiting[playing.turn]!.splice(0)) playing.hand(collected);
      if (!playing.isDone[playing.turn]) return;
    }
    this.playing = undefined;
    playing.resolve();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.playing?.reject(this.failure);
    this.playing = undefined;
  }
}

/** Why a thread ended. What is wrong with the config stays as it is, all else is an actor's end. */
function endOf(reason: unknown): unknown {
  if ((reason as { code?: unknown } | null)?.code === 'CONFIG_INVALID') return reason;
  const why = reason instanceof Error ? reason.message : `exit ${String(reason)}`;
  return new RllinkError('RLLINK_ACTOR', `a thread that plays episodes ended: ${why}`, { cause: reason });
}

/** Resolves when the thread has built its environments; rejects with what kept it from that. */
function readyOf({ worker, ended }: Thread): Promise<Stage> {
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: ActorAnswer) => {
      if (answer.kind === 'ready') resolve(answer.stage);
    });
    void ended.then((reason) => reject(endOf(reason)));
  });
}
