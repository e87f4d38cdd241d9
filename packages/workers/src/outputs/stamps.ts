/** Sequence numbers that one microsecond has room for. */
export const SEQUENCES = 1_000;

/** Above it, stamps would leave the range of exact numbers: some 30 years of microseconds. */
const MOST_STEPS = 1e15;

/**
 * Timestamps of results: creation time + (episode × (steps + 1) + step) µs + sequence ns. A function of the manifest and of
 * the point, so that whatever is sent twice overwrites itself, and no two points share a stamp.
 */
export class Stamps {
  private readonly createdUs: number;
  private readonly stride: number;

  /** `steps`: the longest episode. */
  constructor(createdAt: string, steps: number) {
    this.createdUs = Date.parse(createdAt) * 1_000;
    this.stride = steps + 1;
  }

  /** Whether every step of every episode has a stamp. */
  static fits(episodes: number, steps: number): boolean {
    return episodes * (steps + 1) <= MOST_STEPS;
  }

  /** Microseconds since the epoch; the sequence is the nanoseconds behind them. */
  micros(episode: number, step: number): number {
    return this.createdUs + episode * this.stride + step;
  }

  /** Nanoseconds since the epoch, as text; `sequence` below SEQUENCES. */
  at(episode: number, step: number, sequence: number = 0): string {
    return `${this.micros(episode, step)}${sequence === 0 ? '000' : String(sequence).padStart(3, '0')}`;
  }

  /** The stamp of a wall-clock time. */
  static wall(timeMs: number, sequence: number = 0): string {
    return `${Math.round(timeMs)}${String(sequence).padStart(6, '0')}`;
  }
}
