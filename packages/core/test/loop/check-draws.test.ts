import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import { defineReward } from '../../src/reward/term.ts';
import { drawing, GBM } from './draws.ts';

const GARCH = { process: 'garch', price: 100, volatility: 0.2, alpha: 0.1, beta: 0.8 };
const CHANGES = {
  markets: { 'BTC/USDT': GBM, 'BRK.B': GARCH },
  strategy: { use: 'sma-cross' },
};

/** Every issue of the simulation with these draws, one a line; '' where there is none. */
function problemOf(randomize: object, changes: object = {}, parts = {}): string {
  try {
    drawing(randomize, { ...CHANGES, ...changes }, parts);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

const USE =
  'cannot be drawn: its code is loaded before the first episode; draw its parameters, or run one ensemble for each';
const HISTORY = 'cannot be drawn: it decides how the histories of the whole run go together; run one ensemble for each';
const GRID = 'cannot be drawn: all episodes share one grid of times';

describe('what cannot be drawn is refused with the reason and a way out', () => {
  test.each<[string, string]>([
    ['seed', 'cannot be drawn: every draw follows from it; run another ensemble with --seed'],
    ['episodes', 'cannot be drawn: it is the number of draws; set it with --episodes'],
    ['record', 'cannot be drawn: it belongs to the whole run; set record itself'],
    ['record.every', 'cannot be drawn: it belongs to the whole run; set record itself'],
    ['outputs', 'cannot be drawn: they belong to the whole run; set outputs themselves'],
    ['limits.eventsPerStep', 'cannot be drawn: they belong to the whole run; set limits themselves'],
    ['randomize.steps', 'cannot be drawn: a distribution is not drawn itself; widen the distribution'],
    ['interval', `${GRID}; run one ensemble for each interval; steps can be drawn`],
    ['start', `${GRID}; run one ensemble for each start`],
    [
      'calendar.daysPerYear',
      'cannot be drawn: figures of all episodes are annualised alike; run one ensemble for each calendar',
    ],
    ['antithetic', 'cannot be drawn: it pairs the episodes of the whole run; set antithetic itself'],
    [
      'correlation.matrix[0][1]',
      'cannot be drawn: one matrix holds for all episodes; run one ensemble for each matrix, or draw parameters of the markets',
    ],
    ['markets', 'cannot be drawn: all episodes have the same markets; draw one market as a choice: markets.NAME'],
    [
      'markets.BTC/USDT.file',
      'cannot be drawn: candles are loaded before the first episode; run one ensemble for each file',
    ],
    ['markets.BTC/USDT.start', HISTORY],
    ['markets.BTC/USDT.joint', HISTORY],
    ['strategy', USE],
    ['strategy.use', USE],
    ['components', USE],
    ['components[0]', USE],
    ['components[0].use', USE],
    ['rewards', USE],
    ['rewards[1]', USE],
    ['rewards[1].use', USE],
    ['rewards[1].name', 'cannot be drawn: it names a column of the whole run; set name itself'],
    ['[0]', 'cannot be drawn: no value is there; write a path such as markets["BRK.B"].volatility or rewards[0].scale'],
    [
      'strategy.__proto__',
      'cannot be drawn: no value is there; write a path such as markets["BRK.B"].volatility or rewards[0].scale',
    ],
  ])('%s', (path, problem) => {
    const place = /^\w+$/.test(path) ? `randomize.${path}` : `randomize[${JSON.stringify(path)}]`;
    expect(problemOf({ [path]: { choice: [1, 2] } })).toBe(`${place}: ${problem}`);
  });

  test('a history as a whole, and what is given from outside', () => {
    const n = 30;
    const column = Float64Array.from({ length: n }, (_, i) => 100 + i);
    const timeMs = Float64Array.from({ length: n }, (_, i) => i * 3_600_000);
    const A = { intervalMs: 3_600_000, timeMs, open: column, high: column, low: column, close: column, volume: column };
    const markets = { A: { process: 'bootstrap', file: 'a.csv', blockLength: 5 } };
    const parts = { candles: { A } };
    expect(problemOf({ 'markets.A.blockLength': { uniform: [1, 20] } }, { markets }, parts)).toBe('');
    for (const path of ['markets.A', 'markets.A.process']) {
      expect(problemOf({ [path]: { choice: [GBM] } }, { markets }, parts)).toBe(
        `randomize["${path}"]: cannot be drawn: it is made of the candles of a file; draw its other parameters, or run one ensemble for each`,
      );
    }
    expect(problemOf({ 'strategy.fast': { integer: [1, 2] } }, {}, { external: true })).toBe(
      'randomize["strategy.fast"]: cannot be drawn: it is given from outside; leave randomize out',
    );
  });
});

describe('a path that leads nowhere', () => {
  test.each<[string, string]>([
    [
      'markets.BTC/USDT.volatilty',
      'must be the path of a value in the config, markets.BTC/USDT.volatilty is none; did you mean volatility?',
    ],
    ['strategy.fsat', 'must be the path of a value in the config, strategy.fsat is none; did you mean fast?'],
    ['execution.lateny', 'must be the path of a value in the config, execution.lateny is none; did you mean latency?'],
    ['step', 'must be the path of a value in the config; did you mean steps?'],
    ['markets.ETH.price', 'must name a market of the config, "ETH" is none; known: BTC/USDT, BRK.B'],
    ['markets.BRK.B.price', 'must name a market of the config, "BRK" is none; did you mean markets["BRK.B"].price?'],
    ['rewards[7].scale', 'must be the path of a value in the config: rewards has 2 entries'],
    [
      'rewards.scale',
      'must be the path of a value in the config: rewards is a list; write rewards[0] for its first entry',
    ],
    ['portfolio.cash.x', 'must be the path of a value in the config: portfolio.cash is 10000'],
    ['portfolio[0]', 'must be the path of a value in the config: portfolio is not a list'],
    [
      'markets..price',
      'must be a path, is none at ".price"; write a path such as markets["BRK.B"].volatility or rewards[0].scale',
    ],
  ])('%s is an error once', (path, problem) => {
    const place = /^\w+$/.test(path) ? `randomize.${path}` : `randomize[${JSON.stringify(path)}]`;
    expect(problemOf({ [path]: { uniform: [1, 2] } })).toBe(`${place}: ${problem}`);
  });
});

describe('the ends of a distribution are held against the field', () => {
  test.each<[string, object, string]>([
    ['markets.BTC/USDT.volatility', { uniform: [-1, 1] }, '.uniform[0]: must be at least 0, got -1'],
    [
      'markets.BTC/USDT.volatility',
      { uniform: [1, 0.5] },
      '.uniform: must be [from, to], from not above to, got [1,0.5]',
    ],
    [
      'markets.BTC/USDT.volatility',
      { uniform: [0, '1h'] },
      '.uniform: must have two numbers or two durations, got [0,"1h"]',
    ],
    ['markets.BTC/USDT.drift', { uniform: [-1e308, 1e308] }, '.uniform: must be of finite width, got [-1e+308,1e+308]'],
    [
      'markets.BTC/USDT.volatility',
      { logUniform: [0, 1] },
      '.logUniform[0]: must be greater than 0 to have a logarithm, got 0',
    ],
    [
      'markets.BTC/USDT.price',
      { normal: { mean: -1, deviation: 1, min: -2 } },
      '.normal.mean: must be greater than 0, got -1\nrandomize["markets.BTC/USDT.price"].normal.min: must be greater than 0, got -2',
    ],
    [
      'markets.BTC/USDT.volatility',
      { normal: { mean: 0.5, deviation: 0.25 } },
      '.normal.min: must be given: without it the draw may come to -1.5, which must be at least 0',
    ],
    [
      'markets.BTC/USDT.volatility',
      { normal: { mean: 0.5, deviation: 0.1, min: 3, max: 4 } },
      '.normal: must have at least 0.000001 of the distribution between min and max, 3.1e-138 of it is, got {"mean":0.5,"deviation":0.1,"min":3,"max":4}',
    ],
    [
      'markets.BTC/USDT.volatility',
      { normal: { mean: 0.5, deviation: 0.1, min: 1, max: 0.5 } },
      '.normal.max: must be greater than min 1, got 0.5',
    ],
    [
      'steps',
      { uniform: [10, 20] },
      '.uniform: must be a whole number, got 14.142135623730951; draw it as integer: [from, to]',
    ],
    ['strategy.fast', { uniform: [5, 5.5] }, '.uniform[1]: must be a whole number, got 5.5'],
    [
      'strategy.fast',
      { logUniform: [1, 2] },
      '.logUniform: must be a whole number, got 1.4142135623730951; draw it as integer: [from, to]',
    ],
    ['strategy.fast', { integer: [0, 20] }, '.integer[0]: must be at least 1, got 0'],
    [
      'strategy.fast',
      { integer: [5, 60] },
      '.integer[1]: does not fit: strategy: fast must be smaller than slow, got 60 and 50, got 60',
    ],
    ['strategy.fast', { choice: [1, 'x'] }, '.choice[1]: must be a whole number, got "x"'],
    ['strategy.fast', { choice: [] }, '.choice: needs at least one value, got []'],
    ['strategy.fast', { choice: [1, 2], weights: [1] }, '.weights: must have 2 numbers, one for each value, got [1]'],
    ['strategy.fast', { choice: [1, 2], weights: [0, 0] }, '.weights: must have a sum above 0, and finite, got [0,0]'],
    [
      'execution.latency',
      { uniform: ['0ms', '1x'] },
      '.uniform[1]: must be a number, or a duration such as 250ms, got "1x"',
    ],
    ['execution.latency', { choice: ['0ms', 1] }, '.choice[1]: must be a duration such as 90s, 10m, 1h or 1d, got 1'],
    ['heartbeat', { uniform: ['0ms', '1h'] }, '.uniform[0]: must be longer than zero, got "0ms"'],
    [
      'execution.fill',
      { choice: ['next', 'optimist'] },
      '.choice[1]: must be one of next, optimistic, got "optimist"; did you mean optimistic?',
    ],
    [
      'portfolio.sizing',
      { choice: [{ fixedQuantity: -1 }] },
      '.choice[0]: fixedQuantity: must be greater than 0, got -1',
    ],
    [
      'markets["BRK.B"].alpha',
      { uniform: [0, 0.3] },
      '.uniform[1]: does not fit: markets["BRK.B"]: alpha + beta must be less than 1, or the variance has no long run, got 0.3',
    ],
    [
      'markets["BRK.B"]',
      { choice: [GARCH, { process: 'gbm', price: 1 }] },
      '.choice[1]: volatility: must be a number or a list, it is missing',
    ],
    [
      'markets["BRK.B"]',
      { choice: [GARCH, { process: 'replay', file: 'x.csv' }] },
      '.choice[1]: cannot be drawn: candles are loaded before the first episode; run one ensemble for each file',
    ],
    [
      'markets["BRK.B"]',
      { uniform: [0, 1] },
      ': a whole market can only be drawn by choice or as an estimate; draw a parameter of it, such as its volatility',
    ],
    [
      'markets["BRK.B"].candles',
      { choice: [true, { substeps: 4 }] },
      '.choice[1]: substeps: must be 1 for garch, whose parameters belong to one length of step, got 4',
    ],
  ])('%s: %j', (path, distribution, problem) => {
    const place = /^\w+$/.test(path) ? `randomize.${path}` : `randomize[${JSON.stringify(path)}]`;
    expect(problemOf({ [path]: distribution })).toBe(`${place}${problem}`);
  });

  test('both ends are told at once', () => {
    const place = 'randomize["execution.fees.taker"].uniform';
    expect(problemOf({ 'execution.fees.taker': { uniform: [-3, 3] } })).toBe(
      `${place}[0]: must be greater than -1, got -3\n${place}[1]: must be less than 1, got 3`,
    );
  });

  test('what fits with some value of another draw is left to the episodes', () => {
    const fast = { integer: [5, 60] };
    expect(problemOf({ 'strategy.fast': fast, 'strategy.slow': { integer: [20, 100] } })).toBe('');
    expect(problemOf({ 'strategy.fast': fast, 'strategy.slow': { choice: [7, 61] } })).toBe('');
    expect(problemOf({ 'strategy.fast': fast, 'strategy.slow': { choice: [7, 60] } })).toContain('does not fit');
    const beta = { uniform: [0.6, 0.8] };
    expect(problemOf({ 'markets["BRK.B"].alpha': { uniform: [0, 0.3] }, 'markets["BRK.B"].beta': beta })).toBe('');
    expect(problemOf({ 'markets["BRK.B"].alpha': { uniform: [0, 0.5] }, 'markets["BRK.B"].beta': beta })).toContain(
      'alpha"].uniform[1]: does not fit',
    );
  });

  test('volume must be there for all choices of a market where orders need it', () => {
    const withVolume = { ...GBM, candles: { volume: { level: 5 } } };
    const changes = { markets: { A: withVolume }, execution: { participationRate: 0.1 } };
    expect(problemOf({ 'markets.A': { choice: [withVolume, { ...withVolume, price: 2 }] } }, changes)).toBe('');
    expect(problemOf({ 'markets.A': { choice: [withVolume, { ...GBM, candles: true }] } }, changes)).toBe(
      'randomize["markets.A"].choice[1]: does not fit: execution.participationRate: needs markets with volume, got {"process":"gbm","price":100,"drift":0.1,"volatility":0.8,"candles":true}; replay or bootstrap candles with a volume column, or leave it out',
    );
    expect(problemOf({ 'execution.participationRate': { uniform: [0.1, 0.2] } })).toContain(
      'execution.participationRate: needs markets with volume',
    );
  });

  test('correlation must be possible with all choices of a market', () => {
    const symbols = ['BTC/USDT', 'BRK.B'];
    const matrix = [
      [1, 0.5],
      [0.5, 1],
    ];
    const changes = { correlation: { symbols, matrix } };
    expect(problemOf({ 'markets.BTC/USDT.volatility': { uniform: [0.1, 0.2] } }, changes)).toBe('');
    const choice = [GBM, { ...GBM, candles: { substeps: 4 } }];
    expect(problemOf({ 'markets.BTC/USDT': { choice } }, changes)).toMatch(
      /^randomize\["markets\.BTC\/USDT"\]\.choice\[1\]: does not fit: correlation\.symbols\[1\]: must have the candles\.substeps/,
    );
  });

  test('a factory that throws is told like a rule', () => {
    const picky = defineReward({
      name: 'picky',
      parameters: { size: { type: 'number', default: 1 } },
      create: ({ size }) => {
        if (size > 2) throw new Error('too big for me');
        return { begin: () => {}, evaluate: () => {} };
      },
    });
    const problem = problemOf(
      { 'rewards[0].size': { uniform: [1, 3] } },
      { rewards: [{ use: 'picky' }] },
      {
        rewards: { picky },
      },
    );
    expect(problem).toBe('randomize["rewards[0].size"].uniform[1]: does not fit: rewards[0]: too big for me, got 3');
  });
});

describe('an estimate', () => {
  const problem = (distribution: object, path = 'markets["BRK.B"]'): string =>
    problemOf({ [path]: distribution }).replace(`randomize[${JSON.stringify(path)}]`, '');
  const two = { alpha: 0.1, beta: 0.8 };
  const unit = [
    [1e-4, 0],
    [0, 1e-4],
  ];

  test('stands at a market and names its parameters', () => {
    expect(problem({ estimate: two, covariance: unit })).toBe('');
    expect(problem({ estimate: two, covariance: unit }, 'markets["BRK.B"].alpha')).toBe(
      '.estimate: must stand at a market, whose parameters it names, got "markets[\\"BRK.B\\"].alpha"; its path is markets.NAME',
    );
    expect(problem({ estimate: { alfa: 0.1, beta: 0.8 }, covariance: unit })).toBe(
      ': must be the path of a value in the config, markets["BRK.B"].alfa is none; did you mean alpha?',
    );
    expect(problem({ estimate: { 'a..b': 0.1, beta: 0.8 }, covariance: unit })).toBe(
      '.estimate["a..b"]: must be the name of a parameter, got "a..b"',
    );
    expect(problem({ estimate: {}, covariance: [] })).toBe('.estimate: needs at least one parameter, got {}');
    expect(problem({ estimate: { alpha: -1 }, covariance: [[1]] })).toBe('.estimate.alpha: must be at least 0, got -1');
  });

  test('has a covariance that is one', () => {
    const covariance = (matrix: number[][]): string => problem({ estimate: two, covariance: matrix });
    expect(covariance([[1, 0]])).toBe('.covariance: must have 2 rows, one for each estimate, got 1');
    expect(covariance([[1, 0], [0]])).toBe('.covariance[1]: must have 2 numbers, one for each estimate, got 1');
    expect(
      covariance([
        [1, 0],
        [0, -1],
      ]),
    ).toBe('.covariance[1][1]: must be at least 0, it is a variance, got -1');
    expect(
      covariance([
        [1, 0],
        [0.5, 1],
      ]),
    ).toBe('.covariance[1][0]: must be that of [0][1], 0: a covariance is symmetric, got 0.5');
    expect(
      covariance([
        [1, 2],
        [2, 1],
      ]),
    ).toBe('.covariance: must be positive semidefinite: no numbers vary together like this, got [[1,2],[2,1]]');
    expect(
      covariance([
        [0, 1],
        [1, 1],
      ]),
    ).toContain('must be positive semidefinite');
    expect(
      covariance([
        [1e-8, 1e-8],
        [1e-8, 1e-8],
      ]),
    ).toBe('');
    expect(
      covariance([
        [0, 0],
        [0, 0],
      ]),
    ).toBe('');
  });

  test('may stand beside draws of other parameters of the market', () => {
    const estimate = { estimate: two, covariance: unit };
    expect(problemOf({ 'markets["BRK.B"]': estimate, 'markets["BRK.B"].price': { uniform: [1, 2] } })).toBe('');
    expect(problemOf({ 'markets["BRK.B"]': estimate, 'markets["BRK.B"].alpha': { uniform: [0, 0.1] } })).toBe(
      'randomize["markets[\\"BRK.B\\"].alpha"]: must be drawn once, "markets[\\"BRK.B\\"]" draws it as well; keep one of the two',
    );
  });
});

describe('two draws', () => {
  test('of one value are an error, however it is written', () => {
    const drawn = { uniform: [1, 2] };
    expect(problemOf({ 'markets.BTC/USDT.price': drawn, 'markets["BTC/USDT"].price': drawn })).toBe(
      'randomize["markets[\\"BTC/USDT\\"].price"]: must be drawn once, "markets.BTC/USDT.price" draws it as well; keep one of the two',
    );
  });

  test('of which one is a part of the other are an error, in either order', () => {
    const whole = { 'markets.BTC/USDT': { choice: [GBM] } };
    const part = { 'markets.BTC/USDT.volatility': { uniform: [0.1, 0.2] } };
    const problem =
      'randomize["markets.BTC/USDT.volatility"]: must not be a part of markets.BTC/USDT, which is drawn as a whole; put the value into each choice of markets.BTC/USDT, or draw its parts one by one';
    expect(problemOf({ ...whole, ...part })).toBe(problem);
    expect(problemOf({ ...part, ...whole })).toBe(problem);
  });
});
