import { actorCritic } from './actor-critic.ts';
import type { AgentDefinition } from './agent.ts';
import { qLearning } from './q-learning.ts';
import { randomAgent } from './random.ts';

export {
  type Agent,
  type AgentActionSpace,
  type AgentDefinition,
  type AgentSetup,
  defineAgent,
  type IntervalEnd,
  type Play,
} from './agent.ts';

/** The agents that `training.agent.use` knows by name. */
export const builtinAgents: Readonly<Record<string, AgentDefinition>> = {
  'q-learning': qLearning,
  'actor-critic': actorCritic,
  random: randomAgent,
};
