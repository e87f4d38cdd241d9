import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeThrown, PipelineError } from './errors.ts';
import { type BatchHandler, type ClosableHandler, type EventHandler, normalizeHandler } from './handler.ts';

/** A handler that runs on a thread of its own: JavaScript that the thread can import. */
export interface ThreadHandler {
  /** A `file:` URL, usually `new URL('./store.js', import.meta.url)`, or an absolute path. */
  readonly module: string | URL;
  /** Name of an exported handler. Without it, `create` is called. */
  readonly handler?: string;
  /**
   * Name of an exported function that is called with `data`, once for each start of the thread, and returns the handler or a promise of it:
   * so nodes have state. The handler is a function or `{ handle, close }`. Default `create`.
   */
  readonly create?: string;
  /** For `create`. It is cloned. */
  readonly data?: unknown;
  /** Limit on the thread's heap, MB. Default: Node's own. A thread that exceeds it dies, and is restarted. */
  readonly heapMb?: number;
}

/** How often a thread may be restarted. */
export interface RestartLimit {
  /**
   * Restarts within the window; one more death and the node gives up. 0: the first death ends it. Default 1,000. It also gives up after 30
   * restarts in a row that brought no answer.
   */
  readonly limit?: number;
  /** Milliseconds. Default 60,000. */
  readonly windowMs?: number;
}

interface CommonOptions {
  /** For errors and metrics. Default `node`. */
  readonly name?: string;
  /** How many events may wait. Default 1,024. Those that are handled, and those that are tried again, do not count. */
  readonly capacity?: number;
  /**
   * What a push does when the queue is full: rejects with `QUEUE_FULL`, or waits for room. Pushes that wait are not bounded by the node:
   * their caller awaits them or `ready()`. Between connected nodes events always wait, and the node before stands still. Default `reject`.
   */
  readonly onFull?: 'reject' | 'wait';
  /** Handler calls at a time, on the node's one thread. Default 1. With more, only events with the same key keep their order. */
  readonly concurrency?: number;
  /**
   * Milliseconds for which events are gathered: what waits is handed over that long after the first of it was pushed. A full batch or
   * queue, `drain()` and `close()` do not wait for it. Default 0: at once.
   */
  readonly intervalMs?: number;
  /**
   * Milliseconds that a call of the handler may take. Then its events are rejected with `TIMEOUT`, and a thread is terminated and
   * restarted; on the caller's thread the call is left behind with its `signal` aborted. Default 60,000; `Infinity` waits for ever.
   */
  readonly timeoutMs?: number;
  /**
   * How often an event is tried again after its handler failed, took too long or died with its thread. It is then alone in its call, before
   * everything else. The same event may so be handled twice. Default 0.
   */
  readonly retries?: number;
  readonly restarts?: RestartLimit;
  /** Milliseconds for a thread to load its handler. Default 30,000. */
  readonly startTimeoutMs?: number;
  /** Told when something happens to the node itself. */
  readonly onEvent?: (event: NodeEvent) => void;
}

/** What happens to a node, as opposed to an event. */
export interface NodeEvent {
  readonly kind: 'started' | 'died' | 'restarted' | 'failed' | 'closed';
  readonly node: string;
  /** Why it died or failed. */
  readonly error?: Error;
}

/** A handler of single events on the caller's thread. */
export interface EventNodeOptions<I, O> extends CommonOptions {
  readonly handler: EventHandler<I, O> | ClosableHandler<EventHandler<I, O>>;
  readonly batch?: undefined;
  readonly thread?: undefined;
}

/** A handler of batches on the caller's thread. */
export interface BatchNodeOptions<I, O> extends CommonOptions {
  readonly handler: BatchHandler<I, O> | ClosableHandler<BatchHandler<I, O>>;
  /** The handler gets arrays of at most so many events. */
  readonly batch: number;
  readonly thread?: undefined;
}

/** A handler on a thread of its own. Its types are not known here: give them to the node. */
export interface ThreadNodeOptions extends CommonOptions {
  readonly thread: ThreadHandler;
  /** The handler gets arrays of at most so many events. Default: single events. */
  readonly batch?: number;
  readonly handler?: undefined;
}

export type NodeOptions<I, O> = EventNodeOptions<I, O> | BatchNodeOptions<I, O> | ThreadNodeOptions;

/** Options with their defaults, all checked. */
export interface NodeSettings {
  readonly name: string;
  readonly capacity: number;
  readonly onFull: 'reject' | 'wait';
  readonly concurrency: number;
  /** Undefined: handlers get single events. */
  readonly batch: number | undefined;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly restartLimit: number;
  readonly restartWindowMs: number;
  readonly startTimeoutMs: number;
}

