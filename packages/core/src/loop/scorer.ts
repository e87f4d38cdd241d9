import { STEP_SLOTS, type StepColumns } from '../events/steps.ts';
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
  private readonly terms: RewardTerm[];
  private readonly parts: readonly Float64Array[];
  private readonly total: Float64Array = new Float64Array(STEP_SLOTS);
  private scored = 0;

  constructor(terms: readonly RewardTerm[]) {
    this.terms = [...terms];
    this.parts = terms.map(() => new Float64Array(STEP_SLOTS));
    this.termTotals = new Float64Array(terms.length);
  }

  /** Puts another term in the place of the i-th, between episodes. */
  replace(i: number, term: RewardTerm): void {
    this.terms[i] = term;
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

  /** The first slot that is not scored yet. */
  get nextSlot(): number {
    return this.scored + 1;
  }

  /** Scores the steps of the block up to slot `to` that are not scored yet. */
  score(columns: StepColumns, to: number, sink: StepSink | null): void {
    const from = this.scored + 1;
    if (from > to) return;
    for (let t = 0; t < this.terms.length; t++) {
      const part = this.parts[t]!;
      this.terms[t]!.evaluate(columns, from, to, part);
      this.termTotals[t] = addUp(part, from, to, this.termTotals[t]!);
    }
    const total = this.addTerms(from, to);
    this.lastReward = total[to]!;
    this.statistics.add(columns, from, to);
    sink?.steps(columns, from, to, total, this.parts);
    this.scored = to;
  }

  /** Sum of the terms at each step; of one term, the term itself. */
  private addTerms(from: number, to: number): Float64Array {
    const { parts, total } = this;
    const [first] = parts;
    if (first !== undefined && parts.length === 1) {
      this.totalReward = this.termTotals[0]!;
      return first;
    }
    total.fill(0, from, to + 1);
    for (const part of parts) for (let i = from; i <= to; i++) total[i]! += part[i]!;
    this.totalReward = addUp(total, from, to, this.totalReward);
    return total;
  }

  /** The columns were rotated by `slots`. */
  rotated(slots: number): void {
    this.scored = Math.max(0, this.scored - slots);
  }
}

function addUp(values: Float64Array, from: number, to: number, start: number): number {
  let sum = start;
  for (let i = from; i <= to; i++) sum += values[i]!;
  return sum;
}
