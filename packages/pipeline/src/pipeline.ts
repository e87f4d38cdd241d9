import type { PipelineNode } from './node.ts';
import { type CloseOptions, type Dropped, type Entry, nodesOf, type Passed, Pipeline, Stage } from './stage.ts';

/**
 * Connects stages: results of each are events of the next. More than six are connected with `to`. A result `undefined` drops the event:
 * the stages behind do not see it, and its push is fulfilled with `undefined`.
 *
 * Events under way are bounded: a stage whose result finds no room in the next one stands still until there is some, so its own
 * queue fills, and in the end the first stage's, where `onFull` says what a push does.
 *
 * @throws PipelineError `OPTION_INVALID`: no stage, or a node that is there twice
 */
export function pipeline<A, B>(stages: readonly [Stage<A, B>]): Pipeline<A, B>;
export function pipeline<A, B, C>(stages: readonly [Stage<A, B>, Stage<Passed<B>, C>]): Pipeline<A, C | Dropped<B>>;
export function pipeline<A, B, C, D>(
  stages: readonly [Stage<A, B>, Stage<Passed<B>, C>, Stage<Passed<C>, D>],
): Pipeline<A, D | Dropped<B | C>>;
export function pipeline<A, B, C, D, E>(
  stages: readonly [Stage<A, B>, Stage<Passed<B>, C>, Stage<Passed<C>, D>, Stage<Passed<D>, E>],
): Pipeline<A, E | Dropped<B | C | D>>;
export function pipeline<A, B, C, D, E, F>(
  stages: readonly [Stage<A, B>, Stage<Passed<B>, C>, Stage<Passed<C>, D>, Stage<Passed<D>, E>, Stage<Passed<E>, F>],
): Pipeline<A, F | Dropped<B | C | D | E>>;
export function pipeline<A, B, C, D, E, F, G>(
  stages: readonly [
    Stage<A, B>,
    Stage<Passed<B>, C>,
    Stage<Passed<C>, D>,
    Stage<Passed<D>, E>,
    Stage<Passed<E>, F>,
    Stage<Passed<F>, G>,
  ],
): Pipeline<A, G | Dropped<B | C | D | E | F>>;
export function pipeline(stages: readonly Stage<never, unknown>[]): Pipeline<never, unknown> {
  return new Pipeline(stages);
}

type ResultsOf<S> = { -readonly [K in keyof S]: S[K] extends Stage<never, infer O> ? O : never };

/**
 * Stages side by side: each event goes to all of them, and its result is the array of theirs. The first rejection is the event's; the other
 * stages finish what they have begun. A push is refused where one of them refuses it, before any has it.
 *
 * @throws PipelineError `OPTION_INVALID`: no stage, or a node that is there twice
 */
export function parallel<I, const S extends readonly Stage<I, unknown>[]>(
  stages: S & readonly Stage<I, unknown>[],
): Stage<I, ResultsOf<S>> {
  return new Parallel<I, ResultsOf<S>>(stages as unknown as readonly Stage<never, unknown>[]);
}

class Parallel<I, O> extends Stage<I, O> {
  readonly nodes: readonly PipelineNode<never, unknown>[];
  readonly #stages: readonly Stage<unknown, unknown>[];

  constructor(stages: readonly Stage<never, unknown>[]) {
    super();
    this.nodes = nodesOf('parallel', stages);
    this.#stages = stages as readonly Stage<unknown, unknown>[];
  }

  get admits(): boolean {
    return this.#stages.every((stage) => stage.admits);
  }

  offer(entry: Entry<I, O>, canWait: boolean): Promise<void> | undefined {
    const refusing = canWait ? undefined : this.#stages.find((stage) => !stage.admits);
    if (refusing !== undefined) return refusing.offer(entry as Entry<unknown, unknown>, false);
    const results = new Array<unknown>(this.#stages.length);
    let left = results.length;
    let isRejected = false;
    const reject = (error: Error): void => {
      if (!isRejected) entry.reject(error);
      isRejected = true;
    };
    const taken = this.#stages.map((stage, i) => {
      const resolve = (value: unknown): Promise<void> | undefined => {
        results[i] = value;
        return --left === 0 ? entry.resolve(results as O) : undefined;
      };
      return stage.offer({ ...entry, resolve, reject }, canWait);
    });
    return taken.every((one) => one === undefined) ? undefined : Promise.all(taken).then(() => undefined);
  }

  async start(): Promise<void> {
    await Promise.all(this.#stages.map((stage) => stage.start()));
  }

  async ready(): Promise<void> {
    // While one made room, another may have lost its own.
    do await Promise.all(this.#stages.map((stage) => stage.ready()));
    while (!this.admits);
  }

  async drain(): Promise<void> {
    await Promise.all(this.#stages.map((stage) => stage.drain()));
  }

  async close(options?: CloseOptions): Promise<void> {
    const outcomes = await Promise.allSettled(this.#stages.map((stage) => stage.close(options)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
}
