import { readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Config, ConfigError, Simulation } from '@ergodic/core';
import { describe, expect, it } from 'vitest';
import { loadConfig, loadConfigFile, UsageError } from '../../src/config/index.ts';
import { broken, GOOD, messageOf, withFolder } from './workspace.ts';

const NO_EPISODES = GOOD.replace('episodes: 10', 'episodes: 0');
const BAD_TS = `export default ${JSON.stringify({
  episodes: 0,
  markets: { A: { process: 'gbm', price: 1, volatility: 1 } },
  strategy: { use: 'random' },
})};`;
const REPLAY = broken('process: gbm, price: 30000, volatility: 0.7', 'process: replay, file: data/btc.csv');

describe('loadConfigFile', () => {
  it('takes ergodic.yaml, .yml, .json and .ts in this order', async () => {
    const names = ['ergodic.yaml', 'ergodic.yml', 'ergodic.json', 'ergodic.ts'];
    for (const [i, first] of names.entries()) {
      const files = Object.fromEntries(
        names.slice(i).map((name) => [name, name.endsWith('.ts') ? BAD_TS : '{"seed": 1}']),
      );
      await withFolder(files, async (dir) => {
        const source = await loadConfigFile(undefined, dir);
        expect([source.name, source.file]).toEqual([first, path.join(dir, first)]);
      });
    }
  });

  it('leaves references to the environment as they are', async () => {
    const reference = '$' + '{TOKEN}';
    await withFolder({ 'a.yaml': `token: ${reference}` }, async (dir) => {
      expect((await loadConfigFile('a.yaml', dir)).input).toEqual({ token: reference });
    });
  });

  it('reads a file without extension as YAML, also through a link', async () => {
    await withFolder({ config: GOOD }, async (dir) => {
      await symlink('config', path.join(dir, 'link'));
      expect((await loadConfigFile('link', dir)).input).toMatchObject({ seed: 1, episodes: 10 });
    });
  });

  it('finds places through aliases and merged mappings', async () => {
    const text =
      'markets:\n  ETH: &eth\n    price: 1\n    risk: { a: 1 }\n  BTC: { <<: *eth, drift: 2 }\nother: *eth\n';
    await withFolder({ 'a.yaml': text }, async (dir) => {
      const source = await loadConfigFile('a.yaml', dir);
      expect(source.input).toMatchObject({ markets: { BTC: { price: 1, drift: 2 } }, other: { price: 1 } });
      expect(source.locate(['markets', 'BTC', 'price'], 'value')).toEqual({ line: 3, column: 12 });
      expect(source.locate(['markets', 'BTC', 'price'], 'key')).toEqual({ line: 3, column: 5 });
      expect(source.locate(['other', 'risk', 'a'], 'value')).toEqual({ line: 4, column: 16 });
      expect(source.locate(['markets', 'BTC', 'none'], 'value')).toBeUndefined();
    });
  });

  it('bundles TypeScript with its imports and calls a function, leaving nothing behind', async () => {
    const files = {
      'ergodic.ts': `
        import { durationMs, type Config } from '@ergodic/core';
        import { steps } from './steps.ts';
        const seed: Config['seed'] = String(durationMs('1s'));
        export default async () => ({ seed, steps, here: import.meta.dirname });`,
      'steps.ts': 'export const steps: number = 20;',
    };
    const leftovers = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('ergodic-config-'));
    await withFolder(files, async (dir) => {
      const before = await leftovers();
      const { input, locate } = await loadConfigFile(undefined, dir);
      expect(input).toEqual({ seed: '1000', steps: 20, here: dir });
      expect(locate(['seed'], 'value')).toBeUndefined();
      expect((await leftovers()).filter((name) => !before.includes(name))).toEqual([]);
    });
  });

  it.each<[string, Record<string, string | Uint8Array>, string | undefined, string]>([
    [
      'no config',
      { 'other.yaml': GOOD },
      undefined,
      'there is no config: looked for ergodic.yaml, ergodic.yml, ergodic.json, ergodic.ts in DIR; write one with ergodic init, or name a file: ergodic run FILE',
    ],
    ['a typo in a name', { 'base.yaml': GOOD }, 'bas.yaml', 'bas.yaml: there is no such file; did you mean base.yaml?'],
    ['no such folder', {}, 'a/b.yaml', 'a/b.yaml: there is no such file; ergodic init writes one'],
    [
      'a folder with a config',
      { 'runs/ergodic.yaml': GOOD },
      'runs',
      'runs: must be a file, is a folder; did you mean runs/ergodic.yaml?',
    ],
    ['a folder', { 'runs/': '' }, 'runs', 'runs: must be a file, is a folder; name the config in it'],
    [
      'an empty file',
      { 'a.yaml': '' },
      'a.yaml',
      'a.yaml:1:1: the config is empty; ergodic init writes one to start from',
    ],
    [
      'only comments',
      { 'a.yaml': '# none\n' },
      'a.yaml',
      'a.yaml:1:1: the config is empty; ergodic init writes one to start from',
    ],
    [
      'a list',
      { 'a.yaml': '# one\n- 1\n' },
      'a.yaml',
      'a.yaml:2:1: the config must be a mapping of keys to values, got [1]; for example seed: 1',
    ],
    [
      'text',
      { 'a.yaml': 'hello' },
      'a.yaml',
      'a.yaml:1:1: the config must be a mapping of keys to values, got "hello"; for example seed: 1',
    ],
    [
      'a zip',
      { 'a.yaml': new Uint8Array([0x50, 0x4b, 3, 4, 0xff]) },
      'a.yaml',
      'a.yaml: must be text in UTF-8, got other bytes; save it as UTF-8, or name another file',
    ],
    [
      'zero bytes',
      { 'a.yaml': 'seed: 1\0' },
      'a.yaml',
      'a.yaml: must be text in UTF-8, got other bytes; save it as UTF-8, or name another file',
    ],
    [
      'aliases that grow without bound',
      {
        'a.yaml': `a: &a [x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]\n`,
      },
      'a.yaml',
      'a.yaml:1:1: is not valid YAML: excessive alias count indicates a resource exhaustion attack',
    ],
    [
      'another language',
      { 'a.toml': 'seed = 1' },
      'a.toml',
      'a.toml: a config must end in one of .yaml, .yml, .json, .ts, .mts, .mjs, .js, got .toml',
    ],
    [
      'a byte order mark',
      { 'a.yaml': `\ufeff${NO_EPISODES}` },
      'a.yaml',
      'a.yaml:2:11: episodes: must be at least 1, got 0',
    ],
    [
      'CRLF',
      { 'a.yaml': NO_EPISODES.replaceAll('\n', '\r\n') },
      'a.yaml',
      'a.yaml:2:11: episodes: must be at least 1, got 0',
    ],
    [
      'JSON with tabs',
      {
        'a.json':
          '{\n\t"episods": 0,\n\t"markets": {"A": {"process": "gbm", "price": 1, "volatility": 1}}, "strategy": {"use": "x"}\n}',
      },
      'a.json',
      'a.json:2:2: episods: is not a known key, got 0; did you mean episodes?',
    ],
    [
      'JSON without a colon',
      { 'a.json': '{\n  "episodes" 0\n}' },
      'a.json',
      'a.json:2:14: is not valid JSON: missing , or : between flow map items',
    ],
    [
      'a JSON key twice',
      { 'a.json': '{\n  "episodes": 1,\n  "episodes": 2\n}' },
      'a.json',
      'a.json:3:3: the key "episodes" is there twice; keep one of the two',
    ],
    ['a value in TypeScript', { 'a.ts': BAD_TS }, 'a.ts', 'a.ts: episodes: must be at least 1, got 0'],
    [
      'TypeScript that is none',
      { 'a.ts': '\nexport default {{' },
      'a.ts',
      'a.ts:2:17: Expected identifier but found "{"',
    ],
    [
      'an import that is not there',
      { 'a.ts': 'import x from "./gone.ts";\nexport default x;' },
      'a.ts',
      'a.ts:1:15: Could not resolve "./gone.ts"',
    ],
    [
      'no default export',
      { 'a.ts': 'export const a = 1;' },
      'a.ts',
      'a.ts: must export the config: export default { … }',
    ],
    [
      'a number',
      { 'a.mjs': 'export default 3;' },
      'a.mjs',
      'a.mjs: the default export must be an object, or a function that returns one, got a number',
    ],
    [
      'a module that throws',
      { 'a.ts': 'throw new Error("no luck");' },
      'a.ts',
      'a.ts: the config throws Error: no luck',
    ],
    [
      'a function that throws',
      { 'a.js': 'export default () => null.x;' },
      'a.js',
      "a.js: the config throws TypeError: Cannot read properties of null (reading 'x')",
    ],
    [
      'a candle file that is not there',
      { ...REPLAY, 'data/btc-1h.csv': '', 'data/note.txt': '' },
      undefined,
      'ergodic.yaml:5:38: markets.BTC/USDT.file: must name a file that exists, got "data/btc.csv"; files in DIR/data: btc-1h.csv',
    ],
    [
      'a folder for candles',
      { ...REPLAY, 'data/btc.csv/': '' },
      undefined,
      'ergodic.yaml:5:38: markets.BTC/USDT.file: must name a file, this is a folder, got "data/btc.csv"; DIR/data/btc.csv has no .csv file; paths start at the config\'s folder',
    ],
    [
      'a typo in a strategy file',
      { ...broken('sma-cross', './my-stratgy.ts'), 'my-strategy.ts': '', 'types.d.ts': '' },
      undefined,
      'ergodic.yaml:6:18: strategy.use: must name a file that exists, got "./my-stratgy.ts"; did you mean ./my-strategy.ts?',
    ],
    [
      'a file beside the working directory and not beside the config',
      { 'conf/a.yaml': GOOD.replace('log-return', './r.ts'), 'r.ts': '' },
      'conf/a.yaml',
      'conf/a.yaml:8:18: rewards[0].use: must name a file that exists, got "./r.ts"; DIR/conf has no .ts, .mts, .mjs, .js file; paths start at the config\'s folder',
    ],
  ])('says what is wrong: %s', async (_, files, given, expected) => {
    expect(await messageOf(files, { path: given })).toBe(expected);
  });

  it('names every issue, at most twenty', async () => {
    const text = Array.from({ length: 30 }, (_, i) => `key${i}: 1\n`).join('');
    const lines = (await messageOf({ 'ergodic.yaml': text })).split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[19]).toMatch(/^ergodic\.yaml:20:1: key19: is not a known key, got 1; known: seed/);
    expect(lines[20]).toBe('and 12 more');
  });
});

