import type { ObservedAccount } from '../observation/feature.ts';
import type { DecisionRunner } from './decision-runner.ts';

/** Steps that are made ahead at most, for each environment. */
const LONGEST = 32;
const SHORTEST = 4;
/** After a stretch that was left at once, so many decisions pass before the next. */
const REST = 4;

/** The account as it will be at a step to come, as long as the agent does nothing. */
class AccountAhead implements ObservedAccount {
  cash = 0;
  equity = 0;
  initialCash = 0;
  grossExposure = 0;
  position: Float64Array = new Float64Array(0);
  price: Float64Array = new Float64Array(0);
  avgPx: Float64Array = new Float64Array(0);
}

/** Where the results of a step go, one row an environment. */
export interface StepResults {
  readonly observations: Float32Array;
  readonly rewards: Float64Array;
  readonly rewardParts: Float64Array;
  readonly equities: Float64Array;
  readonly steps: Float64Array;
  /** What the step before said of an end is over. */
  goOn(i: number): void;
}

/**
 * Steps at which agents do nothing, made ahead for many environments.
 *
 * While no order is under way and the agent's action changes nothing, a step follows from the market alone: equity from the
 * prices, reward and observation from both. So they are made for some steps in one go, with everything that an environment
 * consists of at hand, into arrays in which the environments lie side by side; such a step is then a copy. At the first
 * action that does something the simulation is brought to the step at which it comes, and what was made beyond it is dropped.
 * None of it reaches an agent before its step, and every number is the one that the simulation would have come to.
 */
export class Stretches {
  private readonly runners: readonly DecisionRunner[];
  private readonly results: StepResults;
  private readonly size: number;
  private readonly terms: number;
  /** Bit a is set where action a does nothing; 0 where no steps are made. */
  private readonly idle: Int32Array;
  private readonly at: Int32Array;
  private readonly made: Int32Array;
  private readonly lengths: Int32Array;
  private readonly rests: Int32Array;
  /** The row of the first step that was made, its first. */
  private readonly firstRows: Int32Array;
  /** Number of the first step that was made. */
  private readonly firstSteps: Float64Array;
  private readonly observations: Float32Array;
  private readonly rewards: Float64Array;
  private readonly rewardParts: Float64Array;
  private readonly equities: Float64Array;
  private readonly account = new AccountAhead();

  constructor(runners: readonly DecisionRunner[], results: StepResults, size: number, terms: number) {
    const count = runners.length;
    this.runners = runners;
    this.results = results;
    this.size = size;
    this.terms = terms;
    this.idle = new Int32Array(count);
    this.at = new Int32Array(count);
    this.made = new Int32Array(count);
    this.lengths = new Int32Array(count).fill(SHORTEST);
    this.rests = new Int32Array(count);
    this.firstRows = new Int32Array(count);
    this.firstSteps = new Float64Array(count);
    this.observations = new Float32Array(count * LONGEST * size);
    this.rewards = new Float64Array(count * LONGEST);
    this.rewardParts = new Float64Array(terms === 1 ? 0 : count * LONGEST * terms);
    this.equities = new Float64Array(count * LONGEST);
  }

  /** Whether environments like this one can have steps made ahead. */
  static suits({ observer, actions }: DecisionRunner): boolean {
    return actions.idle !== undefined && observer.isInstant;
  }

  /** Takes the step of environment i if it was made and the action does nothing; false where there is more to do. */
  take(i: number, action: number): boolean {
    const k = this.at[i]!;
    if (((this.idle[i]! >> action) & 1) === 0 || k === this.made[i]!) return false;
    if (k === 0) this.results.goOn(i);
    this.at[i] = k + 1;
    const { results, size, terms } = this;
    const from = i * LONGEST + k;
    const reward = this.rewards[from]!;
    results.rewards[i] = reward;
    if (terms === 1) results.rewardParts[i] = reward;
    else for (let t = 0; t < terms; t++) results.rewardParts[i * terms + t] = this.rewardParts[from * terms + t]!;
    results.equities[i] = this.equities[from]!;
    results.steps[i] = this.firstSteps[i]! + k;
    const { observations } = results;
    const to = i * size;
    const place = from * size;
    for (let j = 0; j < size; j++) observations[to + j] = this.observations[place + j]!;
    return true;
  }

  /** Brings the simulation of environment i to its current step. What was made beyond it is dropped. */
  leave(i: number): void {
    if (this.idle[i] === 0) return;
    const taken = this.at[i]!;
    this.idle[i] = 0;
    this.lengths[i] = taken === this.made[i]! ? Math.min(LONGEST, 2 * this.lengths[i]!) : Math.max(SHORTEST, taken);
    if (taken < 2) this.rests[i] = REST;
    if (taken === 0) return;
    const { loop, agent, symbols } = this.runners[i]!.simulation;
    const row = this.firstRows[i]! + taken * symbols.length - 1;
    loop.passTo(row);
    agent!.observer.standAt(row);
  }

  /** A new episode: what was made of the old one counts for nothing. */
  drop(i: number): void {
    this.idle[i] = 0;
  }

  /** Makes steps of environment i, which waits for a decision, where they follow from the market alone. */
  enter(i: number): void {
    if (this.rests[i]! > 0) {
      this.rests[i]!--;
      return;
    }
    const runner = this.runners[i]!;
    const { loop, scorer } = runner;
    if (loop.queue.mask !== 0 || !scorer.isInstant) return;
    const idle = runner.actions.idle!(runner.simulation.context);
    if (idle === 0) return;
    const { lane, columns, symbols } = loop.parts;
    const start = lane.cursor;
    const end = loop.markAhead(this.lengths[i]!);
    const ready = runner.observer.ready(lane, start, loop.cursor.step + 1, end);
    const steps = Math.floor((ready - start) / symbols.length);
    if (steps < 2) return;
    const first = columns.count + 1;
    const total = scorer.preview(columns, first, first + steps - 1);
    const from = i * LONGEST;
    for (let k = 0; k < steps; k++) {
      this.equities[from + k] = columns.equity[first + k]!;
      this.rewards[from + k] = total[first + k]!;
      if (this.terms !== 1) {
        for (let t = 0; t < this.terms; t++) {
          this.rewardParts[(from + k) * this.terms + t] = scorer.termAt(t, first + k);
        }
      }
    }
    if (!this.observe(i, runner, start, first, steps)) return;
    this.idle[i] = idle;
    this.at[i] = 0;
    this.made[i] = steps;
    this.firstRows[i] = start;
    this.firstSteps[i] = loop.cursor.step + 1;
  }

  /** Writes the observations of the steps; false where one is no finite number: the simulation shall say so in its time. */
  private observe(i: number, { loop, observer }: DecisionRunner, start: number, first: number, steps: number): boolean {
    const { account } = this;
    const { columns, symbols, portfolio } = loop.parts;
    const now = portfolio.account;
    account.cash = now.cash;
    account.initialCash = now.initialCash;
    account.position = now.position;
    account.avgPx = now.avgPx;
    if (account.price.length !== symbols.length) account.price = new Float64Array(symbols.length);
    for (let k = 0; k < steps; k++) {
      account.equity = columns.equity[first + k]!;
      account.grossExposure = columns.gross[first + k]!;
      for (let s = 0; s < symbols.length; s++) account.price[s] = columns.price[s]![first + k]!;
      const row = start + (k + 1) * symbols.length - 1;
      if (!observer.writeAt(row, this.observations, (i * LONGEST + k) * this.size, account)) return false;
    }
    return true;
  }
}
