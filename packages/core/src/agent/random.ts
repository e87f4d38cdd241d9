import type { RandomStream } from '../random/stream.ts';
import { type Agent, type AgentActionSpace, type AgentDefinition, defineAgent } from './agent.ts';

class RandomAgent implements Agent {
  readonly size = 0;
  private readonly space: AgentActionSpace;

  constructor(space: AgentActionSpace) {
    if (space.type === 'box') {
      for (let i = 0; i < space.low.length; i++) {
        if (Number.isFinite(space.low[i]) && Number.isFinite(space.high[i])) continue;
        throw new RangeError(`random draws between bounds, number ${i} of the action has none`);
      }
    }
    this.space = space;
  }

  begin(): void {}

  act(_: Float32Array, random: RandomStream, action: Float64Array): void {
    const { space } = this;
    if (space.type === 'discrete') action[0] = random.integer(space.n);
    else if (space.type === 'multi-discrete') {
      for (let i = 0; i < action.length; i++) action[i] = random.integer(space.nvec[i]!);
    } else {
      for (let i = 0; i < action.length; i++) {
        const low = space.low[i]!;
        action[i] = low + (space.high[i]! - low) * random.nextDouble();
      }
    }
  }
}

/** Draws every action uniformly and learns nothing: what a learning agent has to beat. */
export const randomAgent: AgentDefinition = defineAgent({
  name: 'random',
  description: 'Draws every action uniformly and learns nothing.',
  parameters: {},
  create: (_, { actionSpace }) => new RandomAgent(actionSpace),
}) as AgentDefinition;
