import { PipelineError } from './errors.ts';
import type { Ledger } from './ledger.ts';
import { MAX_TIMER_MS, type NodeSettings } from './options.ts';
import type { Outcome, Runner } from './runner.ts';
import type { Task } from './task.ts';

/** One call of the handler. */
interface Call {
  readonly id: number;
  readonly tasks: readonly Task[];
  readonly startedMs: number;
  timer: NodeJS.Timeout | undefined;
  /** Those that are tried again. */
  readonly again: Task[];
}

/**
 * The calls of a node's handler, from the events that go in to what became of them.
 *
 * A call is *running* until the handler has answered, then *blocked* while the next node has no room for its results. Both count
 * against the concurrency: so a slow node makes the ones before it wait.
 */
export class Calls {
  readonly #settings: NodeSettings;
  readonly #runner: Runner;
  readonly #ledger: Ledger;
  readonly #onReleased: (tasks: readonly Task[], again: Task[]) => void;
  readonly #running = new Map<number, Call>();
  readonly #blocked = new Set<Call>();
  /** The call that runs without company, because it may be the one that kills the thread. Those come first: when it starts, no other runs. */
  #suspect: Call | undefined;
  #nextId = 0;
  #maxAttempts: number;

  /** `onReleased` gets all events of a call that is through, and those of them that must be handled again. */
  constructor(
    settings: NodeSettings,
    runner: Runner,
    ledger: Ledger,
    onReleased: (tasks: readonly Task[], again: Task[]) => void,
  ) {
    this.#settings = settings;
    this.#runner = runner;
    this.#ledger = ledger;
    this.#onReleased = onReleased;
    this.#maxAttempts = settings.retries + 1;
  }

  get count(): number {
    return this.#running.size + this.#blocked.size;
  }

  get blocked(): number {
    return this.#blocked.size;
  }

  /** Events that are being handled. */
  get inFlight(): number {
    let count = 0;
    for (const call of [...this.#running.values(), ...this.#blocked]) {
      for (const { state } of call.tasks) if (state === 'handled') count++;
    }
    return count;
  }

  /** Whether a call may start now. */
  get hasRoom(): boolean {
    return this.#runner.isReady && this.#suspect === undefined && this.count < this.#settings.concurrency;
  }

  start(tasks: readonly Task[]): void {
    const { timeoutMs } = this.#settings;
    const id = this.#nextId++;
    const call: Call = { id, tasks, startedMs: performance.now(), timer: undefined, again: [] };
    const first = tasks[0]!;
    for (const task of tasks) task.state = 'handled';
    if (first.isSuspect) this.#suspect = call;
    this.#running.set(id, call);
    if (timeoutMs <= MAX_TIMER_MS) call.timer = setTimeout(() => this.#checkTimeout(call), timeoutMs);
    const events = tasks.map(({ entry }) => entry.event);
    const outcomes = this.#runner.run({ id, events, attempt: first.attempt, key: first.key });
    if (outcomes !== undefined) this.#finish(call, outcomes);
  }

  /** Answers of calls that are lost already come too late. */
  finish(id: number, outcomes: readonly Outcome[]): void {
    const call = this.#running.get(id);
    if (call !== undefined) this.#finish(call, outcomes);
  }

  /** No running call gets an answer any more. */
  lose(error: PipelineError, canRetry: boolean): void {
    for (const call of [...this.#running.values()]) this.#finishAll(call, error, canRetry);
  }

  /** What fails from now on is not tried again. */
  stopRetries(): void {
    this.#maxAttempts = 1;
  }

  /** Leaves the results that wait for room to the next node. */
  unblock(): void {
    for (const call of [...this.#blocked]) this.#release(call);
  }

  /** Tells the handler when nobody wants any result of the call that this event is in. */
  abandon(task: Task): void {
    for (const { id, tasks } of this.#running.values()) {
      if (tasks.includes(task) && tasks.every(({ state }) => state === 'settled')) this.#runner.abort(id);
    }
  }

  #checkTimeout(call: Call): void {
    // Answers that arrived while this thread was busy are read before the call is given up.
    setImmediate(() => {
      if (this.#running.get(call.id) !== call) return;
      const { name, timeoutMs } = this.#settings;
      const events = call.tasks.length === 1 ? 'an event' : `a batch of ${call.tasks.length} events`;
      const text = `the handler must finish ${events} within ${timeoutMs} ms (timeoutMs), it did not`;
      this.#finishAll(call, new PipelineError('TIMEOUT', name, text), true);
      this.#runner.giveUp(call.id, text);
    });
  }

  #finishAll(call: Call, error: PipelineError, canRetry: boolean): void {
    this.#finish(
      call,
      call.tasks.map(() => ({ kind: 'error', error, canRetry })),
    );
  }

  #finish(call: Call, outcomes: readonly Outcome[]): void {
    this.#running.delete(call.id);
    this.#blocked.add(call);
    clearTimeout(call.timer);
    this.#ledger.handling.add(performance.now() - call.startedMs);
    const handovers: Promise<void>[] = [];
    for (const [i, task] of call.tasks.entries()) {
      if (task.state === 'settled') continue;
      const outcome = outcomes[i]!;
      if (outcome.kind === 'again') call.again.push(task);
      else if (outcome.kind === 'error') this.#fail(call, task, outcome);
      else {
        const handover = this.#ledger.resolve(task, outcome.value);
        if (handover !== undefined) handovers.push(handover);
      }
    }
    if (handovers.length === 0) this.#release(call);
    else void Promise.all(handovers).then(() => this.#release(call));
  }

  #fail(call: Call, task: Task, { error, canRetry }: Outcome & { kind: 'error' }): void {
    if (!canRetry || task.attempt >= this.#maxAttempts) {
      this.#ledger.reject(task, error);
      return;
    }
    task.attempt++;
    task.isAlone = true;
    task.isSuspect = this.#runner.isMortal && (error.code === 'NODE_DIED' || error.code === 'TIMEOUT');
    this.#ledger.retry();
    call.again.push(task);
  }

  #release(call: Call): void {
    if (!this.#blocked.delete(call)) return;
    if (this.#suspect === call) this.#suspect = undefined;
    const again = call.again.filter(({ state }) => state === 'handled');
    this.#onReleased(call.tasks, again);
  }
}
