import { describe, expect, test } from 'vitest';
import {
  type Agent,
  AgentPlayer,
  ConfigError,
  chooseAgent,
  createAgent,
  EpisodeError,
  type IntervalEnd,
  parseConfig,
  parsePolicy,
  policyMismatch,
  policyStrategy,
  Simulation,
} from '../../src/index.ts';
import { arena, MARTINGALE, play, playerOf, REVERTING, train } from '../agent/markets.ts';

interface Seen {
  readonly reward: number;
  readonly observation: number[];
  readonly end: IntervalEnd;
}

/** An agent that always takes the same action and notes what it is told. */
function noting(action: number, seen: Seen[], acted: number[][] = []): Agent {
  return {
    size: 1,
    begin: () => {},
    act: (observation, _, out) => {
      acted.push([...observation]);
      out[0] = action;
    },
    learn: (reward, observation, end) => seen.push({ reward, observation: [...observation], end }),
  };
}

const LEARNING = { weights: new Float64Array(1), iteration: 0, isExploring: true, isLearning: true };

describe('an agent in an episode', () => {
  test('is told the reward of every interval, and at the end that the market would have gone on', () => {
    const simulation = arena(MARTINGALE, { steps: 50 });
    const seen: Seen[] = [];
    const acted: number[][] = [];
    const record = play(simulation, new AgentPlayer(simulation, noting(2, seen, acted)), 3, LEARNING);
    expect(seen).toHaveLength(50);
    expect(seen.map(({ end }) => end)).toEqual([...Array.from({ length: 49 }, () => 'running'), 'truncated']);
    // What it learns from is what it acts on next.
    expect(acted.slice(1)).toEqual(seen.slice(0, -1).map(({ observation }) => observation));
    const sum = seen.reduce((total, { reward }) => total + reward, 0);
    expect(sum).toBeCloseTo(record[simulation.fields.indexOf('totalReward')]!, 12);
    expect(seen.some(({ reward }) => reward !== 0)).toBe(true);
  });

  test('is told that nothing comes after ruin', () => {
    const market = { process: 'gbm', price: 100, drift: 0, volatility: 40 };
    const simulation = arena(market, { steps: 2_000, portfolio: { ruin: 0.5 } });
    const seen: Seen[] = [];
    play(simulation, new AgentPlayer(simulation, noting(2, seen)), 0, LEARNING);
    expect(simulation.loop.endReason).toBe('ruined');
    expect(seen.at(-1)?.end).toBe('terminated');
    expect(seen.at(-1)?.reward).toBeLessThan(0);
  });

  test('does not learn where it only plays, and leaves the weights that it was given alone', () => {
    const simulation = arena(REVERTING);
    const player = playerOf(simulation, { use: 'q-learning' });
    const weights = new Float64Array(player.agent.size);
    const change = new Float64Array(weights.length);
    play(simulation, player, 0, { weights, iteration: 0, isExploring: true, isLearning: false });
    player.writeChange(change, 0);
    expect(change.every((value) => value === 0)).toBe(true);
    play(simulation, player, 0, { weights, iteration: 0, isExploring: true, isLearning: true });
    player.writeChange(change, 0);
    expect(change.some((value) => value !== 0)).toBe(true);
    expect(weights.every((value) => value === 0)).toBe(true);
  });

  test('comes to the same whatever was played before, and however it is cut into slices', () => {
    const simulation = arena(REVERTING);
    const player = playerOf(simulation, { use: 'actor-critic' }, 2);
    const weights = new Float64Array(player.agent.size);
    const how = { weights, iteration: 1, isExploring: true, isLearning: true };
    const outcome = (): number[] => {
      const change = new Float64Array(weights.length);
      player.writeChange(change, 0);
      return [...change];
    };
    const first = [...play(simulation, player, 7, how)];
    const changed = outcome();
    play(simulation, player, 8, how);
    player.begin(7, {}, how);
    while (player.advance(3) !== 'ended');
    const record = new Float64Array(simulation.fields.length);
    simulation.record(record, 0);
    expect([...record]).toEqual(first);
    expect(outcome()).toEqual(changed);
  });

  test('has no decision before the warm-up, and none in an episode without steps', () => {
    const simulation = arena(MARTINGALE, { steps: 5, environment: { warmup: 5 } });
    const seen: Seen[] = [];
    const player = new AgentPlayer(simulation, noting(2, seen));
    play(simulation, player, 0, LEARNING);
    expect(seen).toEqual([]);
    const none = arena(MARTINGALE, { steps: 0 });
    play(none, new AgentPlayer(none, noting(2, seen)), 0, LEARNING);
    expect(seen).toEqual([]);
  });
});

