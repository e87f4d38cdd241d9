import { describe, expect, it } from 'vitest';
import { broken, GOOD, messageOf } from './workspace.ts';

const firstLine = (text: string): string => text.split('\n')[0]!;

describe('a config with one thing wrong names line, column, path, rule, value and way out', () => {
  it.each([
    [
      'a typo in a key',
      'episodes',
      'episods',
      'ergodic.yaml:2:1: episods: is not a known key, got 10; did you mean episodes?',
    ],
    [
      'a typo in a key of a market',
      'volatility: 0.7',
      'volatilty: 0.7',
      'ergodic.yaml:5:43: markets.BTC/USDT.volatilty: is not a known key, got 0.7; did you mean volatility?',
    ],
    [
      'text for a number',
      'episodes: 10',
      'episodes: many',
      'ergodic.yaml:2:11: episodes: must be a whole number, got "many"',
    ],
    [
      'a quoted number',
      '30000',
      '"30000"',
      'ergodic.yaml:5:36: markets.BTC/USDT.price: must be a number, got "30000"; write it without quotes',
    ],
    [
      'a negative volatility',
      'volatility: 0.7',
      'volatility: -1',
      'ergodic.yaml:5:55: markets.BTC/USDT.volatility: must be at least 0, got -1',
    ],
    [
      'an unknown process',
      'gbm',
      'gmb',
      'ergodic.yaml:5:24: markets.BTC/USDT.process: must be one of gbm, abm, ou, exp-ou, cir, cev, merton, kou, variance-gamma, heston, bates, garch, gjr-garch, regime-switching, fbm, rough-volatility, hawkes-jumps, replay, bootstrap, got "gmb"; did you mean gbm?',
    ],
    [
      'a market without process',
      'process: gbm, ',
      '',
      'ergodic.yaml:5:13: markets.BTC/USDT.process: must be one of gbm, abm, ou, exp-ou, cir, cev, merton, kou, variance-gamma, heston, bates, garch, gjr-garch, regime-switching, fbm, rough-volatility, hawkes-jumps, replay, bootstrap, it is missing',
    ],
    [
      'a market without price',
      'price: 30000, ',
      '',
      'ergodic.yaml:5:13: markets.BTC/USDT.price: must be a number, it is missing',
    ],
    [
      'a market without price, as a block',
      '{ process: gbm, price: 30000, volatility: 0.7 }',
      '\n    process: gbm\n    volatility: 0.7',
      'ergodic.yaml:5:3: markets.BTC/USDT.price: must be a number, it is missing',
    ],
    [
      'a market that is only a word',
      '{ process: gbm, price: 30000, volatility: 0.7 }',
      'gbm',
      'ergodic.yaml:5:13: markets.BTC/USDT: must be a mapping of keys to values, got "gbm"; write { process: gbm, … }',
    ],
    [
      'a market without keys',
      ' { process: gbm, price: 30000, volatility: 0.7 }',
      '',
      'ergodic.yaml:5:3: markets.BTC/USDT: must be a mapping of keys to values, got null; indent its keys below it, or leave it out',
    ],
    [
      'no markets',
      '\n  BTC/USDT: { process: gbm, price: 30000, volatility: 0.7 }',
      ' {}',
      'ergodic.yaml:4:10: markets: needs at least one market, got {}',
    ],
    [
      'markets as a list',
      '  BTC/USDT: {',
      '  - {',
      'ergodic.yaml:4:1: markets: must be a mapping of keys to values, got [{"process":"gbm","price":30000,"volatility":0.7}]; write name: value instead of a list',
    ],
    [
      'a duration with a space',
      'steps: 20',
      'interval: 1 hour',
      'ergodic.yaml:3:11: interval: must be a duration such as 90s, 10m, 1h or 1d, got "1 hour"',
    ],
    [
      'a duration without a unit',
      'steps: 20',
      'interval: 60',
      'ergodic.yaml:3:11: interval: must be a duration such as 90s, 10m, 1h or 1d, got 60',
    ],
    ['no time at all', 'steps: 20', 'interval: 0s', 'ergodic.yaml:3:11: interval: must be longer than zero, got "0s"'],
    ['an empty seed', 'seed: 1', 'seed: ""', 'ergodic.yaml:1:7: seed: must have 1 to 128 characters, got ""'],
    [
      'a seed without value',
      'seed: 1',
      'seed:',
      'ergodic.yaml:1:1: seed: must be a string or a whole number, got null',
    ],
    [
      'a seed that is a fraction',
      'seed: 1',
      'seed: 1.5',
      'ergodic.yaml:1:7: seed: must be a string or a whole number, got 1.5; put it in quotes to make it a string',
    ],
    [
      'a control character in a seed',
      'seed: 1',
      'seed: "a\tb"',
      'ergodic.yaml:1:7: seed: must not contain control characters, got "a\\tb"',
    ],
    ['no episodes', 'episodes: 10', 'episodes: 0', 'ergodic.yaml:2:11: episodes: must be at least 1, got 0'],
    [
      'half an episode',
      'episodes: 10',
      'episodes: 1.5',
      'ergodic.yaml:2:11: episodes: must be a whole number, got 1.5',
    ],
    [
      'infinitely many episodes',
      'episodes: 10',
      'episodes: .inf',
      'ergodic.yaml:2:11: episodes: must be a whole number, got Infinity',
    ],
    [
      'NaN',
      'volatility: 0.7',
      'volatility: .nan',
      'ergodic.yaml:5:55: markets.BTC/USDT.volatility: must be a finite number or a list, got NaN',
    ],
    [
      'rewards as a word',
      '[{ use: log-return }]',
      'log-return',
      'ergodic.yaml:8:10: rewards: must be a list, got "log-return"; write [{ use: log-return }]',
    ],
    [
      'rewards as a list of words',
      '[{ use: log-return }]',
      '[log-return]',
      'ergodic.yaml:8:11: rewards[0]: must be a mapping of keys to values, got "log-return"; write { use: log-return }',
    ],
    [
      'a strategy as a word',
      '{ use: sma-cross }',
      'sma-cross',
      'ergodic.yaml:6:11: strategy: must be a mapping of keys to values, got "sma-cross"; write { use: sma-cross }',
    ],
    [
      'a strategy without use',
      '{ use: sma-cross }',
      '{ fast: 3 }',
      'ergodic.yaml:6:11: strategy.use: must be a string, it is missing',
    ],
    [
      'no strategy',
      'strategy: { use: sma-cross }\n',
      '',
      'ergodic.yaml:1:1: strategy: must be a mapping of keys to values, it is missing',
    ],
    [
      'both ways of sizing',
      '{ targetWeight: 0.95 }',
      '{ targetWeight: 0.95, fixedQuantity: 1 }',
      'ergodic.yaml:7:59: portfolio.sizing.fixedQuantity: must not stand beside targetWeight, got 1; keep one of the two',
    ],
    [
      'no way of sizing',
      '{ targetWeight: 0.95 }',
      '{}',
      'ergodic.yaml:7:22: portfolio.sizing: must have one of targetWeight, fixedQuantity, got {}',
    ],
    [
      'a typo in sizing',
      'targetWeight',
      'targetWieght',
      'ergodic.yaml:7:24: portfolio.sizing.targetWieght: is not a known key, got 0.95; did you mean targetWeight?',
    ],
    [
      'sizing as a number',
      '{ targetWeight: 0.95 }',
      '0.95',
      'ergodic.yaml:7:22: portfolio.sizing: must be a mapping of keys to values, got 0.95; known: targetWeight, fixedQuantity',
    ],
    [
      'a key twice',
      'steps: 20',
      'episodes: 20',
      'ergodic.yaml:3:1: the key episodes is there twice; keep one of the two',
    ],
    [
      'a tab as indentation',
      '  BTC/USDT',
      '\tBTC/USDT',
      'ergodic.yaml:5:1: is not valid YAML: tabs are not allowed as indentation',
    ],
    [
      'an open bracket',
      '[{ use: log-return }]',
      '[{ use: log-return }',
      'ergodic.yaml:9:1: is not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ], opened at line 8',
    ],
    [
      'an open quote',
      'seed: 1',
      'seed: "1',
      'ergodic.yaml:9:1: is not valid YAML: missing closing "quote, opened at line 1',
    ],
    [
      'a colon too many',
      'seed: 1',
      'seed: a: b',
      'ergodic.yaml:1:7: is not valid YAML: nested mappings are not allowed in compact mappings',
    ],
    [
      'a second document',
      'portfolio:',
      '---\nportfolio:',
      'ergodic.yaml:7:1: must be one document; remove what follows --- or ...',
    ],
    [
      'an alias without anchor',
      'seed: 1',
      'seed: *one',
      'ergodic.yaml:1:7: the alias *one has no anchor &one before it',
    ],
    [
      'an alias within its anchor',
      '{ use: sma-cross }',
      '&x { use: *x }',
      'ergodic.yaml:6:21: the alias *x contains itself',
    ],
    ['an unknown tag', 'seed: 1', 'seed: !secret x', 'ergodic.yaml:1:7: is not valid YAML: unresolved tag: !secret'],
    ['a prototype key', 'seed: 1', '__proto__: 1', 'ergodic.yaml:1:1: the key __proto__ is not allowed'],
    [
      'a strategy file that is not there',
      'sma-cross',
      './my-stratgy.ts',
      'ergodic.yaml:6:18: strategy.use: must name a file that exists, got "./my-stratgy.ts"; DIR has no .ts, .mts, .mjs, .js file; paths start at the config\'s folder',
    ],
    [
      'a candle file that is not there',
      'process: gbm, price: 30000, volatility: 0.7',
      'process: replay, file: data/btc.csv',
      'ergodic.yaml:5:38: markets.BTC/USDT.file: must name a file that exists, got "data/btc.csv"; there is no folder DIR/data; paths start at the config\'s folder',
    ],
  ])('%s', async (_, from, to, expected) => {
    expect(firstLine(await messageOf(broken(from!, to!)))).toBe(expected);
  });
});

