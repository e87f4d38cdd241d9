import { type Agent, type AgentDefinition, RandomStream } from '../../src/index.ts';

/** Where a step of a small world leads. */
export interface Transition {
  readonly reward: number;
  readonly next: number;
  readonly isOver: boolean;
}

/** A Markov decision process with numbered states, shown to agents as one-hot observations. */
export interface World {
  readonly states: number;
  readonly actions: number;
  start(random: RandomStream): number;
  step(state: number, action: number, random: RandomStream): Transition;
}

export function oneHot(state: number, states: number): Float32Array {
  return Float32Array.from({ length: states }, (_, i) => (i === state ? 1 : 0));
}

/** An agent for a world. */
export function agentFor(
  definition: AgentDefinition,
  world: World,
  parameters: Readonly<Record<string, unknown>>,
  iterations: number,
): Agent {
  const defaults = Object.entries(definition.parameters).map(([name, spec]) => [name, spec.default]);
  const all = { ...Object.fromEntries(defaults), ...parameters };
  const observationLabels = Array.from({ length: world.states }, (_, i) => `state_${i}`);
  return definition.create(all as never, {
    observationLabels,
    actionSpace: { type: 'discrete', n: world.actions },
    iterations,
  });
}

/** Lets an agent learn in a world, one episode an iteration; returns its weights. */
export function learn(agent: Agent, world: World, iterations: number, steps: number, seed: number): Float64Array {
  const random = new RandomStream([seed, 1, 2, 3]);
  const weights = new Float64Array(agent.size);
  const action = new Float64Array(1);
  for (let iteration = 0; iteration < iterations; iteration++) {
    agent.begin(weights, { iteration, isExploring: true });
    let state = world.start(random);
    for (let i = 0; i < steps; i++) {
      agent.act(oneHot(state, world.states), random, action);
      const { reward, next, isOver } = world.step(state, action[0]!, random);
      const isLast = i === steps - 1;
      agent.learn!(
        reward,
        oneHot(next, world.states),
        isOver ? 'terminated' : isLast ? 'truncated' : 'running',
        random,
      );
      if (isOver) break;
      state = next;
    }
  }
  return weights;
}

/** The value of a state under weights of a linear basis: a constant, then one weight a state. */
export function stateValue(weights: Float64Array, from: number, state: number): number {
  return weights[from]! + weights[from + 1 + state]!;
}