describe('an agent that fails', () => {
  const failing = (changes: Partial<Agent>): (() => void) => {
    const simulation = arena(MARTINGALE, { steps: 5 });
    const player = new AgentPlayer(simulation, { ...noting(1, []), ...changes });
    return () => {
      play(simulation, player, 0, LEARNING);
      player.writeChange(new Float64Array(1), 0);
    };
  };
  const codeOf = (call: () => void): string => {
    try {
      call();
    } catch (error) {
      if (error instanceof EpisodeError) return error.code;
      throw error;
    }
    return '';
  };
  const fail = (): never => {
    throw new Error('mine');
  };

  test.each([
    ['begin', { begin: fail }, 'AGENT_ERROR'],
    ['act', { act: fail }, 'AGENT_ERROR'],
    ['learn', { learn: fail }, 'AGENT_ERROR'],
    [
      'an action that is none',
      { act: (_: Float32Array, __: unknown, out: Float64Array) => void (out[0] = 3) },
      'ACTION_INVALID',
    ],
    [
      'an action of NaN',
      { act: (_: Float32Array, __: unknown, out: Float64Array) => void (out[0] = Number.NaN) },
      'ACTION_INVALID',
    ],
  ])('in %s fails its episode', (_, changes, code) => {
    expect(codeOf(failing(changes as Partial<Agent>))).toBe(code);
  });

  test('by weights that are no numbers fails its episode', () => {
    let own = new Float64Array(0);
    const begin = (weights: Float64Array): void => {
      own = weights;
    };
    expect(codeOf(failing({ begin, learn: () => void (own[0] = Number.POSITIVE_INFINITY) }))).toBe(
      'WEIGHTS_NOT_FINITE',
    );
  });

  test('to make is an error of the config', () => {
    const setup = {
      observationLabels: ['x'],
      actionSpace: { type: 'box', shape: [1], low: [0], high: [1] },
      iterations: 1,
    } as const;
    const make =
      (use: string): (() => Agent) =>
      () =>
        createAgent(chooseAgent({ use }), setup);
    expect(make('q-learning')).toThrow(/training\.agent\.use: q-learning chooses among a few actions/);
    expect(make('actor-critic')).toThrow(ConfigError);
    expect(make('q-lerning')).toThrow(/did you mean q-learning/);
    expect(make('random')().size).toBe(0);
    expect(() => chooseAgent({ use: 'q-learning', stepsize: 1 })).toThrow(
      /training\.agent\.stepsize: is not a known key/,
    );
  });
});

describe('a policy', () => {
  const config = {
    seed: 'learning',
    steps: 300,
    markets: { X: REVERTING },
    environment: {
      observations: [{ use: 'moving-average', window: 20, normalize: 'running', clip: 5 }, { use: 'position' }],
    },
    strategy: { use: 'policy', file: 'policy.json' },
  };
  const trained = arena(REVERTING);
  const player = playerOf(trained, { use: 'q-learning' }, 2);
  const weights = train(trained, player, 2, 8);
  const document = {
    schema: 1,
    agent: { use: 'q-learning' },
    observationLabels: trained.agent!.observer.labels,
    actionSpace: trained.agent!.actions.space,
    weights: [...weights],
    version: 2,
    iterations: 2,
    trained: { run: 'r', seed: 'learning', episodes: 16 },
  };

  test.each([true, false])('plays as its agent does, to the last bit (deterministic: %s)', (deterministic) => {
    const policy = policyStrategy(parsePolicy(JSON.parse(JSON.stringify(document))));
    const parsed = parseConfig({ ...config, strategy: { ...config.strategy, deterministic } });
    const simulation = new Simulation(parsed, { strategies: { policy } });
    for (const episode of [20, 21]) {
      const how = { weights, iteration: 1, isExploring: !deterministic, isLearning: false };
      const expected = play(trained, player, episode, how);
      simulation.begin(episode);
      while (simulation.advance() !== 'ended');
      const record = new Float64Array(simulation.fields.length);
      simulation.record(record, 0);
      expect([...record]).toEqual([...expected]);
    }
  });

  test('tells where the config sees or does something else', () => {
    const seen = { observationLabels: trained.agent!.observer.labels, actionSpace: trained.agent!.actions.space };
    const policy = parsePolicy(JSON.parse(JSON.stringify(document)));
    expect(policyMismatch(policy, seen)).toBeUndefined();
    expect(policyMismatch(policy, null)?.rule).toMatch(/needs environment/);
    expect(policyMismatch(policy, { ...seen, observationLabels: ['sma_20'] })?.rule).toMatch(/number 1 .* has nothing/);
    expect(policyMismatch(policy, { ...seen, observationLabels: ['x', 'position'] })?.rule).toMatch(/must be sma_20/);
    const space = { type: 'multi-discrete', nvec: [3, 3] } as const;
    expect(policyMismatch(policy, { ...seen, actionSpace: space })?.rule).toMatch(/must be Discrete\(3\)/);
  });

  test('is checked as a whole before it plays', () => {
    expect(() => parsePolicy({ ...document, weights: undefined })).toThrow(/weights: must be a list/);
    expect(() => parsePolicy({ ...document, schema: 2 })).toThrow(/schema/);
    expect(() => policyStrategy(parsePolicy({ ...document, weights: [1] }))).toThrow(/must hold the 18 weights/);
    expect(() => policyStrategy(parsePolicy({ ...document, agent: { use: 'other' } }))).toThrow(/must name a built-in/);
  });
});
