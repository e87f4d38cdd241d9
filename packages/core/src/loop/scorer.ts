import { STEP_SLOTS, type StepColumns } from '../events/steps.ts';
import type { RewardTerm } from '../reward/term.ts';
import { MarketExposure } from '../summary/market-exposure.ts';
import { PathStatistics } from '../summary/path-statistics.ts';
import { EquityStatistics } from '../summary/statistics.ts';

/** Receives finished steps, in order, many at a time. `rewards[t]` and `total` share the columns' slots. */
export interface StepSink {
  steps(columns: StepColumns, from: number, to: number, total: Float64Array, rewards: readonly Float64Array[]): void;
}

/** Rewards and statistics of an episode, as passes over blocks of steps. */
export class Scorer {
  readonly statistics: EquityStatistics = new EquityStatistics();
  readonly path: PathStatistics;
  readonly exposure: MarketExposure;
  /** Sum of each term over the episode. */
  readonly termTotals: Float64Array;
  totalReward = 0;
  /** Reward of the last finished step. */
  lastReward = 0;
  private readonly terms: RewardTerm[];
  private readonly parts: readonly Float64Array[];
  private readonly total: Float64Array = new Float64Array(STEP_SLOTS);
  /** Slots up to here have rewards. */
  private rewarded = 0;
  /** Slots up to here are in the statistics too. */
  private scored = 0;

  constructor(terms: readonly RewardTerm[], symbols: number) {
    this.path = new PathStatistics(symbols);
    this.exposure = new MarketExposure(symbols);
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
    this.path.begin();
    this.exposure.begin();
    this.termTotals.fill(0);
    this.totalReward = 0;
    this.lastReward = 0;
    this.rewarded = this.scored = 0;
    for (const term of this.terms) term.begin();
  }

  /** The first slot that has no reward yet. */
  get nextSlot(): number {
    return this.rewarded + 1;
  }

  /** A term's reward at the last step that has one; to be read before the loop goes on. */
  lastTerm(t: number): number {
    return this.parts[t]![this.rewarded]!;
  }

  /** Rewards of the steps of the block up to slot `to`; returns that of the last. */
  reward(columns: StepColumns, to: number): number {
    const from = this.rewarded + 1;
    if (from > to) return this.lastReward;
    if (from === to) return this.rewardOne(columns, to);
    for (let t = 0; t < this.terms.length; t++) {
      const part = this.parts[t]!;
      this.terms[t]!.evaluate(columns, from, to, part);
      this.termTotals[t] = addUp(part, from, to, this.termTotals[t]!);
    }
    this.lastReward = this.addTerms(from, to)[to]!;
    this.rewarded = to;
    return this.lastReward;
  }

  /** Whether each reward follows from its own step and the one before: it may be asked for twice. */
  get isInstant(): boolean {
    for (let t = 0; t < this.terms.length; t++) if (this.terms[t]!.isInstant !== true) return false;
    return true;
  }

  /** Rewards of steps to come, all of them instant; nothing is added up. By slot. */
  preview(columns: StepColumns, from: number, to: number): Float64Array {
    const { terms, parts } = this;
    for (let t = 0; t < terms.length; t++) terms[t]!.evaluate(columns, from, to, parts[t]!);
    return this.sumOfTerms(from, to);
  }

  /** A term's reward in a slot that was just previewed. */
  termAt(t: number, slot: number): number {
    return this.parts[t]![slot]!;
  }

  /** `reward` of a single step, for agents that ask at each. */
  private rewardOne(columns: StepColumns, slot: number): number {
    const { terms, parts, termTotals } = this;
    let reward = 0;
    for (let t = 0; t < terms.length; t++) {
      const part = parts[t]!;
      terms[t]!.evaluate(columns, slot, slot, part);
      termTotals[t]! += part[slot]!;
      reward += part[slot]!;
    }
    this.total[slot] = reward;
    this.totalReward = terms.length === 1 ? termTotals[0]! : this.totalReward + reward;
    this.lastReward = reward;
    this.rewarded = slot;
    return reward;
  }

  /** Scores the steps of the block up to slot `to` that are not scored yet. */
  score(columns: StepColumns, to: number, sink: StepSink | null): void {
    this.reward(columns, to);
    const from = this.scored + 1;
    if (from > to) return;
    this.statistics.add(columns, from, to);
    this.path.add(columns, from, to);
    sink?.steps(columns, from, to, this.terms.length === 1 ? this.parts[0]! : this.total, this.parts);
    this.scored = to;
  }

  /** Adds the rewards of the steps to that of the episode. */
  private addTerms(from: number, to: number): Float64Array {
    const total = this.sumOfTerms(from, to);
    this.totalReward = this.parts.length === 1 ? this.termTotals[0]! : addUp(total, from, to, this.totalReward);
    return total;
  }

  /** Sum of the terms at each step; of one term, the term itself. */
  private sumOfTerms(from: number, to: number): Float64Array {
    const { parts, total } = this;
    if (parts.length === 1) return parts[0]!;
    total.fill(0, from, to + 1);
    for (const part of parts) for (let i = from; i <= to; i++) total[i]! += part[i]!;
    return total;
  }

  /** The columns were rotated by `slots`: rewards that are not handed on yet move along. */
  rotated(slots: number): void {
    if (slots > 0 && this.rewarded > this.scored) {
      for (const column of [this.total, ...this.parts]) {
        column.copyWithin(this.scored + 1 - slots, this.scored + 1, this.rewarded + 1);
      }
    }
    this.rewarded = Math.max(0, this.rewarded - slots);
    this.scored = Math.max(0, this.scored - slots);
  }
}

function addUp(values: Float64Array, from: number, to: number, start: number): number {
  let sum = start;
  for (let i = from; i <= to; i++) sum += values[i]!;
  return sum;
}
