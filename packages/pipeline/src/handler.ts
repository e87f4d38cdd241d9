/** What a handler is told beside its events. */
export interface HandlerContext {
  /** Aborted when nobody wants a result any more: the pushes were aborted, the call took too long, the time of `close()` is up. */
  readonly signal: AbortSignal;
  /** 1, or more when the event is tried again (`retries`): what the call before had done may be done already. */
  readonly attempt: number;
}

/** Handles one event. */
export type EventHandler<I, O> = (event: I, context: HandlerContext) => O | PromiseLike<O>;

/** Handles up to `batch` events; answers with one result for each, in their order, or with nothing where results may be undefined. */
export type BatchHandler<I, O> = (
  events: readonly I[],
  context: HandlerContext,
) => readonly O[] | PromiseLike<readonly O[]> | ([undefined] extends [O] ? void | PromiseLike<void> : never);

/** A handler that has something to close, e.g. a database. */
export interface ClosableHandler<H> {
  readonly handle: H;
  /** Called once, when the node closes and its events are through. */
  readonly close?: () => unknown;
}

export type AnyHandler = (events: never, context: HandlerContext) => unknown;

/** A handler in either form, or undefined where it is none. */
export function normalizeHandler(value: unknown): ClosableHandler<AnyHandler> | undefined {
  if (typeof value === 'function') return { handle: value as AnyHandler };
  if (typeof value !== 'object' || value === null) return undefined;
  const { handle, close } = value as { handle?: unknown; close?: unknown };
  if (typeof handle !== 'function') return undefined;
  if (close !== undefined && typeof close !== 'function') return undefined;
  // Called on their object: handlers may be methods.
  return {
    handle: (events, context) => handle.call(value, events, context),
    ...(close === undefined ? {} : { close: () => close.call(value) as unknown }),
  };
}

/**
 * A context whose signal is made when a handler asks for it: most do not.
 */
export class CallContext implements HandlerContext {
  readonly attempt: number;
  #controller: AbortController | undefined;
  #isAborted = false;

  constructor(attempt: number) {
    this.attempt = attempt;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }
}

/** The answer to a batch as one result for each event; a text says what is wrong with it. */
export function resultsOf(answer: unknown, count: number): readonly unknown[] | string {
  if (answer === undefined) return new Array<unknown>(count).fill(undefined);
  if (!Array.isArray(answer)) return `a batch handler must return an array with a result for each event, or nothing`;
  if (answer.length === count) return answer as unknown[];
  return `a batch handler must return a result for each of its ${count} events, got ${answer.length}`;
}
