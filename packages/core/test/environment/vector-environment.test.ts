import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Environment, RandomStream, type StepResult, sample, VectorEnvironment } from '../../src/index.ts';
import { configOf, FEATURES, ONE, TWO } from './configs.ts';

/** Random actions for all environments. */
function drawActions(vector: VectorEnvironment, random: RandomStream): Float64Array {
  const actions = new Float64Array(vector.count * vector.actionSize);
  for (let i = 0; i < vector.count; i++) {
    sample(vector.actionSpace, random, actions, i * vector.actionSize);
    // Agents hold most of the time: those steps are made ahead.
    if (vector.actionSpace.type === 'discrete' && random.nextDouble() < 0.8) actions[i] = 1;
  }
  return actions;
}

const rowOf = (vector: VectorEnvironment, i: number, from: Float32Array = vector.observations): number[] => [
  ...from.subarray(i * vector.observationSize, (i + 1) * vector.observationSize),
];

function recordOf(vector: VectorEnvironment, i: number): Record<string, number | null> {
  const figures = new Float64Array(vector.fields.length);
  vector.record(i, figures);
  return Object.fromEntries(vector.fields.map((name, j) => [name, Number.isNaN(figures[j]!) ? null : figures[j]!]));
}

const INSTANT = [{ use: 'log-return' }, { use: 'pnl', scale: 0.01 }];

/** Episodes of unequal length: some end in ruin. */
const UNEQUAL = { portfolio: { ruin: 0.985 }, steps: 25 };

describe('many environments', () => {
  test.each([
    ['one market', UNEQUAL],
    ['two markets', { ...UNEQUAL, markets: TWO }],
    ['weights', { ...UNEQUAL, environment: { observations: FEATURES, actions: { use: 'target-weights' } } }],
    ['orders', { ...UNEQUAL, environment: { observations: FEATURES, actions: { use: 'orders' } } }],
    ['randomised', { ...UNEQUAL, randomize: { 'markets.A.volatility': { uniform: [0.3, 3] } } }],
    ['across blocks', { steps: 1_030 }],
    ['instant rewards', { ...UNEQUAL, rewards: INSTANT }],
    ['instant rewards with shorts', { ...UNEQUAL, rewards: INSTANT, portfolio: { allowShort: true, ruin: 0.985 } }],
    ['instant rewards across blocks', { steps: 1_030, rewards: [{ use: 'log-return' }] }],
    ['instant rewards and heartbeats', { ...UNEQUAL, rewards: INSTANT, heartbeat: '250m' }],
    ['instant rewards and latency', { ...UNEQUAL, rewards: INSTANT, execution: { latency: '90m' } }],
    [
      'instant rewards, drawn',
      { rewards: INSTANT, randomize: { steps: { integer: [3, 70] }, 'portfolio.cash': { uniform: [1, 9] } } },
    ],
    ['instant rewards after a warm-up', { rewards: INSTANT, environment: { observations: FEATURES, warmup: 9 } }],
  ])('do what each of them does alone: %s', (_, changes) => {
    const config = configOf(changes);
    for (const autoreset of ['next-step', 'same-step'] as const) {
      const count = 5;
      const vector = new VectorEnvironment(config, { count, autoreset });
      const alone = Array.from({ length: count }, () => new Environment(config));
      const played = Array.from({ length: count }, (_, i) => i);
      const start = (i: number) => alone[i]!.reset({ seed: 9, options: { episode: played[i]! } })[0];
      const isOver = new Array<boolean>(count).fill(false);
      vector.reset({ seed: 9 });
      alone.forEach((_, i) => {
        expect(rowOf(vector, i)).toEqual([...start(i)]);
      });
      const random = new RandomStream([4, 5, 6, 7]);
      let ends = 0;
      for (let step = 0; step < (config.steps! > 1_000 ? 1_100 : 120); step++) {
        const actions = drawActions(vector, random);
        vector.step(actions);
        for (let i = 0; i < count; i++) {
          if (isOver[i] === true) {
            isOver[i] = false;
            expect(rowOf(vector, i)).toEqual([...start(i)]);
            expect([vector.rewards[i], vector.terminations[i], vector.truncations[i], vector.ended[i]]).toEqual([
              0, 0, 0, 0,
            ]);
            continue;
          }
          const size = vector.actionSize;
          const action = Array.from(actions.subarray(i * size, (i + 1) * size));
          const [observation, reward, terminated, truncated, info] = alone[i]!.step(action);
          expect(vector.rewards[i]).toBe(reward);
          expect(vector.terminations[i]).toBe(terminated ? 1 : 0);
          expect(vector.truncations[i]).toBe(truncated ? 1 : 0);
          const parts = vector.rewardNames.map((_, t) => vector.rewardParts[i * vector.rewardNames.length + t]);
          expect(parts).toEqual(Object.values(info.rewards));
          if (info.final === undefined) {
            expect([vector.ended[i], vector.endedEpisodes[i], vector.episodes[i]]).toEqual([0, -1, played[i]]);
            expect([vector.equities[i], vector.steps[i]]).toEqual([info.equity, info.step]);
            expect(rowOf(vector, i)).toEqual([...observation]);
            continue;
          }
          ends++;
          expect([vector.ended[i], vector.endedEpisodes[i]]).toEqual([1, played[i]]);
          expect(recordOf(vector, i)).toEqual(info.final);
          played[i]! += count;
          if (autoreset === 'same-step') {
            expect(rowOf(vector, i, vector.finalObservations)).toEqual([...observation]);
            expect(rowOf(vector, i)).toEqual([...start(i)]);
            expect(vector.episodes[i]).toBe(played[i]);
          } else {
            expect(rowOf(vector, i)).toEqual([...observation]);
            isOver[i] = true;
          }
        }
      }
      expect(ends).toBeGreaterThan(4);
    }
  });

  test('no two of them ever play one episode, whatever the order in which episodes end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer(), fc.boolean(), (count, key, isSameStep) => {
        const autoreset = isSameStep ? 'same-step' : 'next-step';
        const vector = new VectorEnvironment(configOf({ ...UNEQUAL, steps: 9 }), { count, autoreset });
        const random = new RandomStream([key | 1, 2, 3, 4]);
        const ended: number[] = [];
        vector.reset({ seed: key });
        for (let step = 0; step < 60; step++) {
          vector.step(drawActions(vector, random));
          for (const [i, episode] of vector.endedEpisodes.entries()) {
            if (episode < 0) continue;
            expect(episode % count).toBe(i);
            ended.push(episode);
          }
        }
        expect(new Set(ended).size).toBe(ended.length);
        expect(ended.length).toBeGreaterThanOrEqual(count);
      }),
      { numRuns: 20 },
    );
  });

  test('a list of seeds gives each environment the episodes of its own', () => {
    const config = configOf({ steps: 3 });
    const vector = new VectorEnvironment(config, { count: 3, autoreset: 'same-step' });
    vector.reset({ seed: ['x', 7, 'x'] });
    expect(rowOf(vector, 0)).toEqual(rowOf(vector, 2));
    const alone = new Environment(config);
    expect(rowOf(vector, 1)).toEqual([...alone.reset({ seed: '7' })[0]]);
    for (let i = 0; i < 3; i++) vector.step([2, 2, 2]);
    expect([...vector.episodes]).toEqual([1, 1, 1]);
    expect(rowOf(vector, 1)).toEqual([...alone.reset()[0]]);
  });

  test('some lanes of a larger whole play the episodes that these lanes play there', () => {
    const config = configOf(UNEQUAL);
    const whole = new VectorEnvironment(config, { count: 6, autoreset: 'same-step' });
    const some = new VectorEnvironment(config, { count: 2, autoreset: 'same-step', lanes: { first: 3, of: 6 } });
    whole.reset({ seed: 1 });
    some.reset({ seed: 1 });
    for (let step = 0; step < 80; step++) {
      whole.step([0, 1, 2, 2, 1, 0]);
      some.step([2, 1]);
      expect([rowOf(some, 0), rowOf(some, 1)]).toEqual([rowOf(whole, 3), rowOf(whole, 4)]);
      expect([...some.endedEpisodes]).toEqual([...whole.endedEpisodes.subarray(3, 5)]);
    }
  });
});

