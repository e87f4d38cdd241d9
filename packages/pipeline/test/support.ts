import { PipelineError, type PipelineErrorCode } from '@ergodic/pipeline';
import { expect } from 'vitest';

/** Handlers for threads, which cannot load TypeScript. */
export const FAULTS = new URL('./handlers/faults.mjs', import.meta.url);

/** An event for them: what to do, and what to answer. */
export interface Fault {
  readonly do?: string;
  readonly value?: unknown;
}

/** The rejection of a promise; a test fails where it is fulfilled, or where its error is not ours. */
export async function rejectionOf(promise: Promise<unknown>): Promise<PipelineError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  expect(outcome).toHaveProperty('error');
  const { error } = outcome as { error: unknown };
  expect(error).toBeInstanceOf(PipelineError);
  return error as PipelineError;
}

/** Codes of the rejections, results of the rest. */
export async function outcomesOf(promises: readonly Promise<unknown>[]): Promise<(unknown | PipelineErrorCode)[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as PipelineError).code,
  );
}

/** A handler that holds each of its calls until it is told to go on. */
export class Gate<I> {
  readonly started: I[] = [];
  readonly #held: (() => void)[] = [];
  readonly #watchers: { readonly count: number; readonly resolve: () => void }[] = [];

  readonly handler = async (event: I): Promise<I> => {
    this.started.push(event);
    for (const { count, resolve } of this.#watchers) if (this.started.length >= count) resolve();
    await new Promise<void>((resolve) => this.#held.push(resolve));
    return event;
  };

  /** Fulfilled when so many calls have begun. */
  begun(count: number): Promise<void> {
    if (this.started.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push({ count, resolve }));
  }

  /** Lets the oldest call that is held go on. */
  release(): void {
    this.#held.shift()!();
  }

  releaseAll(): void {
    for (const resolve of this.#held.splice(0)) resolve();
  }
}

/** So many turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