/** Longer ones are 1 ms to Node. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

const NODE_OPTIONS =
  'name handler thread batch capacity onFull concurrency intervalMs timeoutMs retries restarts startTimeoutMs onEvent';
const THREAD_OPTIONS = 'module handler create data heapMb';
const RESTART_OPTIONS = 'limit windowMs';

/** @throws PipelineError `OPTION_INVALID` */
export function checkOptions<I, O>(options: NodeOptions<I, O>): NodeSettings {
  checkKeys('node', '', options, NODE_OPTIONS);
  const { name = 'node', onFull = 'reject', restarts = {}, batch, thread, handler, onEvent } = options;
  if (typeof name !== 'string' || name === '') fail('node', 'name must be a text with at least one character', name);
  checkKeys(name, 'restarts.', restarts, RESTART_OPTIONS);
  if (onFull !== 'reject' && onFull !== 'wait') fail(name, "onFull must be 'reject' or 'wait'", onFull);
  if (onEvent !== undefined && typeof onEvent !== 'function') fail(name, 'onEvent must be a function', onEvent);
  if ((handler === undefined) === (thread === undefined)) {
    const got = handler === undefined ? 'neither' : 'both';
    throw new PipelineError('OPTION_INVALID', name, `there must be either a handler or a thread, got ${got}`);
  }
  if (handler !== undefined && normalizeHandler(handler) === undefined) {
    fail(name, 'handler must be a function or { handle, close }; a module belongs into thread', handler);
  }
  const count = (option: string, value: number, least: number): number =>
    Number.isSafeInteger(value) && value >= least
      ? value
      : fail(name, `${option} must be an integer of at least ${least}`, value);
  const duration = (option: string, value: number): number => {
    if (typeof value === 'number' && value > 0 && (value <= MAX_TIMER_MS || value === Number.POSITIVE_INFINITY))
      return value;
    return fail(name, `${option} must be milliseconds above 0, to ${MAX_TIMER_MS}, or Infinity`, value);
  };
  const { intervalMs = 0 } = options;
  if (!(typeof intervalMs === 'number' && intervalMs >= 0 && intervalMs <= MAX_TIMER_MS)) {
    fail(name, `intervalMs must be milliseconds, 0 to ${MAX_TIMER_MS}`, intervalMs);
  }
  if (thread !== undefined) {
    checkKeys(name, 'thread.', thread, THREAD_OPTIONS);
    if (thread.handler !== undefined && thread.create !== undefined) {
      throw new PipelineError('OPTION_INVALID', name, 'thread must have handler or create, got both');
    }
    if (thread.heapMb !== undefined) count('thread.heapMb', thread.heapMb, 1);
  }
  return {
    name,
    capacity: count('capacity', options.capacity ?? 1_024, 1),
    onFull,
    concurrency: count('concurrency', options.concurrency ?? 1, 1),
    batch: batch === undefined ? undefined : count('batch', batch, 1),
    intervalMs,
    timeoutMs: duration('timeoutMs', options.timeoutMs ?? 60_000),
    retries: count('retries', options.retries ?? 0, 0),
    restartLimit: count('restarts.limit', restarts.limit ?? 1_000, 0),
    restartWindowMs: duration('restarts.windowMs', restarts.windowMs ?? 60_000),
    startTimeoutMs: duration('startTimeoutMs', options.startTimeoutMs ?? 30_000),
  };
}

function fail(name: string, rule: string, value: unknown): never {
  throw new PipelineError('OPTION_INVALID', name, `${rule}, got ${describeThrown(value)}`);
}

function checkKeys(name: string, place: string, value: unknown, known: string): void {
  if (typeof value !== 'object' || value === null) {
    fail(name, `${place === '' ? 'options' : place.slice(0, -1)} must be an object`, value);
  }
  const names = known.split(' ');
  const unknown = Object.keys(value as object).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  throw new PipelineError(
    'OPTION_INVALID',
    name,
    `there is no option ${place}${unknown}; there are ${names.map((key) => place + key).join(', ')}`,
  );
}

/** @throws PipelineError `OPTION_INVALID` */
export function moduleUrl(name: string, { module }: ThreadHandler): string {
  if (module instanceof URL) return module.href;
  if (typeof module === 'string' && /^(file|data):/.test(module)) return module;
  if (typeof module === 'string' && isAbsolute(module)) return pathToFileURL(module).href;
  const rule = "must be a file: URL or an absolute path; new URL('./handler.js', import.meta.url) is one";
  throw new PipelineError('OPTION_INVALID', name, `thread.module ${rule}, got ${describeThrown(module)}`);
}
