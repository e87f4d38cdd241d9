import type { ActionScheme } from '../action/index.ts';
import { ConfigError } from '../config/errors.ts';
import type { Config } from '../config/schema.ts';
import { asEpisodeError } from '../loop/failure.ts';
import type { EventLoop } from '../loop/loop.ts';
import type { SimulationParts } from '../loop/parts.ts';
import type { Scorer } from '../loop/scorer.ts';
import { Simulation } from '../loop/simulation.ts';
import type { Observer } from '../observation/observer.ts';
import { EnvironmentError } from './errors.ts';

/**
 * One simulation that halts at each decision. It is what environments have in common; it checks no actions and no order
 * of calls.
 */
export class DecisionRunner {
  readonly simulation: Simulation;
  readonly observer: Observer;
  readonly actions: ActionScheme;
  readonly loop: EventLoop;
  readonly scorer: Scorer;
  episode = -1;
  /** Reward of the interval that ended last: from the decision before it, or the episode's start. */
  reward = 0;
  isTerminated = false;
  isTruncated = false;
  /** Whether a decision is asked for. */
  isWaiting = false;

  constructor(config: Config, parts: SimulationParts = {}) {
    const { environment } = config;
    if (environment === undefined) {
      const hint = 'for example environment: { observations: [{ use: returns, count: 8 }] }, or parseEnvironmentConfig';
      throw new ConfigError([{ path: ['environment'], rule: 'is required', received: undefined, hint }]);
    }
    this.simulation = new Simulation(config, { ...parts, external: true });
    const { steps, agent } = this.simulation;
    if (steps <= environment.warmup) {
      const rule = `must be more than environment.warmup (${environment.warmup}): an episode needs a decision`;
      throw new ConfigError([{ path: ['steps'], rule, received: steps }]);
    }
    this.observer = agent!.observer;
    this.actions = agent!.actions;
    this.loop = this.simulation.loop;
    this.scorer = this.loop.parts.scorer;
  }

  /**
   * Starts an episode and runs it to its first decision.
   *
   * @throws EpisodeError where the episode fails before, EnvironmentError NO_DECISION where it ends before
   */
  begin(episode: number): void {
    this.isWaiting = this.isTerminated = this.isTruncated = false;
    this.episode = episode;
    this.simulation.begin(episode);
    this.advance();
    if (this.isWaiting) return;
    const reason = this.simulation.loop.endReason;
    throw new EnvironmentError('NO_DECISION', `episode ${episode} must have a decision, it ended before (${reason})`);
  }

  /** Acts on `values[at…]` and runs to the next decision or the end. Throws EpisodeError where the episode fails. */
  step(values: ArrayLike<number>, at: number): void {
    this.isWaiting = false;
    this.actions.apply(values, at, this.simulation.context);
    this.advance();
  }

  private advance(): void {
    const { loop } = this;
    const status = loop.advanceToDecision();
    if (status === 'waiting') {
      throw new EnvironmentError('NO_DATA', 'an environment needs the whole market, its feed has nothing yet');
    }
    this.reward = this.lastReward();
    if (status === 'decision') {
      this.isWaiting = true;
      return;
    }
    this.isTruncated = loop.endReason === 'completed';
    this.isTerminated = !this.isTruncated;
  }

  /** What a reward term throws is a failure of the episode. */
  private lastReward(): number {
    const { loop } = this;
    try {
      return loop.lastReward;
    } catch (error) {
      loop.abandon();
      throw asEpisodeError(error, 'STRATEGY_ERROR');
    }
  }

  /** Writes the observation of the decision, or of the end. Once for each. */
  observe(out: Float32Array, at: number): void {
    this.simulation.agent!.observe(this.simulation.loop, out, at);
  }
}
