import { STEP_CAPACITY, type StepColumns } from '../events/steps.ts';
import type { RewardTerm } from '../reward/term.ts';
import { EquityStatistics } from '../summary/statistics.ts';

/** Receives finished steps, in order, many at a time. `rewards[t]` and `total` share the columns' slots. */
export interface StepSink {
  steps(columns: StepColumns, from: number, to: number, total: Float64Array, rewards: readonly Float64Array[]): void;
}

/** Rewards and statistics of an episode, as passes over blocks of steps. */
export class Scorer {
  readonly statistics: EquityStatistics = new EquityStatistics();
  /** Sum of each term over the episode. */
  readonly termTotals: Float64Array;
  totalReward = 0;
  /** Reward of the last finished step. */
  lastReward = 0;
  private readonly terms: readonly RewardTerm[];
  private readonly parts: readonly Float64Array[];
  private readonly total: Float64Array = new Float64Array(STEP_CAPACITY + 1);
  private scored = 0;

  constructor(terms: readonly RewardTerm[]) {
    this.terms = terms;
    this.parts = terms.map(() => new Float64Array(STEP_CAPACITY + 1));
    this.termTotals = new Float64Array(terms.length);
  }

  /** Starts an episode. */
  begin(initialEquity: number): void {
    this.statistics.begin(initialEquity);
    this.termTotals.fill(0);
    this.totalReward = 0;
    this.lastReward = 0;
    this.scored = 0;
    for (const term of this.terms) term.begin();
  }

  /** Scores the steps of the block that are not scored yet. */
  score(columns: StepColumns, sink: StepSink | null): void {
    const from = this.scored + 1;
    const to = columns.count;
    if (from > to) return;
    const { total } = this;
    total.fill(0, from, to + 1);
    for (let t = 0; t < this.terms.length; t++) {
      const part = this.parts[t]!;
      this.terms[t]!.evaluate(columns, from, to, part);
      let sum = this.termTotals[t]!;
      for (let i = from; i <= to; i++) {
        sum += part[i]!;
        total[i]! += part[i]!;
      }
      this.termTotals[t] = sum;
    }
    let sum = this.totalReward;
    for (let i = from; i <= to; i++) sum += total[i]!;
    this.totalReward = sum;
    this.lastReward = total[to]!;
    this.statistics.add(columns, from, to);
    sink?.steps(columns, from, to, total, this.parts);
    this.scored = to;
  }

  /** The columns were rotated: scoring goes on at slot 1. */
  rotated(): void {
    this.scored = 0;
  }
}
