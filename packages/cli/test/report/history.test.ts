import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Origin, originOf } from '../../src/report/data/history.ts';
import { checkPage, figuresOf, titles } from './page.ts';
import { reportOf } from './run.ts';

const LONG_MS = 60_000;
const FILE = path.join(fileURLToPath(new URL('../../../../examples/data', import.meta.url)), 'btc-usd-1d.csv');
const REPLAY = { process: 'replay', file: FILE, start: 'first' };
const WINDOWS = { ...REPLAY, start: 'random' };
const BOOTSTRAP = { process: 'bootstrap', file: FILE, blockLength: 20 };
const GBM = { process: 'gbm', price: 100, volatility: 0.5 };

describe('where episodes come from', () => {
  const cases: readonly (readonly [Origin, Record<string, unknown>, string[]])[] = [
    ['one', { A: REPLAY }, []],
    ['one', { A: REPLAY }, ['execution.fees.taker']],
    ['windows', { A: REPLAY }, ['steps']],
    ['windows', { A: REPLAY, B: WINDOWS }, []],
    ['resampled', { A: BOOTSTRAP, B: WINDOWS }, []],
    ['model', { A: GBM, B: REPLAY }, []],
    ['model', { A: REPLAY }, ['markets.A']],
  ];

  it.each(cases)('is %s of %j with draws %j', (origin, markets, drawn) => {
    const randomize = Object.fromEntries(drawn.map((name) => [name, { choice: [1, 2] }]));
    expect(originOf({ markets, randomize } as never)).toBe(origin);
  });
});

describe('the report of a run on real candles', () => {
  const changes = { markets: { BTC: REPLAY }, interval: '1d', rewards: [{ use: 'log-return' }], episodes: 20 };

  it('says that equal episodes are one observation, and how sure its Sharpe ratio is', {
    timeout: LONG_MS,
  }, async () => {
    const page = await reportOf(changes);
    checkPage(page);
    expect(titles(page).slice(0, 2)).toEqual(['One history', 'Headline figures']);
    expect(page).toContain('20 identical episodes are one observation.');
    expect(page).not.toContain('These probabilities hold');
    expect([...figuresOf(page).values()].flat().join()).not.toContain('95 % CI');
    const verdict = figuresOf(page, '#history');
    expect([...verdict.keys()]).toEqual([
      'Sharpe ratio, a year',
      'Probabilistic Sharpe ratio',
      'Deflated Sharpe ratio',
      'Track record needed',
    ]);
    expect(verdict.get('Sharpe ratio, a year')![0]).toBe(figuresOf(page).get('Sharpe ratio')![0]);
    expect(verdict.get('Deflated Sharpe ratio')!.join()).toContain('the only rule known to be tried');
    expect(titles(page)).toContain('One episode');
  });

  it('says that episodes which differ by draws alone are one observation all the same', {
    timeout: LONG_MS,
  }, async () => {
    const page = await reportOf({ ...changes, randomize: { 'execution.fees.taker': { uniform: [0, 0.01] } } });
    checkPage(page);
    expect(page).toContain('20 episodes over the same candles are one observation of the market.');
    expect(page).toContain('95 % CI');
  });

  it('says that windows overlap, and does not call their price change a condition', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ ...changes, markets: { BTC: WINDOWS }, episodes: 70 });
    checkPage(page);
    expect(page).toContain('The episodes are windows of one history, and they overlap.');
    expect(page).toContain('BTC, by realised volatility');
    expect(page).not.toContain('by change of price');
    expect(titles(page)).not.toContain('One history');
  });
});
