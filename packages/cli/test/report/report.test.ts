import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { describe, expect, it } from 'vitest';
import { checkPage, titles } from './page.ts';
import { reportFiles, reportOf, withFolder } from './run.ts';

const LONG_MS = 60_000;

describe('writeReport', () => {
  it('writes one page with every section of a run', { timeout: LONG_MS }, async () => {
    const page = await reportOf({});
    checkPage(page);
    expect(titles(page)).toEqual([
      'Headline figures',
      'Distribution of total return',
      'Equity over time',
      'Growth of one account',
      'Gains and losses on the way',
      'Drawdowns',
      'Where the equity change comes from',
      'When it does well and badly',
      'Rewards',
      'Costs',
      'Worst, median and best episode',
      'All metrics',
      'Reproduce it',
    ]);
    expect(page).toContain('<h1>sma-cross on BTC/USDT</h1>');
    expect(page).toContain('These probabilities hold under the market model named here.');
    expect(page).toContain('geometric Brownian motion from 30,000, drift 20\u202f% and volatility 70\u202f% a year');
    // Return, fan, depth and length of drawdowns, attribution, two conditions, rewards, and equity and price of three episodes; each drawn
    // for wide and narrow screens.
    expect(page.match(/<svg/g)).toHaveLength(2 * (8 + 3 * 2));
    expect(page).toMatch(/ergodic replay \S+ --episode \d+/);
    expect(page).toContain('process: gbm');
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
      await expect(reportFiles(run)).rejects.toMatchObject({
        code: 'RUN_UNFINISHED',
        message: expect.stringContaining(`ergodic resume ${run}`),
      });
      await mkdir(path.join(dir, 'empty'));
      await expect(reportFiles(path.join(dir, 'empty'))).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    });
  });
});