describe('loadConfig', () => {
  it('checks, fills in defaults and makes the files of the config absolute', async () => {
    const text = `steps: 1
markets:
  A: { process: replay, file: data/a.csv }
strategy: { use: my.ts }
components: [{ use: ../news.mjs }]
rewards: [{ use: log-return }, { use: ./reward.js, scale: 2 }]
`;
    const files = { 'c/e.yaml': text, 'c/data/a.csv': '', 'c/my.ts': '', 'news.mjs': '', 'c/reward.js': '' };
    await withFolder(files, async (dir) => {
      const { config, source } = await loadConfig({ path: 'c/e.yaml', cwd: dir });
      expect(config).toMatchObject({
        seed: 'ergodic',
        markets: { A: { file: `${dir}/c/data/a.csv` } },
        strategy: { use: `${dir}/c/my.ts` },
        components: [{ use: `${dir}/news.mjs` }],
        rewards: [{ use: 'log-return' }, { use: `${dir}/c/reward.js`, scale: 2 }],
      });
      expect(source.file).toBe(`${dir}/c/e.yaml`);
    });
  });

  it('lets --set stand over the file, later ones over earlier ones, and options over both', async () => {
    const load = (sets: string[], overrides = {}): Promise<Config> =>
      withFolder({ 'ergodic.yaml': GOOD }, async (dir) => (await loadConfig({ sets, overrides, cwd: dir })).config);
    const sets = [
      'markets.BTC/USDT.volatility=0.5',
      'markets["BRK.B"]={ process: abm, price: 1, volatility: 0 }',
      'markets["BRK.B"].drift = -2',
      'execution.fees.taker=1e-3',
      'rewards[0].name="a=b # c"',
      'components=[]',
      "strategy={ 'use': random }",
      'portfolio.allowShort=true',
      'seed=007',
      'episodes=3',
    ];
    const config = await load(sets, { episodes: '1e3', seed: '007' });
    expect(config).toMatchObject({
      markets: { 'BTC/USDT': { price: 30000, volatility: 0.5 }, 'BRK.B': { price: 1, drift: -2 } },
      execution: { fees: { maker: 0, taker: 0.001 } },
      rewards: [{ use: 'log-return', name: 'a=b # c' }],
      strategy: { use: 'random' },
      portfolio: { allowShort: true, sizing: { targetWeight: 0.95 } },
      seed: '007',
      episodes: 1000,
    });
    expect(await load(['seed=007'])).toMatchObject({ seed: '7', episodes: 10 });
  });

  it('does not change a mapping that another alias shares', async () => {
    const text = `steps: 1
markets:
  A: &a { process: gbm, price: 1, volatility: 1 }
  B: *a
strategy: { use: random }
`;
    await withFolder({ 'ergodic.yaml': text }, async (dir) => {
      const { config } = await loadConfig({ sets: ['markets.B.price=2'], cwd: dir });
      expect(config.markets).toMatchObject({ A: { price: 1 }, B: { price: 2 } });
    });
  });

  it.each([
    [{ episodes: '0' }, '--episodes 0: episodes: must be at least 1, got 0'],
    [{ episodes: 'ten' }, '--episodes ten: episodes: must be a whole number, got "ten"'],
    [{ seed: '' }, '--seed "": seed: must have 1 to 128 characters, got ""'],
    [{ workers: '0' }, '--workers 0: must be a whole number from 1 to 1024'],
  ])('names the option: %j', async (overrides, expected) => {
    expect(await messageOf({ 'ergodic.yaml': GOOD }, { overrides })).toBe(expected);
  });

  it('hands on the number of workers', async () => {
    await withFolder({ 'ergodic.yaml': GOOD }, async (dir) => {
      expect((await loadConfig({ overrides: { workers: '3' }, cwd: dir })).workers).toBe(3);
      expect('workers' in (await loadConfig({ cwd: dir }))).toBe(false);
    });
  });

  it('explains what only the simulation sees', async () => {
    const text = GOOD.replace('use: sma-cross', 'use: sma-cross, fast: 60');
    await withFolder({ 'ergodic.yaml': text }, async (dir) => {
      const { config, explain } = await loadConfig({ sets: ['rewards[0].scal=2'], cwd: dir });
      const errorOf = (part: Partial<Config>): unknown => {
        try {
          return new Simulation({ ...config, ...part });
        } catch (error) {
          return error;
        }
      };
      expect(explain(errorOf({}))).toMatch(/^ergodic\.yaml:6:11: strategy: fast must be smaller than slow/);
      const onlyReward = errorOf({ strategy: { use: 'random' } });
      expect(onlyReward).toBeInstanceOf(ConfigError);
      expect(explain(onlyReward)).toMatch(/^--set rewards\[0\]\.scal=2: rewards\[0\]\.scal: is not a known key, got 2/);
      expect(explain(structuredClone({ ...(onlyReward as object) }))).toBe(explain(onlyReward));
      expect(explain(new Error('full disk'))).toBe('full disk');
      expect(new UsageError('no')).toMatchObject({ exitCode: 2, code: 'USAGE' });
    });
  });
});
