/** Words of the control array; threads follow, two words each. */
const SEQUENCE = 0;
const COMMAND = 1;
const FIRST_THREAD = 2;
const DONE = 0;
const MESSAGES = 1;

/** In `DONE`: the thread has ended. */
const DEAD = -1;
/** Looks at a word before a thread goes to sleep: waking it takes longer than a short step. */
const SPINS = 4_000;

export const COMMANDS = { step: 1, reset: 2, exit: 3 } as const;
export type CommandCode = (typeof COMMANDS)[keyof typeof COMMANDS];

/** How the threads of a ThreadedVectorEnvironment are told to work and tell that they have, over shared memory. */
export class Control {
  readonly words: Int32Array<SharedArrayBuffer>;

  /** From a number of threads, or over the words of another thread's. */
  constructor(of: number | Int32Array<SharedArrayBuffer>) {
    this.words = typeof of === 'number' ? new Int32Array(new SharedArrayBuffer(4 * (FIRST_THREAD + 2 * of))) : of;
  }

  /** Starts a command in all threads; returns its number. */
  start(command: CommandCode): number {
    const { words } = this;
    Atomics.store(words, COMMAND, command);
    // Positive for 2^31 commands, and DEAD at no time.
    const sequence = (Atomics.load(words, SEQUENCE) + 1) & 0x7fffffff;
    Atomics.store(words, SEQUENCE, sequence);
    Atomics.notify(words, SEQUENCE);
    return sequence;
  }

  /** A thread's wait for the command after number `last`. */
  next(last: number): { readonly sequence: number; readonly command: CommandCode } {
    const sequence = changed(this.words, SEQUENCE, last);
    return { sequence, command: Atomics.load(this.words, COMMAND) as CommandCode };
  }

  /** A thread has done a command; `messages` of it wait at its port. */
  finish(thread: number, sequence: number, messages: number): void {
    const at = FIRST_THREAD + 2 * thread;
    Atomics.store(this.words, at + MESSAGES, messages);
    Atomics.store(this.words, at + DONE, sequence);
    Atomics.notify(this.words, at + DONE);
  }

  /** A thread has ended: whoever waits for it need not. */
  bury(thread: number): void {
    const at = FIRST_THREAD + 2 * thread + DONE;
    Atomics.store(this.words, at, DEAD);
    Atomics.notify(this.words, at);
  }

  /** Waits until a thread has done a command. The number of its messages, or -1 where the thread is dead. */
  join(thread: number, sequence: number): number {
    const at = FIRST_THREAD + 2 * thread;
    let done = Atomics.load(this.words, at + DONE);
    while (done !== sequence && done !== DEAD) done = changed(this.words, at + DONE, done);
    return done === DEAD ? -1 : Atomics.load(this.words, at + MESSAGES);
  }
}

/** The value of a word as soon as it is another than `value`. */
function changed(words: Int32Array<SharedArrayBuffer>, at: number, value: number): number {
  for (let i = 0; i < SPINS; i++) {
    const now = Atomics.load(words, at);
    if (now !== value) return now;
  }
  for (;;) {
    Atomics.wait(words, at, value);
    const now = Atomics.load(words, at);
    if (now !== value) return now;
  }
}
