import { describeThrown, PipelineError } from './errors.ts';
import type { NodeMetrics } from './metrics.ts';
import type { PipelineNode } from './node.ts';
import type { Key } from './task.ts';

export interface PushOptions {
  /** Events with the same key are handled one after another, in the order of their pushes, in every node on the way. */
  readonly key?: Key;
  /** Takes the event out of the queue, or gives up its result; the promise is rejected with `ABORTED` at once. */
  readonly signal?: AbortSignal;
}

export interface CloseOptions {
  /** Reject what waits with `NODE_CLOSED`, instead of handling it first. Default false. */
  readonly discard?: boolean;
  /**
   * Milliseconds until everything that is left is rejected with `NODE_CLOSED` and threads are terminated. Default `Infinity`: then
   * the `timeoutMs` of the nodes bounds each event.
   */
  readonly timeoutMs?: number;
}

/**
 * An event on its way, with what happens to its outcome. Stages hand entries to each other without promises of their own, so
 * no rejection inside a pipeline can be left unhandled.
 */
export interface Entry<I, O> {
  readonly event: I;
  readonly key: Key | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called once, or `reject` is. A promise says that the next stage has no room yet; it is fulfilled when it has, and never rejected. */
  readonly resolve: (value: O) => Promise<void> | undefined;
  readonly reject: (error: Error) => void;
}

/** What an event that is not dropped goes on as. */
export type Passed<O> = Exclude<O, undefined>;
/** What an event that is dropped leaves behind: `undefined` where the stage can return it. */
export type Dropped<O> = Extract<O, undefined>;

/** A node, or several that are connected: what events are pushed into. */
export abstract class Stage<I, O> {
  /** All nodes, in the order in which events pass them. */
  abstract readonly nodes: readonly PipelineNode<never, unknown>[];

  /** Whether a push now is not refused: there is room, or it may wait for room. */
  abstract readonly admits: boolean;

  /**
   * Takes an event over: `undefined` when it was taken or refused at once, else a promise that is fulfilled when that is known.
   * With `canWait` it waits for room, otherwise `onFull` decides.
   *
   * @internal
   */
  abstract offer(entry: Entry<I, O>, canWait: boolean): Promise<void> | undefined;

  /** Loads all handlers; rejects with `HANDLER_INVALID` where one cannot be. The first push does the same. */
  abstract start(): Promise<void>;

  /**
   * Fulfilled when there is room for one push, to be made at once: the way to hold back a producer that does not await its results. Several
   * producers are let in one by one. Rejects when the stage takes no more events (`NODE_CLOSED`, `NODE_FAILED`, `HANDLER_INVALID`).
   */
  abstract ready(): Promise<void>;

  /** Fulfilled when nothing waits and nothing is handled. It never rejects: each failure belongs to the promise of its push. */
  abstract drain(): Promise<void>;

  /**
   * Takes no more events, handles those it has, closes the handlers and ends the threads. Calling it again is fine, also with
   * `discard` or a `timeoutMs` after a patient one. Rejects with `HANDLER_ERROR` or `TIMEOUT` when a handler's own `close()` fails;
   * everything is closed then, too.
   */
  abstract close(options?: CloseOptions): Promise<void>;

  /**
   * Handles an event.
   *
   * @returns the result, or a rejection with a `PipelineError`. The promise is the caller's: whoever does not await it must catch it.
   */
  push(event: I, options: PushOptions = {}): Promise<O> {
    return new Promise<O>((resolve, reject) => {
      const settle = (value: O): undefined => void resolve(value);
      this.offer({ event, key: options.key, signal: options.signal, resolve: settle, reject }, false);
    });
  }

  /**
   * Connects: results of this stage are events of the next. A result `undefined` drops the event: the stages behind
   * do not see it, and its push is fulfilled with `undefined`.
   */
  to<P>(next: Stage<Passed<O>, P>): Pipeline<I, P | Dropped<O>> {
    return new Pipeline<I, P | Dropped<O>>([this, next]);
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Stages one after another; made by `pipeline` or `to`. */
export class Pipeline<I, O> extends Stage<I, O> {
  readonly nodes: readonly PipelineNode<never, unknown>[];
  readonly #stages: readonly Stage<unknown, unknown>[];

  /**
   * The types of the stages are not checked here: use `pipeline` or `to`.
   *
   * @throws PipelineError `OPTION_INVALID`: no stage, or a node that is there twice (it would wait for room that it holds itself)
   */
  constructor(stages: readonly Stage<never, unknown>[]) {
    super();
    this.nodes = nodesOf('pipeline', stages);
    this.#stages = stages as readonly Stage<unknown, unknown>[];
  }

  get admits(): boolean {
    return this.#stages[0]!.admits;
  }

  offer(entry: Entry<I, O>, canWait: boolean): Promise<void> | undefined {
    return this.#offerTo(0, entry as Entry<unknown, unknown>, canWait);
  }

  #offerTo(index: number, entry: Entry<unknown, unknown>, canWait: boolean): Promise<void> | undefined {
    const stage = this.#stages[index]!;
    if (index === this.#stages.length - 1) return stage.offer(entry, canWait);
    const resolve = (value: unknown): Promise<void> | undefined =>
      value === undefined ? entry.resolve(value) : this.#offerTo(index + 1, { ...entry, event: value }, true);
    return stage.offer({ ...entry, resolve }, canWait);
  }

  async start(): Promise<void> {
    await Promise.all(this.#stages.map((stage) => stage.start()));
  }

  ready(): Promise<void> {
    return this.#stages[0]!.ready();
  }

  async drain(): Promise<void> {
    for (const stage of this.#stages) await stage.drain();
  }

  /** Closes the stages in their order, so that what is on its way arrives. */
  close(options: CloseOptions = {}): Promise<void> {
    const deadlineMs = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
    return closeAll(this.#stages, (stage) =>
      stage.close({ ...options, timeoutMs: Math.max(0, Math.ceil(deadlineMs - performance.now())) }),
    );
  }

  /** One row for each node, in the order in which events pass them. */
  metrics(): NodeMetrics[] {
    return this.nodes.map((node) => node.metrics());
  }
}

/** Closes one after another, also when one fails; the first failure is thrown at the end. */
async function closeAll<S>(stages: readonly S[], close: (stage: S) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const stage of stages) await close(stage).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** @throws PipelineError `OPTION_INVALID` */
export function nodesOf(name: string, stages: readonly Stage<never, unknown>[]): PipelineNode<never, unknown>[] {
  if (!Array.isArray(stages) || stages.length === 0) {
    throw new PipelineError('OPTION_INVALID', name, 'there must be a list of at least one stage');
  }
  for (const stage of stages as readonly unknown[]) {
    if (stage instanceof Stage) continue;
    const rule = 'each stage must be a PipelineNode or a pipeline';
    throw new PipelineError('OPTION_INVALID', name, `${rule}, got ${describeThrown(stage)}`);
  }
  const nodes = stages.flatMap((stage) => stage.nodes);
  const twice = nodes.find((node, i) => nodes.indexOf(node) !== i);
  if (twice === undefined) return nodes;
  throw new PipelineError('OPTION_INVALID', name, `a node must be in a pipeline once, ${twice.name} is there twice`);
}
