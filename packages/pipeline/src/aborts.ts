import type { Task } from './task.ts';

interface Watched {
  readonly tasks: Set<Task>;
  readonly listener: () => void;
}

/**
 * The signals of a node's events. Each has one listener, however many events share it: with one for each event, adding them
 * takes time in their square, and Node warns of a leak.
 */
export class Aborts {
  readonly #onAbort: (task: Task) => void;
  readonly #watched = new Map<AbortSignal, Watched>();

  constructor(onAbort: (task: Task) => void) {
    this.#onAbort = onAbort;
  }

  /** `onAbort` is called once when the signal of this event aborts, until `forget`. */
  watch(task: Task): void {
    const { signal } = task.entry;
    if (signal === undefined) return;
    let watched = this.#watched.get(signal);
    if (watched === undefined) {
      const tasks = new Set<Task>();
      const listener = (): void => {
        for (const each of tasks) this.#onAbort(each);
      };
      watched = { tasks, listener };
      this.#watched.set(signal, watched);
      signal.addEventListener('abort', listener);
    }
    watched.tasks.add(task);
  }

  forget(task: Task): void {
    const { signal } = task.entry;
    const watched = signal === undefined ? undefined : this.#watched.get(signal);
    if (watched === undefined) return;
    watched.tasks.delete(task);
    if (watched.tasks.size > 0) return;
    this.#watched.delete(signal!);
    signal!.removeEventListener('abort', watched.listener);
  }
}
