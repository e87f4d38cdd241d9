import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { durationMs, formatDuration } from '../../src/config/duration.ts';
import { ConfigError, formatPath, type Issue } from '../../src/config/errors.ts';
import { configJsonSchema, parseConfig } from '../../src/config/parse.ts';

const GBM = { process: 'gbm', price: 100, volatility: 0.5 };
const GOOD = { steps: 10, markets: { 'BTC/USDT': GBM }, strategy: { use: 'sma-cross', fast: 3 } };

function issuesOf(input: unknown): readonly Issue[] {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  throw new Error(`expected a ConfigError for ${JSON.stringify(input)}`);
}

const market = (changes: object): object => ({ ...GOOD, markets: { 'BTC/USDT': { ...GBM, ...changes } } });

describe('a wrong config', () => {
  test.each<[string, unknown, string, unknown, RegExp, RegExp?]>([
    // name, input, path, received, rule, hint
    ['no document', null, '(root)', null, /mapping/],
    ['a list', [], '(root)', [], /mapping/],
    ['text', 'seed: 1', '(root)', 'seed: 1', /mapping/],
    ['unknown key', { ...GOOD, episode: 5 }, 'episode', 5, /not a known key/, /did you mean episodes\?/],
    [
      'unknown nested key',
      { ...GOOD, portfolio: { riks: {} } },
      'portfolio.riks',
      {},
      /not a known key/,
      /did you mean risk\?/,
    ],
    [
      'unknown key far from any',
      { ...GOOD, execution: { zzzzzzzz: 1 } },
      'execution.zzzzzzzz',
      1,
      /not a known key/,
      /known: fees, slippage/,
    ],
    [
      'unknown market key',
      market({ volatilty: 1 }),
      'markets.BTC/USDT.volatilty',
      1,
      /not a known key/,
      /did you mean volatility\?/,
    ],
    [
      'key of another process',
      market({ longRunMean: 1 }),
      'markets.BTC/USDT.longRunMean',
      1,
      /not a known key/,
      /known: .*drift/,
    ],
    [
      'unknown process',
      market({ process: 'gmb' }),
      'markets.BTC/USDT.process',
      'gmb',
      /must be one of gbm, abm/,
      /did you mean gbm\?/,
    ],
    [
      'no process',
      { ...GOOD, markets: { A: { price: 1 } } },
      'markets.A.process',
      undefined,
      /must be one of gbm, abm/,
    ],
    ['no markets', { strategy: GOOD.strategy }, 'markets', undefined, /must be/],
    ['empty markets', { ...GOOD, markets: {} }, 'markets', {}, /at least one market/],
    ['price of zero', market({ price: 0 }), 'markets.BTC/USDT.price', 0, /greater than 0/],
    ['price as text', market({ price: '100' }), 'markets.BTC/USDT.price', '100', /number/],
    ['negative volatility', market({ volatility: -0.1 }), 'markets.BTC/USDT.volatility', -0.1, /at least 0/],
    ['infinite drift', market({ drift: Infinity }), 'markets.BTC/USDT.drift', Infinity, /number/],
    ['drift that is no number', market({ drift: Number.NaN }), 'markets.BTC/USDT.drift', Number.NaN, /number/],
    ['lot of zero', market({ lotSize: 0 }), 'markets.BTC/USDT.lotSize', 0, /greater than 0/],
    ['no strategy', { markets: GOOD.markets }, 'strategy', undefined, /must be/],
    ['strategy as text', { ...GOOD, strategy: 'sma-cross' }, 'strategy', 'sma-cross', /mapping/],
    ['strategy without use', { ...GOOD, strategy: {} }, 'strategy.use', undefined, /must be/],
    ['no episodes', { ...GOOD, episodes: 0 }, 'episodes', 0, /at least 1/],
    ['half an episode', { ...GOOD, episodes: 1.5 }, 'episodes', 1.5, /whole number/],
    ['too many episodes', { ...GOOD, episodes: 1e10 }, 'episodes', 1e10, /at most 1000000000/],
    ['negative steps', { ...GOOD, steps: -1 }, 'steps', -1, /at least 0/],
    ['interval without unit', { ...GOOD, interval: '60' }, 'interval', '60', /duration such as/],
    ['interval of zero', { ...GOOD, interval: '0h' }, 'interval', '0h', /longer than zero/],
    ['interval as a number', { ...GOOD, interval: 60 }, 'interval', 60, /must be/],
    ['negative latency', { ...GOOD, execution: { latency: '-1s' } }, 'execution.latency', '-1s', /duration such as/],
    ['local start', { ...GOOD, start: '2026-01-01' }, 'start', '2026-01-01', /UTC time such as/],
    ['ruin of everything', { ...GOOD, portfolio: { ruin: 1 } }, 'portfolio.ruin', 1, /less than 1/],
    ['fee as percent', { ...GOOD, execution: { fees: { taker: 10 } } }, 'execution.fees.taker', 10, /less than 1/],
    ['no share', { ...GOOD, execution: { participationRate: 0 } }, 'execution.participationRate', 0, /greater than 0/],
    ['fill rule', { ...GOOD, execution: { fill: 'now' } }, 'execution.fill', 'now', /next, optimistic/],
    [
      'two sizings',
      { ...GOOD, portfolio: { sizing: { targetWeight: 1, fixedQuantity: 2 } } },
      'portfolio.sizing.fixedQuantity',
      2,
      /./,
    ],
    [
      'negative weight',
      { ...GOOD, portfolio: { sizing: { targetWeight: -1 } } },
      'portfolio.sizing.targetWeight',
      -1,
      /greater than 0/,
    ],
    ['shorts as text', { ...GOOD, portfolio: { allowShort: 'yes' } }, 'portfolio.allowShort', 'yes', /must be/],
    ['rewards as mapping', { ...GOOD, rewards: { use: 'pnl' } }, 'rewards', { use: 'pnl' }, /list/],
    ['reward without use', { ...GOOD, rewards: [{ use: 'pnl' }, {}] }, 'rewards[1].use', undefined, /must be/],
  ])('%s: place, rule, value and way out', (_, input, path, received, rule, hint) => {
    const issues = issuesOf(input);
    expect(issues.map((issue) => formatPath(issue.path))).toEqual([path]);
    expect(issues[0]!.received).toEqual(received);
    expect(issues[0]!.rule).toMatch(rule);
    if (hint !== undefined) expect(issues[0]!.hint).toMatch(hint);
  });

  test('every rule that is broken is told at once, one line each', () => {
    const input = { ...GOOD, episodes: 0, step: 1, execution: { latency: 'x' } };
    expect(
      issuesOf(input)
        .map((issue) => formatPath(issue.path))
        .sort(),
    ).toEqual(['episodes', 'execution.latency', 'step']);
    expect(() => parseConfig(input)).toThrow(/^.+: .+, got .+\n.+: .+, got .+\n.+: .+, got .+$/);
  });

  test('whatever comes is a config or a ConfigError with a path and a rule in every issue', () => {
    const leaf = fc.oneof(fc.anything(), fc.constantFrom('1h', 'gbm', 1, 0.5));
    const keys = [
      'seed',
      'episodes',
      'steps',
      'interval',
      'markets',
      'strategy',
      'portfolio',
      'execution',
      'rewards',
      'components',
      'x',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), leaf), (changes) => {
        try {
          parseConfig({ ...GOOD, ...changes });
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          expect(error.issues.length).toBeGreaterThan(0);
          for (const { path, rule } of error.issues) {
            expect(Array.isArray(path)).toBe(true);
            expect(rule.length).toBeGreaterThan(3);
          }
        }
      }),
    );
  });
});

