import { describe, expect, test } from 'vitest';
import {
  builtinFeatures,
  Environment,
  type Feature,
  type FeatureDefinition,
  type ObservedMarket,
  parseEnvironmentConfig,
  RandomStream,
  type SimulationParts,
} from '../../src/index.ts';

/** Writes what it is told to, one number a decision. */
function scripted(values: readonly number[], low = -1, high = 1): SimulationParts {
  const create = (): Feature => {
    let at = 0;
    return {
      labels: ['scripted'],
      low,
      high,
      begin: () => {
        at = 0;
      },
      onMarket: () => {},
      write: (out, place) => {
        out[place] = values[at++]!;
      },
    };
  };
  return { features: { scripted: { name: 'scripted', description: 'A test.', parameters: {}, create } } };
}

function environmentOf(feature: object, parts: SimulationParts, more: readonly object[] = []): Environment {
  const config = parseEnvironmentConfig({
    steps: 5,
    markets: { A: { process: 'gbm', price: 100, drift: 0, volatility: 1 } },
    environment: { observations: [{ use: 'scripted', ...feature }, ...more] },
  });
  return new Environment(config, parts);
}

/** The first number of each observation of an episode. */
function firsts(environment: Environment): number[] {
  const seen = [environment.reset()[0][0]!];
  for (let isOver = false; !isOver; ) {
    const [observation, , , truncated] = environment.step(1);
    seen.push(observation[0]!);
    isOver = truncated;
  }
  return seen;
}

const VALUES = [3, 5, 4, 10, 10, -40];

describe('normalisation', () => {
  test('is left out where the config has none', () => {
    expect(firsts(environmentOf({}, scripted(VALUES)))).toEqual(VALUES);
  });

  test('by figures of the config shifts, scales, then clips', () => {
    const feature = { normalize: { mean: 4, deviation: 2 }, clip: 2 };
    expect(firsts(environmentOf(feature, scripted(VALUES)))).toEqual([-0.5, 0.5, 0, 2, 2, -2]);
  });

  test('running is the z-score within what the episode has shown so far, anew in each episode', () => {
    const environment = environmentOf({ normalize: 'running' }, scripted(VALUES));
    const expected = VALUES.map((value, i) => {
      const seen = VALUES.slice(0, i + 1);
      const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length;
      const variance = seen.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / (seen.length - 1);
      return i === 0 ? 0 : (value - mean) / Math.sqrt(variance);
    });
    for (let episode = 0; episode < 2; episode++) {
      firsts(environment).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 6);
      });
    }
  });

  test('of a constant is 0', () => {
    expect(firsts(environmentOf({ normalize: 'running' }, scripted(new Array(6).fill(7))))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test.each<[string, object, number, number]>([
    ['none', {}, -1, 1],
    ['figures', { normalize: { mean: 1, deviation: 0.5 } }, -4, 0],
    ['figures and a clip', { normalize: { mean: 1, deviation: 0.5 }, clip: 3 }, -3, 0],
    ['running', { normalize: 'running' }, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['running and a clip', { normalize: 'running', clip: 5 }, -5, 5],
  ])('moves the bounds of the space along: %s', (_, feature, low, high) => {
    const { observationSpace } = environmentOf(feature, scripted(VALUES));
    expect([observationSpace.low[0], observationSpace.high[0]]).toEqual([low, high]);
  });
});

describe('an observation', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e39])('with %s fails the episode and names the number', (value) => {
    const environment = environmentOf({}, scripted([0, 0, value]));
    environment.reset();
    environment.step(1);
    expect(() => environment.step(1)).toThrow(
      `scripted of the observation must be a finite number (float32), got ${Math.fround(value)}`,
    );
  });

  test('gives each feature a random stream of its own: another feature moves none', () => {
    const noise = (more: readonly object[]): number[] => {
      const config = parseEnvironmentConfig({
        steps: 3,
        markets: { A: { process: 'gbm', price: 100, drift: 0, volatility: 1 } },
        environment: { observations: [...more, { use: 'noise', size: 2 }] },
      });
      return [...new Environment(config).reset({ seed: 1 })[0].slice(-2)];
    };
    expect(noise([{ use: 'position' }])).toEqual(noise([]));
    expect(noise([{ use: 'noise', size: 3 }])).not.toEqual(noise([]));
    expect(new Set([...noise([]), ...noise([{ use: 'noise', size: 3 }])]).size).toBe(4);
  });

  test('noise says nothing of the market stream: its draws are those of another key', () => {
    const environment = environmentOf({}, scripted(VALUES), [{ use: 'noise' }]);
    const [observation] = environment.reset({ seed: 1 });
    expect(environment.observationLabels).toHaveLength(11);
    const stream = new RandomStream([1, 2, 3, 4]);
    expect([...observation.slice(1)]).not.toContain(Math.fround(-100 + 200 * stream.nextDouble()));
    expect(environment.observationSpace.low.slice(1)).toEqual(new Float32Array(10).fill(-100));
  });
});

