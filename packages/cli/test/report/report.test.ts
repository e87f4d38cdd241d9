import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { writeReport } from '../../src/report/index.ts';
import { reportOf, withFolder } from './run.ts';

const MIB = 1024 * 1024;
const LONG_MS = 60_000;

/** What every page has to be, whatever the run was. */
function checkPage(page: string): void {
  expect(page.length).toBeLessThan(5 * MIB);
  const { document } = parseHTML(page);
  for (const style of document.querySelectorAll('style')) style.remove();
  const text = document.body.textContent!;
  expect(text).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
  expect(document.body.innerHTML).not.toMatch(/NaN|Infinity|="[^"]*undefined/);
  expect(page.replaceAll(/ xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:\/\//);
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\ssrc=/);
  const ids = new Set([...document.querySelectorAll('[id]')].map(({ id }) => id));
  for (const link of document.querySelectorAll('a')) {
    expect(ids).toContain(link.getAttribute('href')!.slice(1));
  }
  for (const svg of document.querySelectorAll('svg')) {
    expect(svg.getAttribute('role')).toBe('img');
    expect(svg.getAttribute('aria-label')!.length).toBeGreaterThan(20);
  }
  for (const table of document.querySelectorAll('table')) expect(table.querySelector('caption')).not.toBeNull();
}

function titles(page: string): string[] {
  return [...parseHTML(page).document.querySelectorAll('h2')].map((title) => title.textContent!);
}

describe('writeReport', () => {
  it('writes one page with every section of a run', { timeout: LONG_MS }, async () => {
    const page = await reportOf({});
    checkPage(page);
    expect(titles(page)).toEqual([
      'Headline figures',
      'Distribution of total return',
      'Equity over time',
      'Drawdown',
      'Rewards',
      'Costs',
      'Worst, median and best episode',
      'All metrics',
      'Reproduce it',
    ]);
    expect(page).toContain('<h1>sma-cross on BTC/USDT</h1>');
    expect(page).toContain('These probabilities hold under the market model named here.');
    expect(page).toContain('geometric Brownian motion from 30,000, drift 20\u202f% and volatility 70\u202f% a year');
    // Return, fan, drawdown, rewards, and equity and price of three episodes; each drawn for wide and narrow screens.
    expect(page.match(/<svg/g)).toHaveLength(2 * (4 + 3 * 2));
    expect(page).toMatch(/ergodic replay \S+ --episode \d+/);
    expect(page).toContain('process: gbm');
  });

  it('shows an ensemble of one episode without speaking of chances', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ episodes: 1 });
    checkPage(page);
    expect(page).toContain('one episode says nothing of chances');
    expect(page).not.toContain('These probabilities hold');
    expect(titles(page)).toContain('One episode');
  });

  it('shows episodes without steps', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ episodes: 3, steps: 0 });
    checkPage(page);
    expect(page).toContain('All 3 episodes returned 0\u202f%.');
    expect(page).not.toContain('<svg');
  });

  it('shows a strategy that never trades', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ strategy: { use: 'sma-cross', fast: 500, slow: 1000 } });
    checkPage(page);
    expect(page).toContain('There is no distribution to draw.');
    expect(page).not.toContain('▲ buy');
  });

  it('shows several markets, also where prices start at zero or fall below it', { timeout: LONG_MS }, async () => {
    const page = await reportOf({
      episodes: 20,
      markets: {
        'A<B>': { process: 'ou', price: 1.1, longRunMean: 1.1, meanReversionSpeed: 5, volatility: 0.1 },
        SPREAD: { process: 'abm', price: 0, volatility: 5 },
      },
    });
    checkPage(page);
    expect(page).toContain('price of A&lt;B&gt;');
    expect(page).toContain('Ornstein–Uhlenbeck process from 1.1');
  });

  it('shows failures beside the figures of the other episodes', { timeout: LONG_MS }, async () => {
    const page = await reportOf(
      {},
      `export default { name: 'moody', parameters: {}, create: () => ({
        onMarket(market, context) {
          if (market.step === 5 && context.random.nextDouble() < 0.3) throw new Error('no <value> at step 5');
        },
      }) };`,
    );
    checkPage(page);
    expect(titles(page)).toContain('Failures');
    expect(page).toContain('no &lt;value&gt; at step 5');
    expect(page).toContain('as the worst');
    expect(page).toMatch(/\d+ of 60 episodes failed and are not in these figures/);
  });

  it('shows a run of which every episode failed', { timeout: LONG_MS }, async () => {
    const page = await reportOf(
      { episodes: 12 },
      `export default { name: 'broken', parameters: {}, create: () => ({ onMarket() { throw new Error('always'); } }) };`,
    );
    checkPage(page);
    expect(page).toContain('All 12 episodes failed, so there is no result.');
    expect(titles(page)).toEqual(['Headline figures', 'Failures', 'Reproduce it']);
  });

  it('refuses a run without a summary and names the command that finishes it', { timeout: LONG_MS }, async () => {
    await withFolder(async (dir) => {
      const run = path.join(dir, 'run');
      const market = { process: 'gbm', price: 1, volatility: 0.1 };
      await runEnsemble(
        { episodes: 2, steps: 5, markets: { X: market }, strategy: { use: 'buy-and-hold' } },
        { dir: run, workers: 1 },
      );
      const file = path.join(run, 'run.json');
      const { summary: _, ...manifest } = JSON.parse(await readFile(file, 'utf8'));
      await writeFile(file, JSON.stringify({ ...manifest, status: 'interrupted' }));
      await expect(writeReport(run)).rejects.toMatchObject({
        code: 'RUN_UNFINISHED',
        message: expect.stringContaining(`ergodic resume ${run}`),
      });
      await mkdir(path.join(dir, 'empty'));
      await expect(writeReport(path.join(dir, 'empty'))).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    });
  });
});
