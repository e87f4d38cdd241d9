import { Worker } from 'node:worker_threads';
import {
  describeFailure,
  describeThrown,
  PipelineError,
  type PipelineErrorCode,
  restoreThrown,
  type ThrownRecord,
} from './errors.ts';
import { MAX_TIMER_MS, type NodeSettings } from './options.ts';
import type { FromThread, ThreadOutcome, ThreadStart, ToThread } from './protocol.ts';
import { type HandlerCall, type Outcome, type Runner, type RunnerHost, sameOutcome } from './runner.ts';

/** A thread that is inside native code ends only when it comes back: after this long its place is filled without it. */
const EXIT_MS = 10_000;
/** A restarted thread that cannot load its handler so often in a row will not the next time either. */
const MAX_FAILED_STARTS = 3;
const FAILED_START_DELAY_MS = 100;
/** So many threads in a row that die before they have answered any call are a storm, whatever the time it takes. */
const MAX_FRUITLESS = 30;
/** Threads inherit the options of their process. This one, of `node --input-type=module --eval`, forbids them to load a file. */
const EVAL_OPTION = /^--input-type\b/;

/** One thread from its start to its end. */
interface Life {
  readonly worker: Worker;
  isReady: boolean;
  hasAnswered: boolean;
  /** The node knows that its calls are lost. */
  isReported: boolean;
  /** Why it is about to end; the first reason stays. */
  why: { readonly text: string; readonly cause?: unknown } | undefined;
  /** What Node says about its end: less than the thread itself, whose message may come later. */
  thrown: Life['why'];
  /** Counts the time for its start, then for its end. */
  timer: NodeJS.Timeout | undefined;
  onClosed: ((thrown: ThrownRecord | undefined) => void) | undefined;
  readonly onEnd: (() => void)[];
}

/**
 * Calls a handler on a thread of its own, and starts the thread again when it dies. It waits until a dead thread has really ended, so that the
 * next one can have what the last one had open.
 */