describe('seeds', () => {
  test.each([
    [42, '42'],
    [-7, '-7'],
    [0, '0'],
    ['42', '42'],
    ['é ü 🎲', 'é ü 🎲'],
    ['x'.repeat(128), 'x'.repeat(128)],
  ])('%j is the text %j', (seed, text) => {
    expect(parseConfig({ ...GOOD, seed }).seed).toBe(text);
  });

  test.each([
    ['nothing', '', /1 to 128/],
    ['129 characters', 'x'.repeat(129), /1 to 128/],
    ['a line end', 'a\nb', /control/],
    ['a zero byte', 'a\0', /control/],
    ['a C1 control', 'a\u0085', /control/],
    ['DEL', 'a\u007f', /control/],
    ['a lone surrogate', 'a\ud800', /Unicode/],
    ['a fraction', 1.5, /./],
    ['an integer beyond 2^53, which has no exact decimal text', 2 ** 60, /./],
    ['a list', [1], /./],
    ['null', null, /./],
  ])('%s is refused', (_, seed, rule) => {
    const issues = issuesOf({ ...GOOD, seed });
    expect(issues[0]!.path).toEqual(['seed']);
    expect(issues[0]!.rule).toMatch(rule);
    expect(issues[0]!.received).toEqual(seed);
  });
});

