import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MarketPaths, parseConfig } from '@ergodic/core';
import { replayEpisode, runEnsemble } from '@ergodic/workers';
import { parseHTML } from 'linkedom';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { type PathsOptions, paths } from '../../src/commands/paths.ts';
import { type StylizedOptions, stylized } from '../../src/commands/stylized.ts';
import { exitCodeOf } from '../../src/failure.ts';
import { ergodic, folderWith, removeFolders } from './ergodic.ts';

const said = vi.hoisted(() => ({ out: '', notices: '' }));
vi.mock('../../src/output.ts', async (original) => ({
  ...(await original<object>()),
  print: (text: string) => {
    said.out += text;
  },
  printJson: (value: unknown) => {
    said.out += JSON.stringify(value);
  },
  notice: (text: string) => {
    said.notices += `${text}\n`;
  },
}));
beforeEach(() => {
  said.out = said.notices = '';
});
afterAll(removeFolders);

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls a verb here, in a folder: to start the command takes seconds. */
async function inFolder(dir: string, verb: () => Promise<number>): Promise<Said> {
  said.out = said.notices = '';
  const before = process.cwd();
  process.chdir(dir);
  try {
    return { code: await verb(), stdout: said.out, stderr: said.notices };
  } catch (error) {
    return { code: exitCodeOf(error), stdout: said.out, stderr: `error: ${(error as Error).message}` };
  } finally {
    process.chdir(before);
  }
}

const drawn = (dir: string, config: string, options: Partial<PathsOptions> = {}): Promise<Said> =>
  inFolder(dir, () => paths(config, { n: 5, ...options }));
const held = (dir: string, file: string, options: Partial<StylizedOptions> = {}): Promise<Said> =>
  inFolder(dir, () => stylized(file, { against: 'markets.yaml', n: 40, ...options }));

const MARKETS = `seed: 7
episodes: 3
steps: 60
interval: 1d
markets:
  A: { process: gbm, price: 100, drift: 0.1, volatility: 0.6 }
  B: { process: gbm, price: 50, volatility: 0.9, candles: { volume: { level: 10 } } }
`;
const ONE = MARKETS.split('\n')
  .filter((line) => !line.startsWith('  B'))
  .join('\n');
/** A strategy whose file is missing, and a reward that is none: trading is not looked at. */
const TRADING = 'strategy: { use: ./missing.ts }\nrewards: [{ use: none }]\nexecution: { participationRate: 0.5 }\n';

/** Daily candles of a path of 400 days, as a vendor writes them: newest first. */
function history(): string {
  const config = parseConfig({
    steps: 400,
    interval: '1d',
    seed: 'history',
    markets: { A: { process: 'gbm', price: 30, volatility: 0.6 } },
    strategy: { use: 'random' },
  });
  const { timeMs, close } = new MarketPaths(config).path(0)[0]!;
  const rows = Array.from(close, (price, i) => `${timeMs[i]},${price},${price},${price},${price}`).reverse();
  return `a title\nunix,open,high,low,close\n${rows.join('\n')}\n`;
}

/** What every page has to be. */
function checkPage(file: string): Document {
  const page = readFileSync(file, 'utf8');
  expect(page.length).toBeLessThan(3_000_000);
  const { document } = parseHTML(page);
  for (const style of document.querySelectorAll('style')) style.remove();
  expect(document.body.textContent).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
  expect(document.body.innerHTML).not.toMatch(/NaN|Infinity|="[^"]*undefined/);
  expect(page.replaceAll(/ xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:\/\/|<script|<link|<img|@import|\ssrc=/);
  for (const svg of document.querySelectorAll('svg')) {
    expect(svg.getAttribute('role')).toBe('img');
    expect(svg.getAttribute('aria-label')!.length).toBeGreaterThan(20);
  }
  return document as unknown as Document;
}

function titles(document: Document): string[] {
  return [...document.querySelectorAll('h2')].map((title) => title.textContent!);
}

