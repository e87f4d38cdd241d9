import { Aborts } from './aborts.ts';
import { Calls } from './calls.ts';
import { describeThrown, PipelineError } from './errors.ts';
import { Gathering } from './gathering.ts';
import { normalizeHandler } from './handler.ts';
import { Lanes } from './lanes.ts';
import { Ledger } from './ledger.ts';
import { LinkedList } from './list.ts';
import type { NodeMetrics, NodeState } from './metrics.ts';
import {
  type BatchNodeOptions,
  checkOptions,
  MAX_TIMER_MS,
  moduleUrl,
  type NodeEvent,
  type NodeOptions,
  type NodeSettings,
} from './options.ts';
import { CallerRunner, type Runner, type RunnerHost } from './runner.ts';
import { type CloseOptions, type Entry, Stage } from './stage.ts';
import { createTask, type Task } from './task.ts';
import { ThreadRunner } from './thread-runner.ts';

/** Calls started in one turn of the event loop, so that a long queue of quick events lets timers and sockets have theirs. */
const CALLS_PER_TURN = 64;

/**
 * A background processor: events go into a bounded queue, a handler takes them one by one or in batches, on the caller's thread or
 * on a thread of its own that is supervised. `push` returns a promise of the result.
 *
 * An event is accepted when it comes into the queue, and then is settled once, with a result or a `PipelineError`. What is handled when a thread
 * dies is rejected with `NODE_DIED`, or tried again (`retries`); what waits in the queue stays and is handled after the restart.
 *
 * p-queue has no bound, no order within a key, no batches and no threads; so the queue is our own.
 */
export class PipelineNode<I, O> extends Stage<I, O> {
  readonly name: string;
  readonly #settings: NodeSettings;
  readonly #onEvent: ((event: NodeEvent) => void) | undefined;
  readonly #runner: Runner;
  readonly #lanes: Lanes;
  /** Pushes that wait for room. */
  readonly #waiting = new LinkedList<Task>();
  #waitingCount = 0;
  readonly #calls: Calls;
  readonly #gathering: Gathering;
  readonly #aborts = new Aborts((task) => this.#abort(task));
  readonly #ledger = new Ledger((task) => this.#aborts.forget(task));
  #state: NodeState = 'idle';
  #failure: PipelineError | undefined;
  #isDiscarding = false;
  #isScheduled = false;
  #drains: (() => void)[] = [];
  #readies: { resolve: () => void; reject: (error: Error) => void }[] = [];
  /** Room that `ready()` has promised and no push has taken yet. */
  #promised = 0;
  #closing: Promise<void> | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #onDeadline: { resolve: () => void; reject: (error: Error) => void } | undefined;

  /** @throws PipelineError `OPTION_INVALID` */
  constructor(options: BatchNodeOptions<I, O>);
  constructor(options: NodeOptions<I, O>);
  constructor(options: NodeOptions<I, O>) {
    super();
    this.#settings = checkOptions(options);
    this.name = this.#settings.name;
    this.#onEvent = options.onEvent;
    const { concurrency, capacity, batch = capacity, intervalMs } = this.#settings;
    this.#lanes = new Lanes(concurrency);
    this.#gathering = new Gathering(intervalMs, Math.min(batch, capacity), () => this.#pump());
    this.#runner = this.#createRunner(options);
    this.#calls = new Calls(this.#settings, this.#runner, this.#ledger, (tasks, again) => this.#released(tasks, again));
  }

  get nodes(): readonly PipelineNode<never, unknown>[] {
    return [this as unknown as PipelineNode<never, unknown>];
  }

  get admits(): boolean {
    const isOpen = this.#state === 'idle' || this.#state === 'running';
    return isOpen && (this.#settings.onFull === 'wait' || this.#hasRoom);
  }

  get #hasRoom(): boolean {
    return this.#lanes.count < this.#settings.capacity;
  }