describe('numbers that are made ahead, many rows at a time', () => {
  /** The built-in features again, without what lets an observer ask them ahead. */
  const slow: Record<string, FeatureDefinition> = Object.fromEntries(
    Object.entries(builtinFeatures).map(([name, definition]) => {
      const create: FeatureDefinition['create'] = (parameters, setup) => {
        const feature = definition.create(parameters, setup);
        return {
          labels: feature.labels,
          low: feature.low,
          high: feature.high,
          begin: (random) => feature.begin(random),
          onMarket: (market) => feature.onMarket?.(readOut(market)),
          write: (out, at, account) => feature.write(out, at, account),
        };
      };
      return [name, { ...definition, create }];
    }),
  );
  const readOut = (market: ObservedMarket): ObservedMarket => {
    const { timeMs, step, symbolIndex, price, open, high, low, close, volume } = market;
    return { timeMs, step, symbolIndex, price, open, high, low, close, volume };
  };
  const observations = Object.keys(builtinFeatures).flatMap((use) => [
    { use },
    { use, normalize: 'running', clip: 3 },
    ...(use === 'time' ? [{ use, of: 'day' }] : []),
    ...(use === 'moving-average' ? [{ use, kind: 'exponential' }] : []),
  ]);
  const GBM = { process: 'gbm', price: 100, drift: 0, volatility: 1 };

  test.each([
    ['one market', { markets: { A: GBM } }],
    ['two markets', { markets: { A: GBM, B: { ...GBM, volatility: 2 } } }],
    ['candles', { markets: { A: { ...GBM, candles: {} } } }],
    ['a warm-up that ends within a row of looks', { markets: { A: GBM }, warmup: 70 }],
  ])('are those of one MARKET after the other: %s', (_, { markets, warmup = 0 }) => {
    // More steps than a block of the lane, and no multiple of a look.
    const config = parseEnvironmentConfig({ steps: 1_070, markets, environment: { observations, warmup } });
    const [ahead, alone] = [new Environment(config), new Environment(config, { features: slow })];
    for (let episode = 0; episode < 2; episode++) {
      expect(alone.reset()[0]).toEqual(ahead.reset()[0]);
      for (let isOver = false; !isOver; ) {
        const [expected, , , truncated] = ahead.step(Object.keys(markets).map(() => 2));
        const [actual] = alone.step(Object.keys(markets).map(() => 2));
        expect(actual).toEqual(expected);
        isOver = truncated;
      }
    }
  });

  test('of a feature that stands twice have labels of their own', () => {
    const config = parseEnvironmentConfig({ steps: 2, markets: { A: GBM }, environment: { observations } });
    const { observationLabels } = new Environment(config);
    expect(new Set(observationLabels).size).toBe(observationLabels.length);
    expect(observationLabels).toEqual(expect.arrayContaining(['position', 'position/2']));
  });
});
