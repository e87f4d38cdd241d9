import { chooseAgent, createAgent } from '@ergodic/core';

/** The agent that draws its actions, and the one that the config trains. Throws ConfigError. */
export function createAgents({ training }, { observationLabels, actionSpace }) {
  const setup = { observationLabels, actionSpace, iterations: training.iterations };
  return {
    random: createAgent(chooseAgent({ use: 'random' }), setup),
    learning: createAgent(chooseAgent(training.agent), setup),
  };
}