describe('ergodic paths', () => {
  it('prints figures and writes a page, for a config without a strategy', async () => {
    const dir = folderWith({ 'markets.yaml': MARKETS });
    const { code, stdout } = await ergodic(dir, 'paths', 'markets.yaml', '--n', '20');
    expect(code).toBe(0);
    expect(stdout).toContain('20 paths of 60 steps');
    expect(stdout).toMatch(/volatility a year, median +\d\d\.\d % +\d\d\.\d %/);
    expect(stdout).toContain('Page written: markets-paths.html');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    const document = checkPage(path.join(dir, 'markets-paths.html'));
    expect(titles(document)).toEqual([
      'A: prices over time',
      'A: final price',
      'A: realised volatility',
      'B: prices over time',
      'B: final price',
      'B: realised volatility',
      'B: candles of one path',
      'Reproduce it',
    ]);
    // The page of the default name is made anew.
    expect((await drawn(dir, 'markets.yaml', { n: 2 })).code).toBe(0);
  });

  it('exports the very prices that the episodes of a run see, in every format', async () => {
    const dir = folderWith({ 'markets.yaml': MARKETS });
    await runEnsemble(
      { ...parse(MARKETS), strategy: { use: 'buy-and-hold' } },
      { dir: path.join(dir, 'run'), workers: 1 },
    );
    const seen: string[] = [];
    for (const episode of [0, 1, 2]) {
      await replayEpisode(path.join(dir, 'run'), episode, (line) => {
        if (line.type !== 'MARKET') return;
        const { step, timeMs, symbol, open, high, low, price, close, volume } = line as unknown as Record<
          string,
          number
        >;
        const last = close ?? price;
        const candle = String(symbol) === 'B' ? [open, high, low, last, volume] : ['', '', '', last, ''];
        seen.push([episode, step, timeMs, symbol, ...candle].join(','));
      });
    }
    const { code, stderr } = await drawn(dir, 'markets.yaml', { n: 3, out: 'x.csv' });
    expect([code, stderr]).toEqual([0, 'wrote x.csv: 366 rows\n']);
    const [header, ...rows] = readFileSync(path.join(dir, 'x.csv'), 'utf8').trim().split('\n');
    expect(header).toBe('path,step,timeMs,symbol,open,high,low,close,volume');
    const numbers = (row: string): unknown[] =>
      row.split(',').map((cell) => (cell === '' || /[A-Z]/.test(cell) ? cell : Number(cell)));
    const key = (row: string): string => row.split(',').slice(0, 4).join();
    const ordered = (list: string[]): unknown[][] => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(numbers);
    expect(ordered(rows)).toEqual(ordered(seen));

    expect((await drawn(dir, 'markets.yaml', { out: 'x.ndjson' })).code).toBe(0);
    const lines = readFileSync(path.join(dir, 'x.ndjson'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({ path: 0, step: 0, symbol: 'A', close: 100, open: null });
    expect((await drawn(dir, 'markets.yaml', { out: 'x.parquet' })).code).toBe(0);
    expect(readFileSync(path.join(dir, 'x.parquet')).subarray(0, 4).toString()).toBe('PAR1');
  });

  it('leaves columns out that no market has', async () => {
    const dir = folderWith({ 'one.yaml': ONE });
    await drawn(dir, 'one.yaml', { n: 1, steps: '1', out: 'x.csv' });
    expect(readFileSync(path.join(dir, 'x.csv'), 'utf8')).toMatch(
      /^path,step,timeMs,symbol,close\n0,0,\d+,A,100\.0\n0,1,/,
    );
  });

  it('looks at no trading, and follows --set, --seed and --steps', async () => {
    const dir = folderWith({ 'markets.yaml': MARKETS, 'trading.yaml': MARKETS + TRADING });
    const json = async (config: string, options: Partial<PathsOptions> = {}): Promise<Record<string, never>> => {
      const { code, stdout, stderr } = await drawn(dir, config, { json: true, ...options });
      expect([code, stderr]).toEqual([0, '']);
      const { config: _, ...rest } = JSON.parse(stdout);
      return rest;
    };
    const plain = await json('markets.yaml');
    expect(await json('trading.yaml')).toEqual(plain);
    expect(plain).toMatchObject({
      paths: 5,
      failed: 0,
      steps: 60,
      seed: '7',
      symbols: { A: { finalPrice: { n: 5 } } },
    });
    expect(await json('markets.yaml', { seed: '8' })).not.toEqual(plain);
    expect(await json('markets.yaml', { set: ['markets.A.volatility=0'], steps: '10' })).toMatchObject({
      steps: 10,
      symbols: { A: { finalPrice: { sd: 0 }, excessKurtosis: { n: 0, q50: null } } },
    });
    expect(existsSync(path.join(dir, 'markets-paths.html'))).toBe(false);
  });

  it('shows paths without steps, of one path, without movement and below zero', async () => {
    const dir = folderWith({ 'one.yaml': ONE });
    const page = path.join(dir, 'one-paths.html');
    const draws: Partial<PathsOptions>[] = [
      { steps: '0' },
      { n: 1 },
      { set: ['markets.A.volatility=0', 'markets.A.drift=0'] },
      { set: ['markets.A={ process: abm, price: 0, volatility: 3 }'] },
      { set: ['markets.A={ process: gbm, price: 1, volatility: 0.5, candles: true }'], steps: '1' },
    ];
    for (const options of draws) {
      expect((await drawn(dir, 'one.yaml', options)).code, JSON.stringify(options)).toBe(0);
      checkPage(page);
    }
  });

  it('says what is wrong with its arguments', async () => {
    const dir = folderWith({ 'one.yaml': ONE, 'there.csv': '' });
    const wrong: (readonly [Partial<PathsOptions>, string])[] = [
      [{ out: 'x.txt' }, '--out x.txt: must end in .html (a page), .csv, .parquet or .ndjson (rows), got .txt'],
      [{ out: 'there.csv' }, '--out there.csv: exists and is not overwritten; remove it, or name another file'],
      [{ steps: 'many' }, '--steps many: steps: must be'],
      [{ n: 1_000_000, steps: '1000' }, 'a page holds at most 50,000,000 prices, got 1,001,000,000; use --n 49950'],
      [{ set: ['market.A.price=1'] }, 'is not a known key'],
    ];
    for (const [options, message] of wrong) {
      const { code, stderr } = await drawn(dir, 'one.yaml', options);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it('tells of paths that fail as their episodes would', async () => {
    const dir = folderWith({ 'one.yaml': ONE });
    const { code, stderr } = await drawn(dir, 'one.yaml', { n: 3, set: ['markets.A.drift=1e9'], json: true });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('3 of 3 paths failed, as their episodes would: episode 0: '),
    ]);
  });
});

describe('ergodic stylized', () => {
  it('holds real candles against simulated paths, and writes a page', async () => {
    const dir = folderWith({ 'markets.yaml': MARKETS, 'real.csv': history() });
    const { code, stdout, stderr } = await ergodic(
      dir,
      'stylized',
      'real.csv',
      '--against',
      'markets.yaml',
      '--n',
      '40',
      '--symbol',
      'A',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('real.csv:3: the newest candle comes first, so the order is turned around');
    expect(stdout).toContain('real.csv against 40 paths of A  400 log returns r each');
    expect(stdout).toMatch(/^volatility, a year +\d\d\.\d % .* agrees/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    const document = checkPage(path.join(dir, 'real-stylized.html'));
    expect(titles(document)).toEqual([
      'Fact by fact',
      'Memory',
      'Quantiles of returns',
      'Prices',
      'Sources',
      'Reproduce it',
    ]);
  });

  it('gives verdicts that follow from the volatility of the model, whatever its price', async () => {
    const dir = folderWith({ 'markets.yaml': ONE, 'real.csv': history() });
    const verdict = async (set: string): Promise<string> => {
      const { code, stdout } = await held(dir, 'real.csv', { set: [set], json: true });
      expect(code).toBe(0);
      const { facts, returns, paths } = JSON.parse(stdout);
      expect([returns, paths, facts.length]).toEqual([400, 40, 21]);
      return facts.find(({ name }: { name: string }) => name === 'volatility').verdict;
    };
    expect(await verdict('markets.A.price=7')).toBe('agrees');
    expect(await verdict('markets.A.volatility=0.3')).toBe('too low');
    expect(await verdict('markets.A.volatility=1.2')).toBe('too high');
    expect(existsSync(path.join(dir, 'real-stylized.html'))).toBe(false);
  });

  it('compares a history of three candles, and one that stands still', async () => {
    const row = (day: number, price: number) => `2020-01-0${day},${price},${price},${price},${price}\n`;
    const header = 'date,open,high,low,close\n';
    const dir = folderWith({
      'markets.yaml': ONE,
      'short.csv': header + row(1, 5) + row(2, 6) + row(3, 5),
      'still.csv': header + [1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => row(day, 5)).join(''),
    });
    for (const name of ['short', 'still']) {
      const { code, stdout } = await held(dir, `${name}.csv`);
      expect(code).toBe(0);
      expect(stdout).toContain('not defined');
      checkPage(path.join(dir, `${name}-stylized.html`));
    }
  });

  it('says what is wrong with its arguments', async () => {
    const hourly =
      'date,open,high,low,close\n2020-01-01 00:00,5,5,5,5\n2020-01-01 01:00,5,5,5,5\n2020-01-01 02:00,5,5,5,5\n';
    const dir = folderWith({
      'markets.yaml': MARKETS,
      'real.csv': history(),
      'hourly.csv': hourly,
      'two.csv': hourly.slice(0, hourly.indexOf('2020-01-01 02')),
    });
    const wrong: (readonly [string, Partial<StylizedOptions>, string])[] = [
      ['real.csv', {}, 'markets.yaml: has the markets A, B; say which one with --symbol A'],
      ['real.csv', { symbol: 'C' }, '--symbol C: must be a market of markets.yaml; '],
      ['hourly.csv', { symbol: 'A' }, 'hourly.csv: its candles are of 1h, the steps of markets.yaml of 1d; '],
      ['none.csv', {}, 'none.csv: must be a readable CSV file (ENOENT'],
      ['two.csv', { symbol: 'A' }, 'two.csv: must hold at least 3 candles, got 2'],
      ['real.csv', { symbol: 'A', out: 'x.csv' }, '--out x.csv: must end in .html, got .csv; for figures use --json'],
    ];
    for (const [file, options, message] of wrong) {
      const { code, stderr } = await held(dir, file, options);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});
