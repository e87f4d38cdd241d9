import { ENDS, type EndedEpisodes } from './actor.ts';

/** What an iteration came to. */
export interface IterationReport {
  /** From 1, of this session. */
  readonly iteration: number;
  /** The server's number of the weights that were acted by. */
  readonly policyVersion: number;
  readonly steps: number;
  /** Episodes that ended in it, by how. */
  readonly completed: number;
  readonly terminated: number;
  readonly failed: number;
  /** Means over the episodes that ended without failing; null where none did. */
  readonly meanReward: number | null;
  readonly meanReturn: number | null;
  /** From the start of play to the last step. */
  readonly playSeconds: number;
  /** From then until the new weights were there. */
  readonly learnSeconds: number;
  readonly stepsPerSecond: number;
  /** Of the first episode that failed: code and message. */
  readonly failure: string | undefined;
}

const MS = 1_000;

/** Adds up an iteration. */
export class IterationTotals {
  steps = 0;
  private readonly counts = [0, 0, 0];
  private readonly sums = { reward: 0, return: 0 };
  private readonly columns: { readonly reward: number; readonly return: number };
  private readonly width: number;
  private readonly startedMs = performance.now();
  private playedMs = 0;
  private failure: string | undefined;

  constructor(fields: readonly string[]) {
    this.width = fields.length;
    this.columns = { reward: fields.indexOf('totalReward'), return: fields.indexOf('totalReturn') };
  }

  add(steps: number, { episodes, ends, figures, failures }: EndedEpisodes): void {
    this.steps += steps;
    if (failures.length > 0) this.failure ??= `${failures[0]!.code}: ${failures[0]!.message}`;
    for (let i = 0; i < episodes.length; i++) {
      const end = ends[i]!;
      this.counts[end]!++;
      if (ENDS[end] === 'failed') continue;
      this.sums.reward += figures[i * this.width + this.columns.reward]!;
      this.sums.return += figures[i * this.width + this.columns.return]!;
    }
  }

  /** All has been played. */
  stop(): void {
    this.playedMs = performance.now();
  }

  report(iteration: number, policyVersion: number): IterationReport {
    const [completed = 0, terminated = 0, failed = 0] = this.counts;
    const n = completed + terminated;
    const playSeconds = (this.playedMs - this.startedMs) / MS;
    return {
      iteration,
      policyVersion,
      steps: this.steps,
      completed,
      terminated,
      failed,
      meanReward: n === 0 ? null : this.sums.reward / n,
      meanReturn: n === 0 ? null : this.sums.return / n,
      playSeconds,
      learnSeconds: (performance.now() - this.playedMs) / MS,
      stepsPerSecond: this.steps / playSeconds,
      failure: this.failure,
    };
  }
}