  get #isIdle(): boolean {
    return this.#lanes.count === 0 && this.#waiting.first === undefined && this.#calls.count === 0;
  }

  start(): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#state = 'running';
    return this.#runner.start();
  }

  offer(entry: Entry<I, O>, canWait: boolean): Promise<void> | undefined {
    // It may fail at once, and then refuses; its promise belongs to nobody.
    if (this.#state === 'idle') void this.start().catch(() => undefined);
    const refusal = this.#refusal() ?? this.#abortion(entry.signal);
    if (refusal !== undefined) return this.#refuse(entry, refusal);
    const { capacity, onFull } = this.#settings;
    if (!this.#hasRoom && !canWait && onFull === 'reject') {
      const rule = `the queue must have room, ${capacity} events wait (capacity)`;
      return this.#refuse(
        entry,
        new PipelineError('QUEUE_FULL', this.name, `${rule}; await ready(), or set onFull: 'wait'`),
      );
    }
    const task = createTask(entry as Entry<unknown, unknown>);
    this.#aborts.watch(task);
    if (this.#hasRoom) {
      this.#accept(task);
      return undefined;
    }
    task.state = 'waiting';
    this.#waiting.push(task);
    this.#waitingCount++;
    return new Promise((resolve) => {
      task.onTaken = resolve;
    });
  }

  ready(): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#readies.push({ resolve, reject });
      this.#letIn();
    });
  }

  drain(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drains.push(resolve);
      this.#schedule();
    });
  }

  close(options: CloseOptions = {}): Promise<void> {
    const { discard = false, timeoutMs = Number.POSITIVE_INFINITY } = options;
    if (!(timeoutMs >= 0)) {
      const rule = 'timeoutMs of close() must be milliseconds of at least 0';
      return Promise.reject(
        new PipelineError('OPTION_INVALID', this.name, `${rule}, got ${describeThrown(timeoutMs)}`),
      );
    }
    const closing = (this.#closing ??= this.#shutDown());
    if (discard) this.#discard();
    if (timeoutMs <= MAX_TIMER_MS && this.#state !== 'closed') {
      clearTimeout(this.#deadline);
      this.#deadline = setTimeout(() => this.#giveUpAll(timeoutMs), timeoutMs);
    }
    return closing;
  }

  /** What is true now; a plain object. */
  metrics(): NodeMetrics {
    return {
      name: this.name,
      state: this.#state,
      isReady: (this.#state === 'running' || this.#state === 'closing') && this.#runner.isReady,
      queued: this.#lanes.count,
      waiting: this.#waitingCount,
      inFlight: this.#calls.inFlight,
      blocked: this.#calls.blocked,
      restarts: this.#runner.restarts,
      ...this.#ledger.figures(),
    };
  }

  // Into the queue.

  #refusal(): PipelineError | undefined {
    if (this.#state === 'closing' || this.#state === 'closed') {
      return new PipelineError('NODE_CLOSED', this.name, 'the node takes no more events, close() was called');
    }
    return this.#failure;
  }

  #abortion(signal: AbortSignal | undefined): PipelineError | undefined {
    if (signal?.aborted !== true) return undefined;
    const cause: unknown = signal.reason;
    return new PipelineError('ABORTED', this.name, `the event was aborted: ${describeThrown(cause)}`, { cause });
  }

  #refuse(entry: Entry<I, O>, error: PipelineError): undefined {
    this.#ledger.refuse(entry, error);
  }

  #abort(task: Task): void {
    const { state } = task;
    if (state === 'waiting') this.#withdraw(task);
    else if (state === 'queued') this.#lanes.remove(task);
    this.#ledger.reject(task, this.#abortion(task.entry.signal)!);
    if (state === 'handled') this.#calls.abandon(task);
    this.#letIn();
    this.#checkIdle();
  }

  #withdraw(task: Task): void {
    this.#waiting.remove(task);
    this.#waitingCount--;
    task.onTaken!();
  }

  #accept(task: Task): void {
    task.state = 'queued';
    this.#lanes.add(task);
    this.#ledger.accept(this.#lanes.count);
    this.#promised = Math.max(0, this.#promised - 1);
    this.#runner.setBusy(true);
    this.#schedule();
  }

  #letIn(): void {
    for (let task = this.#waiting.first; task !== undefined && this.#hasRoom; task = this.#waiting.first) {
      this.#withdraw(task);
      this.#accept(task);
    }
    while (this.#readies.length > 0 && this.#lanes.count + this.#promised < this.#settings.capacity) {
      this.#promiseRoom();
      this.#readies.shift()!.resolve();
    }
  }

  /** What `ready()` answered holds until the turn of the event loop is over: so producers do not all see the same room. */
  #promiseRoom(): void {
    if (this.#promised++ > 0) return;
    setImmediate(() => {
      this.#promised = 0;
      this.#letIn();
    });
  }

  // Out of the queue.

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    this.#isScheduled = false;
    let calls = 0;
    for (; calls < CALLS_PER_TURN && this.#canCall(); calls++) {
      const tasks = this.#lanes.take(this.#settings.batch ?? 1);
      this.#gathering.took(tasks.length);
      this.#letIn();
      this.#calls.start(tasks);
    }
    if (calls === CALLS_PER_TURN) this.#schedule();
    else this.#gathering.watch(this.#lanes);
  }

  #canCall(): boolean {
    const { next, count } = this.#lanes;
    if (next === undefined || !this.#calls.hasRoom) return false;
    return this.#drains.length > 0 || this.#gathering.isDue(count);
  }

  /** A call is through: its place is free, and so are the keys of its events. */
  #released(tasks: readonly Task[], again: Task[]): void {
    const refusal = this.#failure ?? (this.#isDiscarding ? this.#discarded() : undefined);
    if (refusal !== undefined) for (const task of again) this.#ledger.reject(task, refusal);
    else {
      for (const task of again) task.state = 'queued';
      this.#lanes.restore(again);
      this.#gathering.restored(again.length);
    }
    this.#lanes.release(tasks);
    this.#schedule();
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (!this.#isIdle) return;
    this.#gathering.clear();
    this.#runner.setBusy(false);
    for (const resolve of this.#drains.splice(0)) resolve();
  }

  // The end.

  async #shutDown(): Promise<void> {
    this.#state = 'closing';
    for (const { reject } of this.#readies.splice(0)) reject(this.#refusal()!);
    const deadline = new Promise<void>((resolve, reject) => {
      this.#onDeadline = { resolve, reject };
    });
    try {
      await Promise.race([this.drain().then(() => this.#runner.close()), deadline]);
    } finally {
      clearTimeout(this.#deadline);
      this.#state = 'closed';
      this.#tell('closed');
    }
  }

  #discard(): void {
    this.#isDiscarding = true;
    this.#calls.stopRetries();
    this.#rejectWaiting(() => this.#discarded());
  }

  #discarded(): PipelineError {
    return new PipelineError('NODE_CLOSED', this.name, 'the node was closed before the event was handled');
  }

  #giveUpAll(timeoutMs: number): void {
    const { resolve, reject } = this.#onDeadline!;
    if (this.#isIdle) {
      const rule = `the handler's close() must finish within the ${timeoutMs} ms of the node's close()`;
      reject(new PipelineError('TIMEOUT', this.name, rule));
    }
    this.#discard();
    const text = `the node was closed while it handled the event: close() had ${timeoutMs} ms`;
    this.#calls.lose(new PipelineError('NODE_CLOSED', this.name, text), false);
    this.#calls.unblock();
    void this.#runner.kill().then(resolve);
  }

  #rejectWaiting(errorOf: () => PipelineError): void {
    for (let task = this.#waiting.first; task !== undefined; task = this.#waiting.first) {
      this.#withdraw(task);
      this.#ledger.reject(task, errorOf());
    }
    for (const task of this.#lanes.clear()) this.#ledger.reject(task, errorOf());
    this.#checkIdle();
  }

  #createRunner({ thread, handler }: NodeOptions<I, O>): Runner {
    const host = this.#host();
    if (thread === undefined) return new CallerRunner(this.#settings, normalizeHandler(handler)!, host);
    const url = moduleUrl(this.name, thread);
    const { handler: name, create = 'create', data, heapMb } = thread;
    const isBatch = this.#settings.batch !== undefined;
    return new ThreadRunner(this.#settings, { url, handler: name, create, data, isBatch }, heapMb, host);
  }

  #host(): RunnerHost {
    const isWanted = (): boolean => this.#closing === undefined || !this.#isIdle;
    return {
      finished: (id, outcomes) => this.#calls.finish(id, outcomes),
      died: (error) => {
        this.#tell('died', error);
        this.#calls.lose(error, true);
      },
      ready: (isRestart) => {
        this.#tell(isRestart ? 'restarted' : 'started');
        this.#schedule();
      },
      failed: (error) => {
        this.#failure = error;
        if (this.#state === 'running') this.#state = 'failed';
        this.#tell('failed', error);
        for (const { reject } of this.#readies.splice(0)) reject(error);
        this.#rejectWaiting(() => error);
      },
      get isWanted() {
        return isWanted();
      },
    };
  }

  #tell(kind: NodeEvent['kind'], error?: Error): void {
    try {
      this.#onEvent?.({ kind, node: this.name, ...(error === undefined ? {} : { error }) });
    } catch (thrown) {
      process.emitWarning(`${this.name}: onEvent must not throw: ${describeThrown(thrown)}`, 'PipelineWarning');
    }
  }
}
