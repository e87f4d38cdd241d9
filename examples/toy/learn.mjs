import { estimateOf } from './report.mjs';

const NO_WEIGHTS = new Float64Array(0);

/**
 * A random agent first, then one that learns, then both on episodes that neither has seen. `play` plays episodes, many at a time,
 * and returns their results in order; `weights` are those that learning starts from.
 */
export async function learn({ training, agent, weights }, play, say) {
  const { iterations, episodes, evaluationEpisodes } = training;
  const random = { name: 'random', agent: 'random', weights: NO_WEIGHTS, iteration: 0, isLearning: false };

  const before = await play(numbered(0, evaluationEpisodes, { stage: 'random', ...random }));
  say(`random agent: mean reward ${meanOf(before)}`);

  const progress = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const learner = { stage: 'training', name: agent, agent: 'learning', weights, iteration, isLearning: true };
    const results = await play(numbered(iteration * episodes, episodes, learner));
    weights = merged(weights, results);
    progress.push(estimateOf(rewardsOf(results)));
    say(`iteration ${iteration + 1}/${iterations}: mean reward ${meanOf(results)}`);
  }

  // It learns no more and tries nothing out: it takes the best action that it knows.
  const learned = { name: agent, agent: 'learning', weights, iteration: iterations, isLearning: false };
  const evaluate = async (player) =>
    rewardsOf(await play(numbered(iterations * episodes, evaluationEpisodes, { stage: 'evaluation', ...player })));
  const rewards = { learned: await evaluate(learned), random: await evaluate(random) };
  const differences = rewards.learned.map((reward, i) => reward - rewards.random[i]);
  const evaluation = {
    learned: estimateOf(rewards.learned),
    random: estimateOf(rewards.random),
    difference: estimateOf(differences),
  };
  return { agent, random: estimateOf(rewardsOf(before)), training: progress, evaluation, weights: Array.from(weights) };
}

/** All episodes of an iteration start from the same weights. What they changed is averaged, in the order of the episodes. */
function merged(weights, results) {
  const next = weights.slice();
  for (const { change } of results) for (let i = 0; i < next.length; i++) next[i] += change[i] / results.length;
  return next;
}

function numbered(from, count, event) {
  return Array.from({ length: count }, (_, i) => ({ ...event, episode: from + i }));
}

function rewardsOf(results) {
  return results.map(({ totalReward }) => totalReward);
}

function meanOf(results) {
  return estimateOf(rewardsOf(results)).mean.toFixed(4);
}