export class ThreadRunner implements Runner {
  readonly isMortal = true;
  restarts = 0;
  readonly #settings: NodeSettings;
  readonly #start: ThreadStart;
  readonly #heapMb: number | undefined;
  readonly #host: RunnerHost;
  #life: Life | undefined;
  #isBusy = false;
  #isEnded = false;
  #hasStarted = false;
  #failedStarts = 0;
  #fruitless = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  /** `performance.now()` of the restarts within the window. */
  #restartTimes: number[] = [];
  #started: Promise<void> | undefined;
  #settleStart: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(settings: NodeSettings, start: ThreadStart, heapMb: number | undefined, host: RunnerHost) {
    this.#settings = settings;
    this.#start = start;
    this.#heapMb = heapMb;
    this.#host = host;
  }

  get isReady(): boolean {
    const life = this.#life;
    return life?.isReady === true && life.why === undefined && life.thrown === undefined;
  }

  start(): Promise<void> {
    if (this.#started === undefined) {
      this.#started = new Promise((resolve, reject) => {
        this.#settleStart = { resolve, reject };
      });
      // Whoever calls start() has its rejection; the pushes that started the thread have their own.
      this.#started.catch(() => undefined);
      this.#spawn();
    }
    return this.#started;
  }

  run(call: HandlerCall): readonly Outcome[] | undefined {
    const { id, events, attempt, key } = call;
    try {
      this.#send({ kind: 'call', id, events, attempt, key });
      return undefined;
    } catch (thrown) {
      return events.length === 1 ? [this.#unsendable(thrown)] : events.map((event) => this.#sendable(event));
    }
  }

  #sendable(event: unknown): Outcome {
    try {
      structuredClone(event);
      return { kind: 'again' };
    } catch (thrown) {
      return this.#unsendable(thrown);
    }
  }

  #unsendable(thrown: unknown): Outcome {
    const rule = 'an event must be something that threads can send each other';
    return {
      kind: 'error',
      error: this.#error('EVENT_INVALID', `${rule}: ${describeThrown(thrown)}`, thrown),
      canRetry: false,
    };
  }

  abort(id: number): void {
    if (this.isReady) this.#send({ kind: 'abort', id });
  }

  /** A thread in an endless loop reads no messages: only its end ends the call. */
  giveUp(_id: number, why: string): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#end(life, why);
    life.isReported = true;
    this.#host.died(this.#error('NODE_DIED', `the thread was terminated: ${why}`));
  }

  setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy;
    const life = this.#life;
    if (life === undefined || !life.isReady) return;
    if (isBusy || life.onClosed !== undefined) life.worker.ref();
    else life.worker.unref();
  }

  async close(): Promise<void> {
    const life = this.#life;
    // Without a handler there is nothing to close.
    if (life === undefined || !this.isReady) return this.kill();
    this.#isEnded = true;
    const { timeoutMs } = this.#settings;
    const closed = new Promise<ThrownRecord | undefined>((resolve, reject) => {
      const fail = (code: PipelineErrorCode, text: string): void =>
        reject(this.#error(code, `the handler's close() ${text}`));
      life.onClosed = resolve;
      life.onEnd.push(() => fail('NODE_DIED', `did not finish: ${life.why?.text ?? 'the thread ended'}`));
      if (timeoutMs <= MAX_TIMER_MS) {
        life.timer = setTimeout(() => fail('TIMEOUT', `must finish within ${timeoutMs} ms`), timeoutMs);
      }
    });
    life.worker.ref();
    this.#send({ kind: 'close' });
    try {
      const thrown = await closed;
      if (thrown !== undefined) {
        const cause = restoreThrown(thrown);
        throw this.#error('HANDLER_ERROR', describeFailure("the handler's close()", cause), cause);
      }
    } finally {
      await this.kill();
    }
  }

  async kill(): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#restartTimer);
    this.#settleStart?.reject(this.#error('NODE_CLOSED', 'it was closed before its handler was loaded'));
    const life = this.#life;
    if (life === undefined) return;
    await new Promise<void>((resolve) => {
      life.onEnd.push(resolve);
      this.#end(life, 'the node was closed');
    });
  }

  #spawn(): void {
    const { name, startTimeoutMs } = this.#settings;
    try {
      const resourceLimits = this.#heapMb === undefined ? {} : { maxOldGenerationSizeMb: this.#heapMb };
      const worker = new Worker(new URL('./thread.js', import.meta.url), {
        workerData: this.#start,
        resourceLimits,
        name,
        ...(process.execArgv.some((option) => EVAL_OPTION.test(option)) ? { execArgv: [] } : {}),
      });
      const life: Life = {
        worker,
        isReady: false,
        hasAnswered: false,
        isReported: false,
        why: undefined,
        thrown: undefined,
        timer: undefined,
        onClosed: undefined,
        onEnd: [],
      };
      this.#life = life;
      if (startTimeoutMs <= MAX_TIMER_MS) {
        const why = `the handler must be loaded within ${startTimeoutMs} ms (startTimeoutMs), it is not`;
        // What arrived while this thread was busy is read before.
        life.timer = setTimeout(
          () => setImmediate(() => (life.isReady ? undefined : this.#end(life, why))),
          startTimeoutMs,
        );
      }
      worker.on('message', (message: FromThread) => this.#read(life, message));
      worker.on('messageerror', (thrown) => this.giveUp(0, `its answer cannot be read: ${describeThrown(thrown)}`));
      worker.on('error', (thrown) => {
        life.thrown = { text: describeThrown(thrown), cause: thrown };
      });
      worker.on('exit', (code) => {
        life.why ??= life.thrown ?? {
          text: `its code ended it, with exit code ${code} (process.exit, or a top-level await without end)`,
        };
        this.#ended(life);
      });
    } catch (thrown) {
      // What cannot be cloned is refused before there is a thread.
      this.#fail(this.#error('HANDLER_INVALID', `the thread cannot be started: ${describeThrown(thrown)}`, thrown));
    }
  }

  #read(life: Life, message: FromThread): void {
    if (life !== this.#life) return;
    switch (message.kind) {
      case 'ready':
        if (life.why !== undefined) return;
        clearTimeout(life.timer);
        life.isReady = true;
        this.#failedStarts = 0;
        this.#settleStart?.resolve();
        this.setBusy(this.#isBusy);
        this.#host.ready(this.#hasStarted);
        this.#hasStarted = true;
        return;
      case 'unloadable': {
        const cause = restoreThrown(message.thrown);
        this.#end(life, describeThrown(cause), cause);
        return;
      }
      case 'results':
        life.hasAnswered = true;
        this.#host.finished(
          message.id,
          message.values.map((value) => ({ kind: 'result', value })),
        );
        return;
      case 'outcomes':
        life.hasAnswered = true;
        this.#host.finished(message.id, this.#outcomes(message.outcomes));
        return;
      case 'late': {
        const cause = restoreThrown(message.thrown);
        const what = message.isRejection
          ? 'a promise that nothing awaits was rejected'
          : 'an error was thrown outside of any call';
        // Also when the handler's module catches such errors itself: what is left of its state is not known.
        this.#end(life, `${what}, ${message.origin}: ${describeThrown(cause)}`, cause);
        return;
      }
      case 'closed':
        life.onClosed?.(message.thrown);
        return;
    }
  }

  #outcomes(outcomes: readonly ThreadOutcome[]): Outcome[] {
    const first = outcomes[0]!;
    if (first.kind === 'thrown') {
      const cause = restoreThrown(first.thrown);
      const error = this.#error('HANDLER_ERROR', describeFailure('the handler', cause), cause);
      return sameOutcome(outcomes.length, error);
    }
    return outcomes.map((outcome) => {
      if (outcome.kind === 'result') return outcome;
      const text = outcome.kind === 'invalid' ? outcome.rule : outcome.thrown.message;
      return { kind: 'error', error: this.#error('RESULT_INVALID', text), canRetry: true };
    });
  }

  /** Terminates a thread; `#ended` follows. */
  #end(life: Life, text: string, cause?: unknown): void {
    if (life !== this.#life) return;
    life.why ??= { text, cause };
    clearTimeout(life.timer);
    life.worker.ref();
    life.timer = setTimeout(() => {
      life.worker.unref();
      this.#ended(life);
    }, EXIT_MS);
    void life.worker.terminate();
  }

  #ended(life: Life): void {
    if (life !== this.#life) return;
    clearTimeout(life.timer);
    this.#life = undefined;
    for (const tell of life.onEnd) tell();
    if (this.#isEnded) return;
    const { text, cause } = life.why!;
    this.#fruitless = life.hasAnswered ? 0 : this.#fruitless + 1;
    if (life.isReady) {
      if (!life.isReported) this.#host.died(this.#error('NODE_DIED', `the thread died: ${text}`, cause));
      this.#restart(text, cause);
    } else this.#failedToStart(text, cause);
  }

  #failedToStart(text: string, cause: unknown): void {
    const error = this.#error(
      'HANDLER_INVALID',
      `the handler cannot be loaded from ${this.#start.url}: ${text}`,
      cause,
    );
    this.#failedStarts++;
    if (!this.#hasStarted || this.#failedStarts === MAX_FAILED_STARTS) this.#fail(error);
    else this.#restartTimer = setTimeout(() => this.#restart(text, cause), FAILED_START_DELAY_MS * this.#failedStarts);
  }

  #restart(text: string, cause: unknown): void {
    if (this.#isEnded || !this.#host.isWanted) return;
    const now = performance.now();
    const rule = this.#brokenLimit(now);
    if (rule !== undefined) {
      this.#fail(this.#error('NODE_FAILED', `${rule}, and died once more: ${text}`, cause));
      return;
    }
    this.#restartTimes.push(now);
    this.restarts++;
    this.#spawn();
  }

  /** The rule that forbids another restart. */
  #brokenLimit(now: number): string | undefined {
    const { restartLimit, restartWindowMs } = this.#settings;
    this.#restartTimes = this.#restartTimes.filter((time) => now - time < restartWindowMs);
    if (this.#restartTimes.length >= restartLimit) {
      return `its thread may be restarted ${restartLimit} times in ${restartWindowMs} ms (restarts)`;
    }
    if (this.#fruitless <= MAX_FRUITLESS) return undefined;
    return `its thread may be restarted ${MAX_FRUITLESS} times without answering any event`;
  }

  #fail(error: PipelineError): void {
    this.#isEnded = true;
    this.#settleStart?.reject(error);
    this.#host.failed(error);
  }

  #send(message: ToThread): void {
    this.#life!.worker.postMessage(message);
  }

  #error(code: PipelineErrorCode, message: string, cause?: unknown): PipelineError {
    return new PipelineError(code, this.#settings.name, message, cause === undefined ? {} : { cause });
  }
}
