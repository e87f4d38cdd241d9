import { sizeOf } from '../action/index.ts';
import type { Agent, AgentSetup, IntervalEnd, Play } from '../agent/agent.ts';
import { type AgentDefinition, builtinAgents } from '../agent/index.ts';
import { ConfigError, EpisodeError } from '../config/errors.ts';
import type { PartConfig } from '../config/schema.ts';
import { asEpisodeError } from './failure.ts';
import type { Chosen, Recorder, Tracer } from './parts.ts';
import { choose } from './resolve.ts';
import type { Simulation } from './simulation.ts';

/** How an agent plays an episode, and from which weights. */
export interface AgentPlay extends Play {
  readonly weights: Float64Array;
  /** Whether it learns within the episode. */
  readonly isLearning: boolean;
}

/** Finds the agent that a config names among the built-in ones and `given`, and checks its parameters. Throws ConfigError. */
export function chooseAgent(
  part: PartConfig,
  given: Readonly<Record<string, AgentDefinition>> = {},
  path: readonly (string | number)[] = ['training', 'agent'],
): Chosen<AgentDefinition> {
  return choose<AgentDefinition>(part, path, { ...builtinAgents, ...given });
}

/** Makes an agent. Throws ConfigError where it cannot have the setup's observations or actions. */
export function createAgent(
  { definition, parameters }: Chosen<AgentDefinition>,
  setup: AgentSetup,
  path: readonly (string | number)[] = ['training', 'agent'],
): Agent {
  let agent: Agent;
  try {
    agent = definition.create(parameters as never, setup);
  } catch (error) {
    const rule = error instanceof RangeError ? error.message : `its create threw ${String(error)}`;
    throw new ConfigError([{ path: [...path, 'use'], rule, received: definition.name }]);
  }
  const { size } = agent;
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new ConfigError([
      { path: [...path, 'use'], rule: 'its size must be a whole number of weights', received: size },
    ]);
  }
  return agent;
}

/**
 * Plays episodes of a simulation with an agent, which may learn within them. The simulation must be one for decisions from outside
 * (`external`), and its config must have an `environment`.
 *
 *     player.begin(17, {}, { weights, iteration: 0, isExploring: true, isLearning: true });
 *     while (player.advance(1_000) !== 'ended');
 *     player.writeChange(out, 0);
 */
export class AgentPlayer {
  readonly agent: Agent;
  private readonly simulation: Simulation;
  private readonly observation: Float32Array;
  private readonly action: Float64Array;
  private readonly weights: Float64Array;
  private play: AgentPlay | null = null;
  private hasActed = false;

  constructor(simulation: Simulation, agent: Agent) {
    if (simulation.agent === null) throw new RangeError('AgentPlayer: the config needs environment');
    this.simulation = simulation;
    this.agent = agent;
    this.observation = new Float32Array(simulation.agent.observer.size);
    this.action = new Float64Array(sizeOf(simulation.agent.actions.space));
    this.weights = new Float64Array(agent.size);
  }

  /** Starts an episode from `play.weights`, which stay as they are. Throws EpisodeError where it fails at once. */
  begin(episode: number, observers: { recorder?: Recorder | null; tracer?: Tracer | null }, play: AgentPlay): void {
    const { agent, weights } = this;
    if (play.weights.length !== weights.length) {
      throw new RangeError(`AgentPlayer: there must be ${weights.length} weights, got ${play.weights.length}`);
    }
    this.play = play;
    this.hasActed = false;
    weights.set(play.weights);
    this.simulation.begin(episode, observers);
    try {
      agent.begin(weights, play);
    } catch (error) {
      throw asEpisodeError(error, 'AGENT_ERROR');
    }
  }

  /**
   * Plays on, for about `budget` decisions at most.
   *
   * @throws EpisodeError where the episode fails, AGENT_ERROR where the agent does
   */
  advance(budget: number = Number.POSITIVE_INFINITY): 'ended' | 'yielded' {
    const { simulation } = this;
    for (let left = budget; left > 0; left--) {
      const status = simulation.advance(left);
      if (status === 'yielded') return 'yielded';
      if (status === 'waiting') throw new EpisodeError('AGENT_ERROR', 'training needs a market that does not wait');
      try {
        if (status === 'decision') this.decide();
        else this.finish();
      } catch (error) {
        throw asEpisodeError(error, 'AGENT_ERROR');
      }
      if (status === 'ended') return 'ended';
    }
    return 'yielded';
  }

  /**
   * Writes what the ended episode changed in each weight.
   *
   * @throws EpisodeError WEIGHTS_NOT_FINITE where learning went astray
   */
  writeChange(out: Float64Array, at: number): void {
    const { weights } = this;
    const before = this.play!.weights;
    for (let i = 0; i < weights.length; i++) {
      const change = weights[i]! - before[i]!;
      if (change - change !== 0) {
        const rule = `what the episode learned must be finite, weight ${i} is ${weights[i]}`;
        throw new EpisodeError('WEIGHTS_NOT_FINITE', `${rule}; smaller step sizes may help`);
      }
      out[at + i] = change;
    }
  }

  /** What the agent shows of an iteration, for people who watch: its finite numbers. */
  figures(iteration: number): Readonly<Record<string, number>> {
    try {
      const shown = Object.entries(this.agent.figures?.(iteration) ?? {});
      return Object.fromEntries(shown.filter(([, value]) => Number.isFinite(value)));
    } catch {
      return {};
    }
  }

  private decide(): void {
    const { simulation, observation, agent, action } = this;
    const { loop, context } = simulation;
    const reward = loop.lastReward;
    simulation.agent!.observe(loop, observation, 0);
    this.learn(reward, 'running');
    agent.act(observation, context.random, action);
    context.act(action);
    this.hasActed = true;
  }

  private finish(): void {
    const { loop, agent } = this.simulation;
    if (this.hasActed && this.play!.isLearning) {
      agent!.observe(loop, this.observation, 0);
      this.learn(loop.lastReward, loop.endReason === 'completed' ? 'truncated' : 'terminated');
    }
    this.hasActed = false;
  }

  /** Lets the agent learn from the interval since its last action, if there is one. */
  private learn(reward: number, end: IntervalEnd): void {
    const { agent, observation, simulation } = this;
    if (this.hasActed && this.play!.isLearning) agent.learn?.(reward, observation, end, simulation.context.random);
  }
}
