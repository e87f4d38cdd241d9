/**
 * Memory shared between the coordinator and the workers. A slot belongs to a task from dispatch to result.
 *
 *     word 0          1 while the run is being canceled
 *     per slot        [0] heartbeat: grows with every slice of work    [1] episode being run, -1 outside
 *                     [2] 1 while a worker has the task                [3] MiB of memory that the worker last reported
 */
export class SharedProgress {
  readonly buffer: SharedArrayBuffer;
  private readonly words: Int32Array;

  constructor(slots: number, buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * (1 + 4 * slots))) {
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
    Atomics.store(this.words, 4 * slot + 2, -1);
    Atomics.store(this.words, 4 * slot + 3, 0);
    Atomics.store(this.words, 4 * slot + 4, 0);
  }

  start(slot: number): void {
    Atomics.store(this.words, 4 * slot + 3, 1);
    this.beat(slot);
  }

  beat(slot: number): void {
    Atomics.add(this.words, 4 * slot + 1, 1);
  }

  enter(slot: number, episode: number): void {
    Atomics.store(this.words, 4 * slot + 2, episode);
    Atomics.add(this.words, 4 * slot + 1, 1);
  }

  report(slot: number, memoryMb: number): void {
    Atomics.store(this.words, 4 * slot + 4, memoryMb);
  }

  heartbeat(slot: number): number {
    return Atomics.load(this.words, 4 * slot + 1);
  }

  episode(slot: number): number {
    return Atomics.load(this.words, 4 * slot + 2);
  }

  isStarted(slot: number): boolean {
    return Atomics.load(this.words, 4 * slot + 3) === 1;
  }

  memoryMb(slot: number): number {
    return Atomics.load(this.words, 4 * slot + 4);
  }
}
