import { AsyncLocalStorage } from 'node:async_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { recordThrown } from './errors.ts';
import { type AnyHandler, CallContext, type ClosableHandler, normalizeHandler, resultsOf } from './handler.ts';
import type { FromThread, ThreadOutcome, ThreadStart, ToThread } from './protocol.ts';
import type { Key } from './task.ts';

// The thread of a node. It is no piscina worker and has no comlink: piscina resolves a task that throws null and blames the next task for
// a late error; calls over comlink hang for ever when their thread dies.

interface Origin {
  readonly key: Key | undefined;
  readonly count: number;
  isFinished: boolean;
}

const port = parentPort!;
const { url, handler: handlerName, create, data, isBatch } = workerData as ThreadStart;
const send = (message: FromThread): void => port.postMessage(message);
/** Which call the code that runs now belongs to, also in its timers and promises. */
const currentCall = new AsyncLocalStorage<Origin>();
const contexts = new Map<number, CallContext>();

process.on('uncaughtExceptionMonitor', (thrown, origin) => {
  const isRejection = origin === 'unhandledRejection';
  send({ kind: 'late', origin: describeOrigin(currentCall.getStore()), isRejection, thrown: recordThrown(thrown) });
});

function describeOrigin(origin: Origin | undefined): string {
  if (origin === undefined) return 'by code that belongs to no event';
  const { key, count, isFinished } = origin;
  const what = count > 1 ? `a batch of ${count} events` : 'an event';
  const whose = key === undefined ? '' : `${count > 1 ? ', the first' : ''} with the key ${JSON.stringify(key)}`;
  return `by what the handler started for ${what}${whose}${isFinished ? ' that was already answered' : ''}`;
}

async function load(): Promise<ClosableHandler<AnyHandler>> {
  const exports = (await import(url)) as Record<string, unknown>;
  const name = handlerName ?? create;
  const exported = exports[name];
  if (exported === undefined) {
    const names = Object.keys(exports).join(', ') || 'nothing';
    throw new Error(`the module must export ${name}, it exports ${names}`);
  }
  if (handlerName === undefined && typeof exported !== 'function') {
    throw new Error(`${name} must be a function that returns the handler, it is of type ${typeof exported}`);
  }
  const value = handlerName === undefined ? await (exported as (data: unknown) => unknown)(data) : exported;
  const handler = normalizeHandler(value);
  if (handler !== undefined) return handler;
  const what = handlerName === undefined ? `what ${name} returns` : name;
  throw new Error(
    `${what} must be a function or { handle, close }, it is of type ${value === null ? 'null' : typeof value}`,
  );
}

async function callHandler(
  { handle }: ClosableHandler<AnyHandler>,
  message: ToThread & { kind: 'call' },
): Promise<void> {
  const { id, events, attempt, key } = message;
  const origin: Origin = { key, count: events.length, isFinished: false };
  const context = new CallContext(attempt);
  contexts.set(id, context);
  try {
    const argument = isBatch ? events : events[0];
    const answer: unknown = await currentCall.run(origin, handle, argument as never, context);
    const values = isBatch ? resultsOf(answer, events.length) : [answer];
    if (typeof values === 'string') answerAll(message, { kind: 'invalid', rule: values });
    else sendResults(id, values);
  } catch (thrown) {
    answerAll(message, { kind: 'thrown', thrown: recordThrown(thrown) });
  } finally {
    origin.isFinished = true;
    contexts.delete(id);
  }
}

function answerAll({ id, events }: ToThread & { kind: 'call' }, outcome: ThreadOutcome): void {
  send({ kind: 'outcomes', id, outcomes: events.map(() => outcome) });
}

function sendResults(id: number, values: readonly unknown[]): void {
  try {
    send({ kind: 'results', id, values });
  } catch {
    // At least one cannot be cloned: the others are not to blame.
    send({ kind: 'outcomes', id, outcomes: values.map(cloneable) });
  }
}

function cloneable(value: unknown): ThreadOutcome {
  try {
    structuredClone(value);
    return { kind: 'result', value };
  } catch (error) {
    const rule = `a result must be something that threads can send each other, got ${recordThrown(error).message}`;
    return { kind: 'invalid', rule };
  }
}

async function close(handler: ClosableHandler<AnyHandler>): Promise<void> {
  try {
    await handler.close?.();
    send({ kind: 'closed', thrown: undefined });
  } catch (thrown) {
    send({ kind: 'closed', thrown: recordThrown(thrown) });
  }
}

try {
  const handler = await load();
  port.on('message', (message: ToThread) => {
    if (message.kind === 'call') void callHandler(handler, message);
    else if (message.kind === 'abort') contexts.get(message.id)?.abort();
    else void close(handler);
  });
  send({ kind: 'ready' });
} catch (thrown) {
  send({ kind: 'unloadable', thrown: recordThrown(thrown) });
}
