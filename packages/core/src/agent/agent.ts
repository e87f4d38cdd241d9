import type { ParameterSpecs, ParametersOf } from '../config/parameters.ts';
import type { RandomStream } from '../random/stream.ts';

/** The actions that an agent chooses among, as `Environment.actionSpace` has them. */
export type AgentActionSpace =
  | { readonly type: 'discrete'; readonly n: number }
  | { readonly type: 'multi-discrete'; readonly nvec: readonly number[] }
  | {
      readonly type: 'box';
      readonly shape: readonly number[];
      readonly low: ArrayLike<number>;
      readonly high: ArrayLike<number>;
    };

/** What is fixed before training starts. */
export interface AgentSetup {
  /** One name a number of the observation. */
  readonly observationLabels: readonly string[];
  readonly actionSpace: AgentActionSpace;
  /** Iterations of the whole training: schedules run from iteration 0 to the last. */
  readonly iterations: number;
}

/** How an agent plays an episode. */
export interface Play {
  /** From 0. */
  readonly iteration: number;
  /** Whether actions are tried out; else they are the best that the weights know. */
  readonly isExploring: boolean;
}

/**
 * How the interval after an action ended: at the next decision (`running`); with the episode, by ruin or a stop
 * (`terminated`: nothing comes after); or with the episode, by its length (`truncated`: the market would have gone on, so
 * the last observation still has a value; Pardo et al. 2018, "Time Limits in Reinforcement Learning").
 */
export type IntervalEnd = 'running' | 'terminated' | 'truncated';

/**
 * An agent that acts by weights and learns by changing them. It is synchronous, and everything that it does follows from
 * what it is given: setup, weights, observations, rewards, random numbers. Between episodes it keeps nothing.
 *
 * In an episode: `begin`, then at each decision `act`, and after each interval `learn` with its reward and the observation
 * at its end. After `learn` with `running` comes `act` with that same observation.
 */
export interface Agent {
  /** How many weights it has; 0 for an agent that learns nothing. */
  readonly size: number;
  /** Writes the weights that training starts from. They are 0 where this is missing. */
  initialize?(weights: Float64Array, random: RandomStream): void;
  /** Starts an episode. The array is the agent's until the next `begin`: it learns by writing into it. */
  begin(weights: Float64Array, play: Play): void;
  /** Writes an element of the action space. The observation is reused: copy what you keep. */
  act(observation: Float32Array, random: RandomStream, action: Float64Array): void;
  /** Learns from the interval that ended. Not called where the agent only plays. */
  learn?(reward: number, observation: Float32Array, end: IntervalEnd, random: RandomStream): void;
  /** Figures of an iteration for people who watch, such as epsilon. */
  figures?(iteration: number): Readonly<Record<string, number>>;
}

/** An agent as a file exports it (`export default`) and as `training.agent.use` names it. */
export interface AgentDefinition<S extends ParameterSpecs = ParameterSpecs> {
  readonly name: string;
  readonly description?: string;
  readonly parameters: S;
  /** A rule over several parameters: returns what is wrong, or undefined. */
  check?(parameters: ParametersOf<S>): string | undefined;
  /** Throws RangeError where the agent cannot have the observations or the actions of the setup. */
  create(parameters: ParametersOf<S>, setup: AgentSetup): Agent;
}

/** Types a definition by its own parameters; returns it unchanged. */
export function defineAgent<const S extends ParameterSpecs>(definition: AgentDefinition<S>): AgentDefinition<S> {
  return definition;
}

/**
 * The sizes of the choices that an action consists of: one for a discrete space, else one for each of its numbers. Throws
 * RangeError for a space of continuous numbers.
 */
export function choicesOf(space: AgentActionSpace, name: string): readonly number[] {
  if (space.type === 'discrete') return [space.n];
  if (space.type === 'multi-discrete') return space.nvec;
  const known = 'environment.actions discrete or orders';
  throw new RangeError(`${name} chooses among a few actions and has none for a Box of numbers; set ${known}`);
}

/** A value that goes in a straight line from `first` at iteration 0 to `last` at the last iteration. */
export function annealed(first: number, last: number, iteration: number, iterations: number): number {
  if (iterations < 2) return first;
  const share = Math.min(1, iteration / (iterations - 1));
  return first + (last - first) * share;
}
