import { describeFailure, PipelineError } from './errors.ts';
import { type AnyHandler, CallContext, type ClosableHandler, resultsOf } from './handler.ts';
import type { NodeSettings } from './options.ts';
import type { Key } from './task.ts';

/** Events that are handed to the handler at once. */
export interface HandlerCall {
  readonly id: number;
  readonly events: readonly unknown[];
  readonly attempt: number;
  /** Of its first event. */
  readonly key: Key | undefined;
}

/** What became of one event of a call. `again`: nothing did, it has not been handled. */
export type Outcome =
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: PipelineError; readonly canRetry: boolean }
  | { readonly kind: 'again' };

/** What a runner tells its node. */
export interface RunnerHost {
  /** A call is through; calls that the node does not know any more are ignored. */
  finished(id: number, outcomes: readonly Outcome[]): void;
  /** All calls are lost: the thread died. */
  died(error: PipelineError): void;
  /** The handler can be called: for the first time, or again. */
  ready(isRestart: boolean): void;
  /** There will be no handler any more. */
  failed(error: PipelineError): void;
  /** Whether a thread is needed in place of one that died. */
  readonly isWanted: boolean;
}

/** Where the calls of a node run. */
export interface Runner {
  readonly isReady: boolean;
  /** Whether its calls can die, all together. */
  readonly isMortal: boolean;
  readonly restarts: number;
  /** Fulfilled when the handler can be called. */
  start(): Promise<void>;
  /** Answers where not all events could be handed over: then nothing was. */
  run(call: HandlerCall): readonly Outcome[] | undefined;
  /** Aborts the call's signal. */
  abort(id: number): void;
  /** Ends a call that took too long, if need be with all others: then `died` is told. */
  giveUp(id: number, why: string): void;
  /** Whether there is anything to do: an idle thread does not keep the process alive. */
  setBusy(isBusy: boolean): void;
  /** Closes the handler and ends its thread. No call may be under way. */
  close(): Promise<void>;
  /** Ends everything, now. */
  kill(): Promise<void>;
}

/** Calls a handler on the caller's thread. */
export class CallerRunner implements Runner {
  readonly isReady = true;
  readonly isMortal = false;
  readonly restarts = 0;
  readonly #settings: NodeSettings;
  readonly #handler: ClosableHandler<AnyHandler>;
  readonly #host: RunnerHost;
  readonly #contexts = new Map<number, CallContext>();

  constructor(settings: NodeSettings, handler: ClosableHandler<AnyHandler>, host: RunnerHost) {
    this.#settings = settings;
    this.#handler = handler;
    this.#host = host;
  }

  async start(): Promise<void> {}

  run({ id, events, attempt }: HandlerCall): undefined {
    const isBatch = this.#settings.batch !== undefined;
    const context = new CallContext(attempt);
    this.#contexts.set(id, context);
    const finish = (outcomes: readonly Outcome[]): void => {
      if (this.#contexts.delete(id)) this.#host.finished(id, outcomes);
    };
    const succeed = (answer: unknown): void => {
      const values = isBatch ? resultsOf(answer, events.length) : [answer];
      if (typeof values !== 'string') finish(values.map((value) => ({ kind: 'result', value })));
      else finish(sameOutcome(events.length, new PipelineError('RESULT_INVALID', this.#settings.name, values)));
    };
    const fail = (thrown: unknown): void => {
      const message = describeFailure('the handler', thrown);
      const error = new PipelineError('HANDLER_ERROR', this.#settings.name, message, { cause: thrown });
      finish(sameOutcome(events.length, error));
    };
    try {
      const answer = this.#handler.handle((isBatch ? events : events[0]) as never, context);
      if (isThenable(answer)) Promise.resolve(answer).then(succeed, fail);
      else succeed(answer);
    } catch (thrown) {
      fail(thrown);
    }
  }

  abort(id: number): void {
    this.#contexts.get(id)?.abort();
  }

  giveUp(id: number): void {
    this.abort(id);
    this.#contexts.delete(id);
  }

  setBusy(): void {}

  async close(): Promise<void> {
    const { name, timeoutMs } = this.#settings;
    if (this.#handler.close === undefined) return;
    await closeWithin(name, timeoutMs, async () => this.#handler.close!());
  }

  async kill(): Promise<void> {
    for (const context of this.#contexts.values()) context.abort();
    this.#contexts.clear();
  }
}

/** Every event of the call has this error, and may be tried again. */
export function sameOutcome(count: number, error: PipelineError): Outcome[] {
  return Array.from({ length: count }, () => ({ kind: 'error', error, canRetry: true }));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

async function closeWithin(name: string, timeoutMs: number, close: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const work = close();
    if (timeoutMs === Number.POSITIVE_INFINITY) return void (await work);
    const late = new Promise<never>((_, reject) => {
      const error = new PipelineError('TIMEOUT', name, `the handler's close() must finish within ${timeoutMs} ms`);
      timer = setTimeout(() => reject(error), timeoutMs);
    });
    await Promise.race([work, late]);
  } catch (thrown) {
    if (thrown instanceof PipelineError && thrown.code === 'TIMEOUT' && thrown.node === name) throw thrown;
    const message = describeFailure("the handler's close()", thrown);
    throw new PipelineError('HANDLER_ERROR', name, message, { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}
