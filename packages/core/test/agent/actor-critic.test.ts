import { describe, expect, test } from 'vitest';
import { type Agent, builtinAgents, RandomStream } from '../../src/index.ts';
import { agentFor, learn, oneHot, stateValue, type World } from './worlds.ts';

const actorCritic = builtinAgents['actor-critic']!;

const randomWalk: World = {
  states: 5,
  actions: 1,
  start: () => 2,
  step: (state, _, random) => {
    const next = state + (random.integer(2) === 0 ? -1 : 1);
    return { reward: next === 5 ? 1 : 0, next: Math.min(4, Math.max(0, next)), isOver: next < 0 || next > 4 };
  },
};

/** In each of three states another one of three actions pays 1, with noise of deviation 1. */
const bandits: World = {
  states: 3,
  actions: 3,
  start: (random) => random.integer(3),
  step: (state, action, random) => ({
    reward: (action === (state + 1) % 3 ? 1 : 0) + random.normal(),
    next: random.integer(3),
    isOver: false,
  }),
};

describe('actor-critic', () => {
  test.each([0, 0.5])('its critic finds the values of the random walk, with traces of %s', (lambda) => {
    const parameters = { basis: 'linear', discount: 1, criticStepSize: 0.2, finalStepSize: 0.01, lambda, entropy: 0 };
    const agent = agentFor(actorCritic, randomWalk, parameters, 4_000);
    const weights = learn(agent, randomWalk, 4_000, 1_000, 11);
    // The actor has one action: 6 weights. Four standard errors, see q-learning.test.ts.
    for (let state = 0; state < 5; state++) {
      expect(Math.abs(stateValue(weights, 6, state) - (state + 1) / 6)).toBeLessThan(4 * 0.035);
    }
  });

  test('learns which action pays in which state', () => {
    const agent = agentFor(actorCritic, bandits, { basis: 'linear', discount: 0, lambda: 0 }, 20);
    const weights = learn(agent, bandits, 20, 2_000, 5);
    const action = new Float64Array(1);
    agent.begin(weights, { iteration: 19, isExploring: false });
    for (const state of [0, 1, 2]) {
      agent.act(oneHot(state, 3), new RandomStream([1, 1, 1, 1]), action);
      expect(action[0]).toBe((state + 1) % 3);
    }
  });

  test('what it learns does not depend on the scale of rewards', () => {
    const actor = (scale: number): number[] => {
      const scaled: World = {
        ...bandits,
        step: (state, action, random) => {
          const found = bandits.step(state, action, random);
          return { ...found, reward: scale * found.reward };
        },
      };
      const agent = agentFor(actorCritic, scaled, { basis: 'linear' }, 2);
      return [...learn(agent, scaled, 2, 300, 5).subarray(0, 12)];
    };
    // A power of two scales without rounding.
    expect(actor(1 / 1_024)).toEqual(actor(1));
  });

  test('one step goes along the gradient of log probability and entropy', () => {
    const parameters = { basis: 'quadratic', actorStepSize: 0.3, lambda: 0, entropy: 0.2, discount: 0.5 };
    const agent = agentFor(actorCritic, { ...bandits, states: 2 }, parameters, 1);
    const observation = Float32Array.of(0.5, -2);
    const features = [1, 0.5, -2, 0.25, -1, 4];
    const random = new RandomStream([9, 8, 7, 6]);
    const weights = Float64Array.from({ length: agent.size }, () => 0.3 * random.normal());
    const before = weights.slice();
    agent.begin(weights, { iteration: 0, isExploring: true });
    const action = new Float64Array(1);
    agent.act(observation, random, action);
    agent.learn!(-1, observation, 'terminated', random);
    const value = features.reduce((sum, x, i) => sum + x * before[18 + i]!, 0);
    // The first error of an episode is as large as usual: 1 in its own unit.
    const sign = Math.sign(-1 - value);
    const squared = features.reduce((sum, x) => sum + x * x, 0);
    const goal = (theta: Float64Array): number => {
      const exps = [0, 1, 2].map((a) => Math.exp(features.reduce((sum, x, i) => sum + x * theta[6 * a + i]!, 0)));
      const sum = exps.reduce((a, b) => a + b, 0);
      const spread = -exps.reduce((total, e) => total + (e / sum) * Math.log(e / sum), 0);
      return sign * Math.log(exps[action[0]!]! / sum) + 0.2 * spread;
    };
    for (let i = 0; i < 18; i++) {
      const moved = (by: number): Float64Array => before.map((weight, j) => (j === i ? weight + by : weight));
      const slope = (goal(moved(1e-5)) - goal(moved(-1e-5))) / 2e-5;
      expect(weights[i]! - before[i]!).toBeCloseTo((0.3 / squared) * slope, 8);
    }
  });

  test('draws actions as often as its probabilities say', () => {
    const agent: Agent = agentFor(actorCritic, { ...bandits, states: 1 }, { basis: 'linear' }, 1);
    const weights = new Float64Array(agent.size);
    weights[0] = Math.log(0.2);
    weights[2] = Math.log(0.3);
    weights[4] = Math.log(0.5);
    agent.begin(weights, { iteration: 0, isExploring: true });
    const random = new RandomStream([1, 2, 3, 4]);
    const action = new Float64Array(1);
    const counts = [0, 0, 0];
    const n = 20_000;
    for (let i = 0; i < n; i++) {
      agent.act(Float32Array.of(0), random, action);
      counts[action[0]!]!++;
    }
    for (const [i, p] of [0.2, 0.3, 0.5].entries()) {
      // Binomial: a deviation of 4 standard errors has a probability of 6e-5.
      expect(Math.abs(counts[i]! / n - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
    }
  });
});
