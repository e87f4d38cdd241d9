import { Environment, RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { createAgents } from './agents.mjs';
import { predictionIndex } from './options.mjs';

/**
 * The handler of a player: a thread that owns an environment and plays one episode for each event. What it answers follows
 * from the config and the event alone, so it does not matter which thread plays an episode, or when.
 */
export function create({ config }) {
  const environment = new Environment(config);
  const agents = createAgents(config, environment);
  const root = rootKey(config.seed);
  const prediction = predictionIndex(environment.observationLabels);
  return (event) => {
    const random = new RandomStream(substreamKey(root, event.episode, `toy/${event.stage}/${event.agent}`));
    return playEpisode({ environment, agent: agents[event.agent], random, prediction }, event);
  };
}

/** Observation → action → reward, until the episode is over. The agent learns in it where `isLearning`. */
function playEpisode({ environment, agent, random, prediction }, { episode, iteration, weights, isLearning }) {
  const learned = weights.slice();
  agent.begin(learned, { iteration, isExploring: isLearning });
  const rows = { step: [], prediction: [], action: [], reward: [], equity: [] };
  const action = new Float64Array(1);
  let totalReward = 0;
  let [observation, { step }] = environment.reset({ options: { episode } });
  for (let end = 'running'; end === 'running'; ) {
    agent.act(observation, random, action);
    const [next, reward, terminated, truncated, info] = environment.step(action[0]);
    end = terminated ? 'terminated' : truncated ? 'truncated' : 'running';
    if (isLearning) agent.learn?.(reward, next, end, random);
    rows.step.push(step);
    rows.prediction.push(observation[prediction]);
    rows.action.push(action[0]);
    rows.reward.push(reward);
    rows.equity.push(info.equity);
    totalReward += reward;
    observation = next;
    step = info.step;
  }
  return { rows, totalReward, change: learned.map((weight, i) => weight - weights[i]) };
}
