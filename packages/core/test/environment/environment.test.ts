import { describe, expect, test } from 'vitest';
import {
  type Config,
  ConfigError,
  Environment,
  EpisodeError,
  parseConfig,
  parseEnvironmentConfig,
  type StepResult,
  VectorEnvironment,
} from '../../src/index.ts';
import { configOf, FEATURES, ONE, TWO } from './configs.ts';

/** Holds to the end; everything that came on the way. */
function play(
  environment: Environment,
  options: Parameters<Environment['reset']>[0],
  action: number | number[] = 1,
): unknown[] {
  const seen: unknown[] = [environment.reset(options)];
  for (;;) {
    const result = environment.step(action);
    seen.push(result);
    if (result[2] || result[3]) return seen;
  }
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return `${(error as { code?: string }).code ?? (error as Error).name}: ${(error as Error).message}`;
  }
  return 'no error';
}

describe('reset', () => {
  test('with a seed starts the same episode again, whatever was played before', () => {
    const environment = new Environment(configOf());
    const first = play(environment, { seed: 7 });
    play(environment, {});
    environment.reset({ seed: 'other' });
    expect(play(environment, { seed: 7 })).toEqual(first);
    expect(play(new Environment(configOf()), { seed: '7' })).toEqual(first);
  });

  test('without a seed goes on with the next episode; the first time, of the config', () => {
    const config = configOf();
    const environment = new Environment(config);
    const played = [play(environment, {}), play(environment, {}), play(environment, {})];
    const other = new Environment(config);
    expect(played[2]).toEqual(play(other, { seed: config.seed, options: { episode: 2 } }));
    expect(play(environment, {})).toEqual(play(other, {}));
    expect(new Set(played.map((episode) => JSON.stringify(episode))).size).toBe(3);
  });

  test('neighbouring seeds share no episode', () => {
    const environment = new Environment(configOf({ environment: { observations: [{ use: 'returns', count: 1 }] } }));
    const paths = ['41', '42', '43', '1', '11', '111'].flatMap((seed) =>
      [0, 1, 2, 3].map((episode) =>
        (play(environment, { seed, options: { episode } }).slice(1) as StepResult[]).map(([[value]]) => value).join(),
      ),
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  test('refuses what is no seed and no episode', () => {
    const environment = new Environment(configOf());
    for (const seed of ['', 'a\nb', 1.5, Number.NaN, 'x'.repeat(129)]) {
      expect(() => environment.reset({ seed })).toThrow(ConfigError);
    }
    for (const episode of [-1, 0.5, Number.NaN]) {
      expect(() => environment.reset({ options: { episode } })).toThrow(/options.episode must be a whole number/);
    }
  });

  test('a reset in the middle of an episode begins the next', () => {
    const environment = new Environment(configOf());
    environment.reset();
    environment.step(2);
    const [, info] = environment.reset();
    expect(info).toMatchObject({ episode: 1, step: 0, equity: 10_000 });
  });
});

describe('step', () => {
  test('covers decision k to decision k + 1: a buy earns from the next price on', () => {
    const config = configOf({
      execution: {},
      rewards: [{ use: 'log-return' }],
      environment: { observations: [{ use: 'returns', count: 1 }] },
      portfolio: {},
    });
    const environment = new Environment(config);
    environment.reset({ seed: 1 });
    const [[first], atOrder, , , info] = environment.step(2);
    // It fills at the price of step 1, so that interval earns nothing.
    expect([atOrder, info.step, info.equity]).toEqual([0, 1, 10_000]);
    const [[second], reward] = environment.step(1);
    const bought = 100 * Math.exp(first!);
    const equity = 10_000 + (10_000 / 100) * bought * Math.expm1(second!);
    expect(reward).toBeCloseTo(Math.log(equity / 10_000), 8);
    expect(Math.abs(reward)).toBeGreaterThan(1e-5);
  });

  test('before reset and after the end is an error of its own, and changes nothing', () => {
    const environment = new Environment(configOf({ steps: 2 }));
    expect(codeOf(() => environment.step(1))).toMatch(/^NOT_RESET: step: there is no episode yet, call reset first/);
    environment.reset();
    environment.step(1);
    const [, , , truncated] = environment.step(1);
    expect(truncated).toBe(true);
    for (let i = 0; i < 2; i++) {
      expect(codeOf(() => environment.step(1))).toBe('EPISODE_OVER: step: episode 0 is over, call reset first');
    }
    expect(environment.reset()[1].episode).toBe(1);
  });

  const weights = { environment: { observations: FEATURES, actions: { use: 'target-weights' } } };
  test.each<[string, object, unknown, string]>([
    ['NaN', {}, Number.NaN, 'ACTION_INVALID: the action must be in Discrete(3), got NaN'],
    ['out of range', {}, 3, 'ACTION_INVALID: the action must be in Discrete(3), got 3'],
    ['negative', {}, -1, 'ACTION_INVALID: the action must be in Discrete(3), got -1'],
    ['a fraction', {}, 0.5, 'ACTION_INVALID: the action must be in Discrete(3), got 0.5'],
    ['of the wrong shape', {}, [1, 1], 'ACTION_INVALID: an action of Discrete(3) must be one number, got 2 numbers'],
    ['a text', {}, '1', 'ACTION_INVALID: an action of Discrete(3) must be one number, got 1 numbers'],
    ['missing', {}, undefined, 'ACTION_INVALID: an action of Discrete(3) must be one number, got undefined'],
    ['null', {}, null, 'ACTION_INVALID: an action of Discrete(3) must be one number, got null'],
    [
      'one number for two symbols',
      { markets: TWO },
      1,
      'ACTION_INVALID: an action of MultiDiscrete([3, 3]) must be 2 numbers, got 1',
    ],
    [
      'half wrong',
      { markets: TWO },
      [1, 7],
      'ACTION_INVALID: number 1 of the action must be in MultiDiscrete([3, 3]), got 7',
    ],
    ['above the bound', weights, [1.01], 'ACTION_INVALID: the action must be in Box(0, 1, (1,)), got 1.01'],
    [
      'infinite',
      weights,
      [Number.POSITIVE_INFINITY],
      'ACTION_INVALID: the action must be in Box(0, 1, (1,)), got Infinity',
    ],
  ])(
    'an action that is %s is refused, and the episode goes on as if nothing had been',
    (_, changes, action, expected) => {
      const config = configOf(changes);
      const sound =
        'A' in config.markets && Object.keys(config.markets).length === 2 ? [2, 0] : changes === weights ? [0.5] : 2;
      const undisturbed = play(new Environment(config), { seed: 5 }, sound);
      const environment = new Environment(config);
      const seen: unknown[] = [environment.reset({ seed: 5 })];
      for (let isOver = false; !isOver; ) {
        expect(codeOf(() => environment.step(action as never))).toBe(expected);
        const result = environment.step(sound);
        seen.push(result);
        isOver = result[2] || result[3];
      }
      expect(seen).toEqual(undisturbed);
    },
  );

  test('an observation is a fresh array each time', () => {
    const environment = new Environment(configOf());
    const [first] = environment.reset();
    const copy = [...first];
    const [second] = environment.step(2);
    expect([...first]).toEqual(copy);
    expect(second.buffer).not.toBe(first.buffer);
  });

  test('an episode that fails throws its code, is over, and the next one starts', () => {
    const config = configOf({ components: [{ use: 'bomb' }] });
    const create = () => {
      let seen = 0;
      return {
        onMarket() {
          if (++seen === 5) throw new Error('boom');
        },
      };
    };
    const environment = new Environment(config, { components: { bomb: { name: 'bomb', parameters: {}, create } } });
    environment.reset();
    for (let i = 0; i < 3; i++) environment.step(1);
    expect(() => environment.step(1)).toThrow(EpisodeError);
    expect(codeOf(() => environment.step(1))).toMatch(/^EPISODE_OVER/);
    expect(environment.reset()[1].episode).toBe(1);
  });
});

test('a reward that throws fails the episode, in one environment and in many', () => {
  const create = () => {
    let asked = 0;
    return {
      begin() {
        asked = 0;
      },
      evaluate() {
        if (++asked === 3) throw new Error('no reward');
      },
    };
  };
  const parts = { rewards: { bad: { name: 'bad', parameters: {}, create } } };
  const config = configOf({ rewards: [{ use: 'bad' }] });
  const environment = new Environment(config, parts);
  environment.reset();
  const step = () => environment.step(1);
  expect(() => [step(), step(), step()]).toThrow(EpisodeError);
  expect(codeOf(step)).toMatch(/^EPISODE_OVER/);
  expect(environment.reset()[1].episode).toBe(1);
  const vector = new VectorEnvironment(config, { count: 1, parts });
  vector.reset();
  for (let i = 0; i < 3; i++) vector.step([1]);
  expect(vector.failures.map((failure) => failure?.message)).toEqual(['no reward']);
  vector.step([1]);
  expect([...vector.episodes]).toEqual([1]);
});

describe('a config', () => {
  test('needs no strategy and no environment section', () => {
    const environment = new Environment(parseEnvironmentConfig({ steps: 3, markets: ONE }));
    expect(environment.observationSpace.shape).toEqual([9]);
    expect(environment.actionSpace).toEqual({ type: 'discrete', n: 3 });
    expect(play(environment, {})).toHaveLength(4);
  });

  test.each<[string, () => Config, string]>([
    [
      'without environment, parsed as that of a run',
      () => parseConfig({ steps: 3, markets: ONE, strategy: { use: 'random' } }),
      'environment: is required, it is missing; for example environment: { observations: [{ use: returns, count: 8 }] }, or parseEnvironmentConfig',
    ],
    [
      'without a step',
      () => configOf({ steps: 0 }),
      'steps: must be more than environment.warmup (0): an episode needs a decision, got 0',
    ],
    [
      'that warms up to its end',
      () => configOf({ environment: { warmup: 40 } }),
      'steps: must be more than environment.warmup (40): an episode needs a decision, got 40',
    ],
    [
      'with an unknown feature',
      () => configOf({ environment: { observations: [{ use: 'retruns' }] } }),
      'environment.observations[0].use: must name a feature, got "retruns"; did you mean returns?',
    ],
    [
      'with an unknown parameter',
      () => configOf({ environment: { observations: [{ use: 'returns', cuont: 3 }] } }),
      'environment.observations[0].cuont: is not a known key, got 3; did you mean count?',
    ],
    [
      'with unknown actions',
      () => configOf({ environment: { actions: { use: 'discreet' } } }),
      'environment.actions.use: must be one of discrete, target-weights, orders, got "discreet"; did you mean discrete?',
    ],
    [
      'with no observation',
      () => configOf({ environment: { observations: [] } }),
      'environment.observations: needs at least one feature, got []',
    ],
  ])('%s is an error with place, rule, value and a way out', (_, config, expected) => {
    expect(() => new Environment(config())).toThrow(ConfigError);
    expect(codeOf(() => new Environment(config()))).toBe(`CONFIG_INVALID: ${expected}`);
  });

  test('an episode that draws too few steps for a decision says so', () => {
    const config = configOf({ steps: 40, randomize: { steps: { choice: [2, 40] } }, environment: { warmup: 5 } });
    const environment = new Environment(config);
    const codes = Array.from({ length: 20 }, () => codeOf(() => environment.reset()).split(':')[0]);
    expect(new Set(codes)).toEqual(new Set(['no error', 'NO_DECISION']));
  });
});

describe('no look-ahead', () => {
  test('later prices change no observation, reward or info before', () => {
    const historyOf = (changedFrom: number) => {
      const close = Float64Array.from({ length: 30 }, (_, i) => (i < changedFrom ? 100 + Math.sin(i) : 500 + i));
      const timeMs = Float64Array.from({ length: 30 }, (_, i) => i * 3_600_000);
      const volume = new Float64Array(30).fill(1);
      return { intervalMs: 3_600_000, timeMs, open: close, high: close, low: close, close, volume };
    };
    const config = configOf({ steps: 29, markets: { A: { process: 'replay', file: 'a.csv' } } });
    const seen = [30, 20].map((from) =>
      play(new Environment(config, { candles: { A: historyOf(from) } }), { seed: 1 }, 2),
    );
    expect(seen[1]!.slice(0, 20)).toEqual(seen[0]!.slice(0, 20));
    expect(seen[1]!.slice(20)).not.toEqual(seen[0]!.slice(20));
  });

  test('no property of an environment leads to the simulation, its streams or its seed', () => {
    const environment = new Environment(configOf());
    const [, info] = environment.reset({ seed: 'a-secret-seed' });
    const seen = new Set<unknown>();
    const texts: string[] = [];
    const walk = (value: unknown): void => {
      if (typeof value === 'string') texts.push(value);
      if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return;
      seen.add(value);
      for (const key of Reflect.ownKeys(value)) walk((value as Record<PropertyKey, unknown>)[key]);
    };
    walk(environment);
    walk(info);
    walk(environment.step(2));
    expect(
      [...seen]
        .map((value) => (value as object).constructor.name)
        .filter((name) => !['Object', 'Array', 'Environment'].includes(name)),
    ).toEqual([]);
    expect(texts.join()).not.toContain('secret');
  });
});
