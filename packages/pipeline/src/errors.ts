import { inspect } from 'node:util';

/**
 * What a rejected promise of this package says, stable:
 *
 * - `QUEUE_FULL`: the queue had no room, and `onFull` is `'reject'`.
 * - `HANDLER_ERROR`: the handler threw or its promise was rejected; `cause` is what it threw.
 * - `HANDLER_INVALID`: there is no handler: its module does not load, or does not export it; `cause` says why.
 * - `RESULT_INVALID`: the handler's answer cannot be sent between threads, or a batch has another number of answers.
 * - `EVENT_INVALID`: the event cannot be sent to the node's thread.
 * - `TIMEOUT`: the handler did not finish within `timeoutMs`.
 * - `NODE_DIED`: the node's thread ended while it handled the event.
 * - `NODE_FAILED`: the node has given up: its thread died too often.
 * - `NODE_CLOSED`: the node is closed, or was closed before the event had its turn.
 * - `ABORTED`: the caller's `signal`; `cause` is its reason.
 * - `OPTION_INVALID`: an option breaks its rule.
 */
export type PipelineErrorCode =
  | 'QUEUE_FULL'
  | 'HANDLER_ERROR'
  | 'HANDLER_INVALID'
  | 'RESULT_INVALID'
  | 'EVENT_INVALID'
  | 'TIMEOUT'
  | 'NODE_DIED'
  | 'NODE_FAILED'
  | 'NODE_CLOSED'
  | 'ABORTED'
  | 'OPTION_INVALID';

/** What this package rejects and throws: nothing else leaves it. */
export class PipelineError extends Error {
  readonly code: PipelineErrorCode;
  /** Name of the node. */
  readonly node: string;

  constructor(code: PipelineErrorCode, node: string, message: string, options?: { cause?: unknown }) {
    super(`${node}: ${message}`, options);
    this.name = 'PipelineError';
    this.code = code;
    this.node = node;
  }
}

/** A thrown value in one line. It never throws, whatever was thrown. */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return thrown.name === 'Thrown' ? thrown.message : `${thrown.name}: ${thrown.message}`;
    const text = inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
    return text.length > 200 ? `${text.slice(0, 197)}...` : text;
  } catch {
    return 'a value that cannot be shown';
  }
}

/** A sentence about what a handler threw. */
export function describeFailure(what: string, thrown: unknown): string {
  const isError = thrown instanceof Error && thrown.name !== 'Thrown';
  return `${what} ${isError ? 'failed:' : 'threw'} ${describeThrown(thrown)}`;
}

/** What was thrown, as a message can carry it: an error keeps name, message, stack, code and cause. */
export interface ThrownRecord {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string | number;
  readonly cause?: ThrownRecord;
}

const MAX_CAUSES = 8;

/** Structured clones of errors lose `code` and class, and fail on what cannot be cloned: so errors travel as text. */
export function recordThrown(thrown: unknown, depth = 0): ThrownRecord {
  try {
    if (!(thrown instanceof Error)) return { name: 'Thrown', message: describeThrown(thrown) };
    const { name, message, stack, code, cause } = thrown as Error & { code?: unknown };
    return {
      name: String(name),
      message: String(message),
      ...(typeof stack === 'string' ? { stack } : {}),
      ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
      ...(cause !== undefined && depth < MAX_CAUSES ? { cause: recordThrown(cause, depth + 1) } : {}),
    };
  } catch {
    return { name: 'Thrown', message: 'a value that cannot be shown' };
  }
}

/** An error again. What was no error comes back as one whose name is `Thrown` and whose message shows it. */
export function restoreThrown(record: ThrownRecord): Error {
  const cause = record.cause === undefined ? {} : { cause: restoreThrown(record.cause) };
  const error: Error & { code?: string | number } = new Error(record.message, cause);
  if (record.name !== 'Error') error.name = record.name;
  if (record.stack !== undefined) error.stack = record.stack;
  if (record.code !== undefined) error.code = record.code;
  return error;
}
