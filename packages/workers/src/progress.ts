const WORDS = 6;

/**
 * Memory shared between the coordinator and the workers. A slot belongs to a task from dispatch to result.
 *
 *     word 0          1 while the run is being canceled
 *     per slot        [0] heartbeat: grows with every slice of work    [1] episode being run, -1 outside
 *                     [2] 1 while a worker has the task                [3] MiB of memory that the worker last reported
 *                     [4] 1 while the worker is in native code         [5] 1 when its thread is about to be ended
 *
 * A thread that is ended inside onnxruntime aborts the process. Who ends one sets [5] and waits for [4]; the worker sets [4] and
 * looks at [5]: one of the two sees the other.
 */
export class SharedProgress {
  readonly buffer: SharedArrayBuffer;
  private readonly words: Int32Array;

  constructor(slots: number, buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * (1 + WORDS * slots))) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
  }

  get isCanceled(): boolean {
    return Atomics.load(this.words, 0) === 1;
  }

  cancel(): void {
    Atomics.store(this.words, 0, 1);
  }

  reset(slot: number): void {
    Atomics.store(this.words, WORDS * slot + 2, -1);
    Atomics.store(this.words, WORDS * slot + 3, 0);
    Atomics.store(this.words, WORDS * slot + 4, 0);
    Atomics.store(this.words, WORDS * slot + 5, 0);
    Atomics.store(this.words, WORDS * slot + 6, 0);
  }

  start(slot: number): void {
    Atomics.store(this.words, WORDS * slot + 3, 1);
    this.beat(slot);
  }

  beat(slot: number): void {
    Atomics.add(this.words, WORDS * slot + 1, 1);
  }

  enter(slot: number, episode: number): void {
    Atomics.store(this.words, WORDS * slot + 2, episode);
    Atomics.add(this.words, WORDS * slot + 1, 1);
  }

  report(slot: number, memoryMb: number): void {
    Atomics.store(this.words, WORDS * slot + 4, memoryMb);
  }

  /** The worker goes into native code; false where it must not, as the run is canceled or its thread about to end. */
  enterNative(slot: number): boolean {
    Atomics.store(this.words, WORDS * slot + 5, 1);
    if (!this.isCanceled && Atomics.load(this.words, WORDS * slot + 6) === 0) return true;
    this.leaveNative(slot);
    return false;
  }

  leaveNative(slot: number): void {
    Atomics.store(this.words, WORDS * slot + 5, 0);
  }

  /** Keeps the slot's worker out of native code from now on; true where it is not in it. */
  barNative(slot: number): boolean {
    Atomics.store(this.words, WORDS * slot + 6, 1);
    return Atomics.load(this.words, WORDS * slot + 5) === 0;
  }

  heartbeat(slot: number): number {
    return Atomics.load(this.words, WORDS * slot + 1);
  }

  episode(slot: number): number {
    return Atomics.load(this.words, WORDS * slot + 2);
  }

  isStarted(slot: number): boolean {
    return Atomics.load(this.words, WORDS * slot + 3) === 1;
  }

  memoryMb(slot: number): number {
    return Atomics.load(this.words, WORDS * slot + 4);
  }
}
