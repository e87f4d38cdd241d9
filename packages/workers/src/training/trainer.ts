import { END_REASONS, RunningMoments, type TrainingConfig } from '@ergodic/core';
import type { Batch } from '../batches.ts';
import { messageOf, RunError } from '../errors.ts';
import type { AgentTask, BatchResult } from '../task.ts';
import type { WeightStore, Weights } from './weights.ts';

const FAILED = END_REASONS.indexOf('failed');

/** What is kept of a batch until its iteration is done. */
type Learned = Pick<BatchResult, 'from' | 'to' | 'endReasons' | 'records' | 'updates' | 'agentFigures'>;

/** What an iteration came to. Means are over the episodes that did not fail; NaN where all did. */
export interface IterationReport {
  /** From 0. */
  readonly iteration: number;
  readonly iterations: number;
  readonly episodes: number;
  readonly failed: number;
  readonly meanReward: number;
  readonly meanReturn: number;
  /** Of the weights that the episodes started from. */
  readonly policyVersion: number;
  /** Length of the change of the weights. */
  readonly change: number;
  /** What the agent shows of the iteration, such as epsilon. */
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * Says which weights a batch is run with, and makes the next ones: w_{i+1} = w_i + mean over the episodes of iteration i of what
 * each changed, starting from w_i on its own. This is local stochastic gradient descent with one synchronous round an iteration
 * (Zinkevich et al. 2010, "Parallelized Stochastic Gradient Descent"; Stich 2019, "Local SGD Converges Fast and Communicates
 * Little"). Changes are added up in the order of episodes, so that weights depend on no order of finishing.
 *
 * Weights are durable before the first episode that starts from them. After a crash, what is missing of the iterations before
 * them is run again from theirs; of an iteration without a successor, every episode is, since its changes are stored nowhere.
 */
export class Trainer {
  private readonly config: TrainingConfig;
  private readonly store: WeightStore;
  private readonly fields: readonly string[];
  private readonly onIteration: ((report: IterationReport) => void) | undefined;
  /** The newest. */
  private current: Weights;
  /** Read again from the store: those of an earlier iteration. */
  private earlier: Weights | null = null;
  /** Of the iteration under way. */
  private results: Learned[] = [];
  private waiting: (() => void)[] = [];
  private isOver = false;

  /** `fields`: those of the episodes, with the columns of training. */
  constructor(
    config: TrainingConfig,
    store: WeightStore,
    fields: readonly string[],
    onIteration?: (report: IterationReport) => void,
  ) {
    this.config = config;
    this.store = store;
    this.fields = fields;
    this.onIteration = onIteration;
    this.current = store.read(Math.max(0, store.newest));
  }

  /** The weights after the last iteration that is done. */
  get weights(): Weights {
    return this.current;
  }

  /** The first episode whose changes are missing. */
  get firstEpisode(): number {
    return this.current.iteration * this.config.episodes;
  }

  /** Waits until the weights of a batch are there, or the run is over. */
  async ready({ from }: Batch): Promise<void> {
    while (this.iterationOf(from) > this.current.iteration && !this.isOver) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Whether the changes of a batch that is stored already are missing. */
  needs({ from }: Batch): boolean {
    return this.iterationOf(from) >= this.current.iteration;
  }

  /** What episodes of one iteration are run with. */
  agentOf(episode: number): AgentTask {
    const iteration = this.iterationOf(episode);
    const { version, values } = this.weightsOf(iteration);
    return { agent: 'trained', iteration, policyVersion: version, weights: values, isLearning: true };
  }

  /** Takes the changes of a batch; with the last of an iteration there are new weights. */
  take(result: BatchResult): void {
    if (result.canceled || this.iterationOf(result.from) !== this.current.iteration) return;
    const { from, to, endReasons, records, updates, agentFigures } = result;
    this.results.push({ from, to, endReasons, records, updates, agentFigures });
    const episodes = this.results.reduce((sum, learned) => sum + learned.to - learned.from, 0);
    if (episodes < this.config.episodes) return;
    const results = this.results.sort((a, b) => a.from - b.from);
    this.results = [];
    this.update(results);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** The run is over: nobody waits any more. */
  release(): void {
    this.isOver = true;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private keep(weights: Weights): void {
    try {
      this.store.write(weights);
    } catch (error) {
      const wayOut = 'make room or mend the cause, then ergodic resume';
      const message = `${this.store.dir}: weights cannot be stored: ${messageOf(error)}; ${wayOut}`;
      throw new RunError('STORE_FAILED', message, { cause: error });
    }
  }

  private iterationOf(episode: number): number {
    return Math.floor(episode / this.config.episodes);
  }

  private weightsOf(iteration: number): Weights {
    if (iteration === this.current.iteration) return this.current;
    if (this.earlier?.iteration !== iteration) this.earlier = this.store.read(iteration);
    return this.earlier;
  }

  private update(results: readonly Learned[]): void {
    const { iteration, version, values } = this.current;
    const size = values.length;
    const sums = new Float64Array(size);
    const rewards = new RunningMoments();
    const returns = new RunningMoments();
    const width = this.fields.length;
    const rewardAt = this.fields.indexOf('totalReward');
    const returnAt = this.fields.indexOf('totalReturn');
    let count = 0;
    for (const { endReasons, updates, records } of results) {
      for (let i = 0; i < endReasons.length; i++) {
        if (endReasons[i] === FAILED) continue;
        count++;
        for (let j = 0; j < size; j++) sums[j]! += updates[i * size + j]!;
        rewards.add(records[i * width + rewardAt]!);
        returns.add(records[i * width + returnAt]!);
      }
    }
    const next = values.slice();
    let squares = 0;
    if (count > 0) {
      for (let j = 0; j < size; j++) {
        const change = sums[j]! / count;
        next[j]! += change;
        squares += change * change;
      }
    }
    const isUpdate = count > 0 && size > 0;
    this.current = { iteration: iteration + 1, version: version + (isUpdate ? 1 : 0), values: next };
    this.keep(this.current);
    this.onIteration?.({
      iteration,
      iterations: this.config.iterations,
      episodes: this.config.episodes,
      failed: this.config.episodes - count,
      meanReward: count > 0 ? rewards.mean : Number.NaN,
      meanReturn: count > 0 ? returns.mean : Number.NaN,
      policyVersion: version,
      change: Math.sqrt(squares),
      figures: results[0]!.agentFigures,
    });
  }
}

/** An iteration has so many batches where it can, for workers to share. */
const BATCHES = 32;
/** Where batches would hold fewer steps than this, fewer will do, but no fewer than a quarter: each has a cost of its own. */
const BATCH_STEPS = 5_000;

/** Episodes of a batch of a training run, `size` at most: a function of the config alone. */
export function trainingBatchSize(size: number, steps: number, { episodes }: TrainingConfig): number {
  const enough = Math.min(Math.ceil(BATCH_STEPS / Math.max(1, steps)), Math.ceil((4 * episodes) / BATCHES));
  return Math.max(1, Math.min(size, Math.max(enough, Math.ceil(episodes / BATCHES))));
}
