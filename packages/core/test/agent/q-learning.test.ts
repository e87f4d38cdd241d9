import { describe, expect, test } from 'vitest';
import { builtinAgents, RandomStream } from '../../src/index.ts';
import { agentFor, learn, oneHot, stateValue, type World } from './worlds.ts';

const qLearning = builtinAgents['q-learning']!;

/** Two states. In state 1 staying pays 1, all else pays nothing; switching goes to the other state. */
const twoStates: World = {
  states: 2,
  actions: 2,
  start: () => 0,
  step: (state, action) => ({
    reward: state === 1 && action === 0 ? 1 : 0,
    next: action === 0 ? state : 1 - state,
    isOver: false,
  }),
};

/** The random walk of Sutton and Barto 2018, example 6.2: from the middle of five states, a reward of 1 at the right end. */
const randomWalk: World = {
  states: 5,
  actions: 1,
  start: () => 2,
  step: (state, _, random) => {
    const next = state + (random.integer(2) === 0 ? -1 : 1);
    return { reward: next === 5 ? 1 : 0, next: Math.min(4, Math.max(0, next)), isOver: next < 0 || next > 4 };
  },
};

describe('q-learning', () => {
  test.each([0, 0.7])('finds the values of a deterministic problem in closed form, with traces of %s', (lambda) => {
    const parameters = { basis: 'linear', discount: 0.9, stepSize: 0.5, finalStepSize: 0.5, finalEpsilon: 1, lambda };
    const agent = agentFor(qLearning, twoStates, parameters, 20);
    const weights = learn(agent, twoStates, 20, 1_000, 7);
    // Stay for ever in state 1: 1 ÷ (1 − 0.9); all else is that, discounted by the steps to it.
    const best = [
      [8.1, 9],
      [10, 8.1],
    ];
    for (const state of [0, 1]) {
      // Nothing is random but the order of visits: values converge to the last digits.
      for (const action of [0, 1]) expect(stateValue(weights, 3 * action, state)).toBeCloseTo(best[state]![action]!, 6);
    }
  });

  test.each([0, 0.5])('finds the values of the random walk, with traces of %s', (lambda) => {
    const stepSize = 0.2;
    const parameters = { basis: 'linear', discount: 1, stepSize, finalStepSize: 0.002, lambda };
    const agent = agentFor(qLearning, randomWalk, parameters, 4_000);
    const weights = learn(agent, randomWalk, 4_000, 1_000, 11);
    for (let state = 0; state < 5; state++) {
      // With step size α a value has the variance α ÷ (2 − α) of its targets, which is 0.25 at most: α = 0.01, reached near the
      // end, gives a standard error of 0.035, and four of them are allowed.
      expect(Math.abs(stateValue(weights, 0, state) - (state + 1) / 6)).toBeLessThan(4 * 0.035);
    }
  });

  test('with traces a reward reaches the first action of an episode at once', () => {
    const chain: World = {
      states: 3,
      actions: 1,
      start: () => 0,
      step: (state) => ({ reward: state === 2 ? 1 : 0, next: Math.min(2, state + 1), isOver: state === 2 }),
    };
    const first = (lambda: number): number => {
      const agent = agentFor(
        qLearning,
        chain,
        { basis: 'quadratic', discount: 1, lambda, epsilon: 0, finalEpsilon: 0 },
        1,
      );
      const weights = learn(agent, chain, 1, 10, 3);
      return weights[1]!;
    };
    expect(first(0)).toBe(0);
    expect(first(1)).toBeGreaterThan(0);
  });

  test('an exploratory action cuts the traces before it', () => {
    const agent = agentFor(
      qLearning,
      { ...twoStates, states: 2 },
      { basis: 'linear', discount: 1, lambda: 1, epsilon: 1, finalEpsilon: 1, stepSize: 0.5, finalStepSize: 0.5 },
      1,
    );
    /** What the second reward changes in the value of the first action. */
    const change = (second: 0 | 1): number => {
      const weights = new Float64Array(agent.size);
      // Action 1 is the best one known in state 1.
      weights[5] = 1;
      agent.begin(weights, { iteration: 0, isExploring: true });
      const random = new RandomStream([5, 6, 7, 8]);
      const action = new Float64Array(1);
      const take = (state: number, wanted: number): void => {
        do agent.act(oneHot(state, 2), random, action);
        while (action[0] !== wanted);
      };
      take(0, 0);
      agent.learn!(0, oneHot(1, 2), 'running', random);
      const before = weights[1]!;
      take(1, second);
      agent.learn!(5, oneHot(1, 2), 'terminated', random);
      return weights[1]! - before;
    };
    expect(change(1)).not.toBe(0);
    expect(change(0)).toBe(0);
  });

  test('an action of several numbers is learned number by number', () => {
    const agent = qLearning.create(
      {
        basis: 'linear',
        stepSize: 0.2,
        finalStepSize: 0.2,
        discount: 0,
        lambda: 0,
        epsilon: 1,
        finalEpsilon: 1,
      } as never,
      { observationLabels: ['x'], actionSpace: { type: 'multi-discrete', nvec: [3, 2] }, iterations: 1 },
    );
    expect(agent.size).toBe((3 + 2) * 2);
    const weights = new Float64Array(agent.size);
    const random = new RandomStream([1, 2, 3, 4]);
    const action = new Float64Array(2);
    const observation = Float32Array.of(0);
    agent.begin(weights, { iteration: 0, isExploring: true });
    for (let i = 0; i < 2_000; i++) {
      agent.act(observation, random, action);
      // 2 and 0 are best, each on its own.
      agent.learn!(action[0]! - action[1]!, observation, 'running', random);
    }
    agent.begin(weights, { iteration: 0, isExploring: false });
    agent.act(observation, random, action);
    expect([...action]).toEqual([2, 0]);
  });

  test('one that does not explore draws no random numbers', () => {
    const agent = agentFor(qLearning, twoStates, {}, 1);
    const random = new RandomStream([1, 2, 3, 4]);
    const before = random.save();
    agent.begin(new Float64Array(agent.size), { iteration: 0, isExploring: false });
    agent.act(oneHot(0, 2), random, new Float64Array(1));
    expect(random.save()).toEqual(before);
  });

  test('epsilon and step size go in a straight line from the first to the last iteration', () => {
    const agent = agentFor(qLearning, twoStates, { epsilon: 1, finalEpsilon: 0, stepSize: 0.1, finalStepSize: 0.1 }, 5);
    const figures = [0, 1, 2, 3, 4].map((iteration) => agent.figures!(iteration));
    expect(figures.map(({ epsilon }) => epsilon)).toEqual([1, 0.75, 0.5, 0.25, 0]);
    for (const { stepSize } of figures) expect(stepSize).toBeCloseTo(0.1, 15);
  });
});