describe('without autoreset', () => {
  test('an ended environment waits for a reset with a mask; the others keep their episodes', () => {
    const vector = new VectorEnvironment(configOf({ steps: 4, randomize: { steps: { choice: [2, 4] } } }), {
      count: 8,
      autoreset: 'disabled',
    });
    vector.reset({ seed: 3 });
    vector.step(new Array(8).fill(1));
    vector.step(new Array(8).fill(1));
    const ended = [...vector.ended];
    expect(new Set(ended)).toEqual(new Set([0, 1]));
    const first = ended.indexOf(1);
    expect(() => vector.step(new Array(8).fill(1))).toThrow(
      `step: the episode of environment ${first} is over, call reset with a mask`,
    );
    const before = [...vector.episodes];
    vector.reset({ mask: vector.ended });
    expect([...vector.episodes]).toEqual(before.map((episode, i) => (ended[i] === 1 ? episode + 8 : episode)));
    expect([...vector.steps]).toEqual(ended.map((isEnded) => (isEnded === 1 ? 0 : 2)));
    expect([...vector.ended]).toEqual(new Array(8).fill(0));
    vector.step(new Array(8).fill(1));
    expect(vector.steps[first]).toBe(1);
  });

  test('chosen episodes can be played', () => {
    const config = configOf({ steps: 4 });
    const vector = new VectorEnvironment(config, { count: 2, autoreset: 'disabled' });
    vector.reset({ seed: 3, episodes: [17, 4] });
    const alone = new Environment(config);
    expect(rowOf(vector, 0)).toEqual([...alone.reset({ seed: 3, options: { episode: 17 } })[0]]);
    expect(rowOf(vector, 1)).toEqual([...alone.reset({ seed: 3, options: { episode: 4 } })[0]]);
  });
});

