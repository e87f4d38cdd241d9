/** When events that wait are handed over: at once, or gathered for an interval. */
export class Gathering {
  readonly #intervalMs: number;
  /** So many events make a call before their time. */
  readonly #enough: number;
  readonly #onDue: () => void;
  /** Events that need not wait any more. */
  #due = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, enough: number, onDue: () => void) {
    this.#intervalMs = intervalMs;
    this.#enough = enough;
    this.#onDue = onDue;
  }

  isDue(queued: number): boolean {
    return this.#intervalMs === 0 || this.#due > 0 || queued >= this.#enough;
  }

  /** Events went into a call. */
  took(count: number): void {
    this.#due = Math.max(0, this.#due - count);
  }

  /** Events came back from a call: they have waited already. */
  restored(count: number): void {
    this.#due += count;
  }

  /** Counts the time of what waits now, if it is not counted yet. */
  watch(queue: { readonly count: number }): void {
    if (this.#intervalMs === 0 || this.#timer !== undefined || queue.count <= this.#due) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#due = queue.count;
      this.#onDue();
    }, this.#intervalMs);
  }

  /** Nothing waits. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = 0;
  }
}