describe('a good config', () => {
  test('gets every default', () => {
    expect(parseConfig({ markets: GOOD.markets, strategy: { use: 'x' } })).toEqual({
      seed: 'ergodic',
      episodes: 1000,
      start: '2026-01-01T00:00:00Z',
      calendar: { daysPerYear: 365 },
      markets: { 'BTC/USDT': { ...GBM, drift: 0 } },
      strategy: { use: 'x' },
      components: [],
      portfolio: { cash: 10_000, ruin: 0.01, sizing: { targetWeight: 1 }, allowShort: false, risk: { maxLeverage: 1 } },
      execution: {
        fees: { maker: 0, taker: 0 },
        slippage: { bps: 0 },
        spread: { bps: 0 },
        impact: { coefficient: 0 },
        latency: '0ms',
        fill: 'next',
      },
      rewards: [{ use: 'log-return' }],
      record: { episodes: 16, every: 1 },
      outputs: {},
      antithetic: false,
      randomize: {},
      limits: { eventsPerStep: 100_000, stallSeconds: 30, heapMb: 1024 },
    });
  });

  test('parsed twice is parsed once', () => {
    const inputs = [
      GOOD,
      { ...GOOD, seed: 5, portfolio: { sizing: { fixedQuantity: 2 }, risk: { maxPosition: 3 } } },
      { ...GOOD, interval: '10m', heartbeat: '1m', rewards: [], execution: { latency: '2s', participationRate: 0.1 } },
      {
        ...GOOD,
        markets: {
          a: { process: 'ou', price: -1, meanReversionSpeed: 2, longRunMean: 0, volatility: 1, tickSize: 0.1 },
          b: { process: 'abm', price: 0, volatility: 1 },
          c: { process: 'bootstrap', file: 'x.csv' },
          d: { process: 'replay', file: 'x.csv' },
        },
      },
    ];
    for (const input of inputs) {
      const once = parseConfig(input);
      expect(parseConfig(once)).toEqual(once);
      expect(parseConfig(JSON.parse(JSON.stringify(once)))).toEqual(once);
    }
  });

  test('keeps the order of its markets and the parameters of its parts', () => {
    const config = parseConfig({ ...GOOD, markets: { z: GBM, a: GBM, m: GBM } });
    expect(Object.keys(config.markets)).toEqual(['z', 'a', 'm']);
    expect(config.strategy).toEqual({ use: 'sma-cross', fast: 3 });
  });
});

describe('configJsonSchema', () => {
  interface Node {
    properties?: Record<string, Node>;
    description?: string;
    additionalProperties?: unknown;
  }

  test('is plain JSON of draft 2020-12, strict, with descriptions and the keys of a config', () => {
    const schema = configJsonSchema() as Node & { $schema?: string; type?: string; required?: string[] };
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect([schema.$schema, schema.type, schema.additionalProperties]).toEqual([
      'https://json-schema.org/draft/2020-12/schema',
      'object',
      false,
    ]);
    const { episodes: _, ...others } = schema.properties!;
    expect(Object.keys(others)).toEqual(
      expect.arrayContaining(Object.keys(parseConfig(GOOD)).filter((key) => key !== 'episodes')),
    );
    // What has a default may be left out.
    expect([...schema.required!].sort()).toEqual(['markets', 'strategy']);
    expect(schema.properties!.portfolio!.properties!.ruin!.description).toMatch(/ruined/);
    expect(schema.properties!.seed!.description).toMatch(/run/);
  });
});

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
  ])('%s is %i ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test('formatDuration is the way back', () => {
    const ms = fc.integer({ min: 1, max: 1e12 });
    fc.assert(fc.property(ms, (ms) => durationMs(formatDuration(ms)) === ms));
    expect([formatDuration(3_600_000), formatDuration(90_000), formatDuration(1_500)]).toEqual(['1h', '90s', '1500ms']);
  });

  test.each(['', 'h', '1', '1 h', '-1h', '1H', '1e3s'])('%j is no duration', (text) => {
    expect(() => durationMs(text)).toThrow(RangeError);
  });
});

describe('rules of several parameters', () => {
  const parse = (market: object) => parseConfig({ steps: 1, markets: { A: market }, strategy: { use: 'x' } });
  const garch = { process: 'garch', price: 1, volatility: 1, alpha: 0.5, beta: 0.6 };

  it.each([
    [garch, 'markets.A: alpha + beta must be less than 1, or the variance has no long run'],
    [{ process: 'gjr-garch', price: 1, volatility: 1, alpha: 0.3, beta: 0.6, gamma: 0.4 }, 'alpha + beta + gamma / 2'],
    [
      { process: 'variance-gamma', price: 1, volatility: 1, varianceRate: 2 },
      'must be less than 1, or the expected price',
    ],
    [
      {
        process: 'hawkes-jumps',
        price: 1,
        volatility: 1,
        baseIntensity: 1,
        excitation: 2,
        decay: 2,
        jumpMean: 0,
        jumpDeviation: 0,
      },
      'markets.A: excitation must be less than decay, or the jumps never end',
    ],
    [
      { process: 'bootstrap', file: 'a.csv', blocks: 'moving', blockLength: 2.5 },
      'markets.A.blockLength: must be a whole number where blocks are moving, got 2.5',
    ],
    [{ process: 'regime-switching', price: 1, regimes: { a: garch }, transitions: {} }, 'needs at least two regimes'],
  ])('%j is refused at its place, each time anew', (market, message) => {
    expect(() => parse(market)).toThrow(message);
    expect(() => parse(market)).toThrow(message);
  });
});