describe('wrong use', () => {
  test('of step is an error that changes nothing, in any environment', () => {
    const config = configOf({ steps: 6 });
    const vector = new VectorEnvironment(config, { count: 3 });
    const undisturbed = new VectorEnvironment(config, { count: 3 });
    expect(() => vector.step([1, 1, 1])).toThrow('step: there are no episodes yet, call reset first');
    expect(() => vector.reset({ mask: [1, 0, 1] })).toThrow('the first must start all environments');
    vector.reset({ seed: 2 });
    undisturbed.reset({ seed: 2 });
    for (let step = 0; step < 8; step++) {
      for (const [actions, message] of [
        [[2, 2, 3], 'environment 2: the action must be in Discrete(3), got 3'],
        [[Number.NaN, 2, 2], 'environment 0: the action must be in Discrete(3), got NaN'],
        [[2, 0.5, 2], 'environment 1: the action must be in Discrete(3), got 0.5'],
        [[2, 2], 'step: actions must be 3 × 1 numbers, got 2'],
        [[2, 2, 2, 2], 'step: actions must be 3 × 1 numbers, got 4'],
        [undefined, 'step: actions must be 3 × 1 numbers, got undefined'],
      ] as const) {
        // The step after an end takes any action: it is not used.
        if (vector.ended[0] === 1 && !message.startsWith('step')) continue;
        expect(() => vector.step(actions as never)).toThrow(message);
      }
      vector.step([2, 1, 0]);
      undisturbed.step([2, 1, 0]);
      expect([...vector.observations]).toEqual([...undisturbed.observations]);
      expect([...vector.rewards]).toEqual([...undisturbed.rewards]);
    }
  });

  test('of the constructor and of reset names what is wrong', () => {
    for (const count of [0, -1, 1.5, Number.NaN]) {
      expect(() => new VectorEnvironment(configOf(), { count })).toThrow(
        `count must be a whole number of 1 or more, got ${count}`,
      );
    }
    const autoreset = 'sometimes' as never;
    expect(() => new VectorEnvironment(configOf(), { count: 1, autoreset })).toThrow('got sometimes');
    const vector = new VectorEnvironment(configOf(), { count: 2 });
    expect(() => vector.reset({ seed: [1] })).toThrow('seed must be one, or one for each of 2 environments, got 1');
    expect(() => vector.reset({ mask: [1] })).toThrow('mask must have 2 entries, one an environment, got 1');
    expect(() => vector.reset({ episodes: [1, -1] })).toThrow('episodes must be whole numbers of 0 or more, got -1');
  });
});

test('an episode that fails ends its environment alone, as truncated, and says why', () => {
  const config = configOf({ steps: 9, components: [{ use: 'bomb' }] });
  let created = 0;
  const create = () => {
    // The third environment of the first round.
    const isBad = ++created === 3;
    let seen = 0;
    return {
      onMarket() {
        if (isBad && ++seen === 4) throw new Error('boom');
      },
    };
  };
  const parts = { components: { bomb: { name: 'bomb', parameters: {}, create } } };
  const vector = new VectorEnvironment(config, { count: 4, autoreset: 'next-step', parts });
  vector.reset({ seed: 1 });
  for (let i = 0; i < 2; i++) vector.step([1, 1, 1, 1]);
  const before = rowOf(vector, 2);
  vector.step([1, 1, 1, 1]);
  expect([...vector.ended]).toEqual([0, 0, 1, 0]);
  expect([vector.truncations[2], vector.terminations[2], vector.rewards[2]]).toEqual([1, 0, 0]);
  expect(vector.failures.map((failure) => failure?.code ?? null)).toEqual([null, null, 'COMPONENT_ERROR', null]);
  expect(rowOf(vector, 2)).toEqual(before);
  expect(Object.values(recordOf(vector, 2)).every((value) => value === null)).toBe(true);
  vector.step([1, 1, 1, 1]);
  expect([...vector.steps]).toEqual([4, 4, 0, 4]);
  expect(vector.failures).toEqual([null, null, null, null]);
});

test('a step creates no arrays: those of the start are the ones that change', () => {
  const vector = new VectorEnvironment(configOf({ markets: ONE }), { count: 2, autoreset: 'same-step' });
  const arrays = () => [
    vector.observations,
    vector.finalObservations,
    vector.rewards,
    vector.rewardParts,
    vector.terminations,
    vector.truncations,
    vector.ended,
    vector.episodes,
    vector.endedEpisodes,
    vector.equities,
    vector.steps,
  ];
  const before = arrays();
  expect(vector.reset()).toBe(vector.observations);
  for (let i = 0; i < 100; i++) vector.step([2, 0]);
  arrays().forEach((array, i) => {
    expect(array).toBe(before[i]);
  });
});

test('a step of one environment is a step of Gymnasium: five values', () => {
  const environment = new Environment(configOf());
  environment.reset();
  const result: StepResult = environment.step(1);
  expect(result.map((value) => (value instanceof Float32Array ? 'Float32Array' : typeof value))).toEqual([
    'Float32Array',
    'number',
    'boolean',
    'boolean',
    'object',
  ]);
});