describe('--set names itself as the place', () => {
  it.each<[string[], string]>([
    [['episodes'], '--set episodes: must be path=value, has no =; for example --set episodes=100'],
    [
      ['=3'],
      '--set =3: the path is not valid at "=3"; write a path such as markets["BRK.B"].volatility or rewards[0].scale',
    ],
    [['episodes='], '--set episodes=: has no value; for an empty text write ""'],
    [
      ['episodes= # none'],
      '--set episodes= # none: the value is only a comment; quote text that YAML would read otherwise: \'name="text"\'',
    ],
    [
      ['markets[BTC].price=1'],
      '--set markets[BTC].price=1: the path is not valid at "[BTC].price=1"; write a path such as markets["BRK.B"].volatility or rewards[0].scale',
    ],
    [
      ['markets..price=1'],
      '--set markets..price=1: the path is not valid at ".price=1"; write a path such as markets["BRK.B"].volatility or rewards[0].scale',
    ],
    [
      ['markets["BTC/USDT].price=1'],
      '--set markets["BTC/USDT].price=1: the path is not valid at "[\\"BTC/USDT].price=1"; write a path such as markets["BRK.B"].volatility or rewards[0].scale',
    ],
    [
      ['rewards[1].scale=2'],
      '--set rewards[1].scale=2: rewards[1] is out of range, rewards has entries [0] to [0]; set the whole list',
    ],
    [['rewards.0.scale=2'], '--set rewards.0.scale=2: rewards is a list; write rewards[0] for its first entry'],
    [
      ['markets[0].price=2'],
      '--set markets[0].price=2: markets must be a list to have an entry [0], got {"BTC/USDT":{"process":"gbm","price":30000,"volatility":0.7}}',
    ],
    [
      ['components[0].use=x'],
      '--set components[0].use=x: components must be a list to have an entry [0], it is missing',
    ],
    [['episodes.x=2'], '--set episodes.x=2: episodes must be a mapping to have a key x, got 10'],
    [['__proto__.x=1'], '--set __proto__.x=1: the key __proto__ is not allowed'],
    [['markets.constructor.price=1'], '--set markets.constructor.price=1: the key constructor is not allowed'],
    [['portfolio={__proto__: {cash: 1}}'], '--set portfolio={__proto__: {cash: 1}}: the key __proto__ is not allowed'],
    [
      ['episodes=[1'],
      '--set episodes=[1: the value is not valid YAML: flow sequence must end with a ]; quote text that YAML would read otherwise: \'name="text"\'',
    ],
    [
      ['seed=@home'],
      '--set seed=@home: the value is not valid YAML: plain value cannot start with reserved character @; quote text that YAML would read otherwise: \'name="text"\'',
    ],
    [
      ['portfolio=cash: 1'],
      '--set portfolio=cash: 1: the value must be on one line; write {name: value} or [1, 2], or quote text that YAML would read otherwise: \'name="text"\'',
    ],
    [
      ['seed=*x'],
      '--set seed=*x: the value is not valid YAML: unresolved alias (the anchor must be set before the alias): x; quote text that YAML would read otherwise: \'name="text"\'',
    ],
    [
      ['markets.BTC/USDT.volatility=-1'],
      '--set markets.BTC/USDT.volatility=-1: markets.BTC/USDT.volatility: must be at least 0, got -1',
    ],
    [
      ['markets["BTC/USDT"].volatility=high'],
      '--set markets["BTC/USDT"].volatility=high: markets.BTC/USDT.volatility: must be a number or a list, got "high"',
    ],
    [['markets.ETH.process=gbm'], '--set markets.ETH.process=gbm: markets.ETH.price: must be a number, it is missing'],
    [
      ['markets.BTC/USDT.volatilty=1'],
      '--set markets.BTC/USDT.volatilty=1: markets.BTC/USDT.volatilty: is not a known key, got 1; did you mean volatility?',
    ],
    [
      ['portfolio.sizing.fixedQuantity=1'],
      '--set portfolio.sizing.fixedQuantity=1: portfolio.sizing.fixedQuantity: must not stand beside targetWeight, got 1; keep one of the two',
    ],
    [
      ['portfolio.sizing={fixedQuantity: -1}'],
      '--set portfolio.sizing={fixedQuantity: -1}: portfolio.sizing.fixedQuantity: must be greater than 0, got -1',
    ],
    [['episodes=1', 'episodes=0'], '--set episodes=0: episodes: must be at least 1, got 0'],
    [
      ['portfolio.cash=-1', 'portfolio={}', 'portfolio.ruin=2'],
      '--set portfolio.ruin=2: portfolio.ruin: must be less than 1, got 2',
    ],
    [
      ['markets["BRK.B"]={process: gbm, price: 1, volatility: 1}', 'markets.BRK.B.volatility=2'],
      '--set markets.BRK.B.volatility=2: a name with dots is written in brackets; did you mean markets["BRK.B"].volatility?',
    ],
    [
      ['strategy.use=./none.ts'],
      '--set strategy.use=./none.ts: strategy.use: must name a file that exists, got "./none.ts"; DIR has no .ts, .mts, .mjs, .js file; paths start at the config\'s folder',
    ],
  ])('%j', async (sets, expected) => {
    expect(firstLine(await messageOf({ 'ergodic.yaml': GOOD }, { sets }))).toBe(expected);
  });
});
