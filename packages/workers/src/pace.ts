import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import type { LoopStatus } from '@ergodic/core';
import type { SharedProgress } from './progress.ts';

/** The thread lets messages in this often, ms; also within an episode. */
const TURN_MS = 50;
/** A slice of work takes about this long, ms: the grain of heartbeats and of cancelation. */
const SLICE_MS = 10;
/** Rows of a slice at most: a strategy that grows slow within a slice shall not look stalled. */
const LONGEST_SLICE = 8_192;
const MIB = 1_048_576;

/** How a worker moves through its task: it beats, lets messages in, stands still while the run is paused, hears of cancelation. */
export class Pace {
  /** What the worker tells of itself. */
  readonly status = { slot: 0, episode: -1, isPaused: false, episodes: 0, steps: 0, events: 0 };
  private readonly progress: SharedProgress;
  private sliceRows = 64;
  private turnedAt = performance.now();
  private beatAt = performance.now();

  constructor(progress: SharedProgress) {
    this.progress = progress;
  }

  get isCanceled(): boolean {
    return this.progress.isCanceled;
  }

  start(slot: number): void {
    this.status.slot = slot;
    this.progress.start(slot);
  }

  /** The episode that is to blame for what happens from now on; -1 for none. */
  enter(episode: number): void {
    this.status.episode = episode;
    this.progress.enter(this.status.slot, episode);
  }

  beat(): void {
    this.progress.beat(this.status.slot);
  }

  /** Runs the begun episode in slices; false when the run was canceled meanwhile. */
  async advanceToEnd(simulation: { advance(budget: number): LoopStatus }): Promise<boolean> {
    for (;;) {
      const startedAt = performance.now();
      const status = simulation.advance(this.sliceRows);
      if (status === 'ended') return true;
      const now = performance.now();
      this.beat();
      if (now - startedAt < SLICE_MS) this.sliceRows = Math.min(this.sliceRows * 2, LONGEST_SLICE);
      else if (now - startedAt > 2 * SLICE_MS && this.sliceRows > 1) this.sliceRows >>= 1;
      if (this.isCanceled) return false;
      await this.turnIfDue(now);
    }
  }

  /** To be called after each small piece of work; false when the run was canceled meanwhile. */
  async breathe(): Promise<boolean> {
    const now = performance.now();
    if (now - this.beatAt < SLICE_MS) return true;
    this.beatAt = now;
    this.beat();
    if (this.isCanceled) return false;
    await this.turnIfDue(now);
    return true;
  }

  /** Lets messages in every TURN_MS; stays while the run is paused. */
  async turnIfDue(now: number = performance.now()): Promise<void> {
    const { status, progress } = this;
    if (now - this.turnedAt < TURN_MS && !status.isPaused) return;
    const heap = getHeapStatistics();
    progress.report(status.slot, Math.round((heap.used_heap_size + heap.external_memory) / MIB));
    await nextTurn();
    while (status.isPaused && !this.isCanceled) {
      await delay(20);
      this.beat();
    }
    this.turnedAt = performance.now();
  }

  /**
   * Does work in native code, which a thread that is ended meanwhile would take the whole process along with. False where the
   * run was canceled, and the work not done.
   */
  async shielded(work: () => Promise<void>): Promise<boolean> {
    const { slot } = this.status;
    if (!this.progress.enterNative(slot)) {
      if (this.isCanceled) return false;
      // Another thread is about to end this one.
      await new Promise(() => {});
    }
    try {
      await work();
    } finally {
      this.progress.leaveNative(slot);
    }
    return true;
  }
}
