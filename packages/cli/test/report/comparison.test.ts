import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runEnsemble } from '@ergodic/workers';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { writeComparison } from '../../src/report/comparison/write.ts';
import { checkPage, titles } from './page.ts';
import { withFolder } from './run.ts';

const LONG_MS = 60_000;
const CONFIG = {
  seed: 'comparison',
  episodes: 60,
  steps: 120,
  markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 } },
  strategy: { use: 'sma-cross', fast: 3, slow: 8 },
  execution: { fees: { taker: 0.001 }, slippage: { bps: 5 } },
  record: { episodes: 12, every: 3 },
};
const CHEAP = { execution: { fees: { taker: 0.0004 }, slippage: { bps: 5 } } };
const SLOW = { strategy: { use: 'sma-cross', fast: 3, slow: 12 } };
const MOODY = `export default { name: 'moody', parameters: {}, create: () => ({
  onMarket(market, context) {
    if (market.step === 5 && context.random.nextDouble() < 0.3) throw new Error('moody');
    if (market.step === 6) context.order('buy', 0.1);
  },
}) };`;

/** Runs each with its changes and returns the page that holds the others against the first, and its path. */
function pageOf(...runs: readonly Record<string, unknown>[]): Promise<{ page: string; file: string }> {
  return withFolder(async (dir) => {
    await writeFile(path.join(dir, 'moody.mjs'), MOODY);
    const dirs: string[] = [];
    for (const [i, { isMoody = false, ...changes }] of runs.entries()) {
      dirs.push(path.join(dir, `run ${i}`));
      const strategy = isMoody === true ? { strategy: { use: path.join(dir, 'moody.mjs') } } : {};
      await runEnsemble({ ...CONFIG, ...changes, ...strategy }, { dir: dirs[i]!, workers: 1 });
    }
    const file = await writeComparison(dirs);
    return { page: await readFile(file, 'utf8'), file: path.relative(dir, file) };
  });
}

describe('writeComparison', () => {
  it('writes one page with every section into the first run', { timeout: LONG_MS }, async () => {
    const { page, file } = await pageOf({}, CHEAP);
    expect(file).toBe(path.join('run 0', 'compare-run_1.html'));
    checkPage(page);
    expect(titles(page)).toEqual([
      'The difference in figures',
      'Where the difference comes from',
      'Path by path',
      'Both distributions',
      'When they come apart',
      'The paths that differ most',
      'Reproduce it',
    ]);
    const { document } = parseHTML(page);
    expect(document.querySelector('.lead')!.textContent).toMatch(/^B is better than A: on the same 60 paths/);
    expect(page).toContain('All this holds under the market model named here.');
    expect(page).toContain('geometric Brownian motion from 30,000, drift 20\u202f% and volatility 70\u202f% a year');
    expect(page).toContain('execution.fees.taker 0.001 → 0.0004');
    // Bars, histogram, two panels of distributions, fan; each for wide and narrow screens.
    expect(page.match(/<svg/g)).toHaveLength(2 * 5);
    // Five best paths, none on which cheaper fees cost more; both runs of each.
    const commands = document.querySelector('#extremes pre')!.textContent!.split('\n');
    expect(commands).toHaveLength(10);
    for (const [i, command] of commands.entries()) {
      expect(command).toMatch(new RegExp(`^ergodic replay '.*run ${i % 2}' --episode \\d+$`));
    }
    expect(document.querySelectorAll('#reproduce code')[0]!.textContent).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has a section for each of several runs, and the corrected verdicts first', { timeout: LONG_MS }, async () => {
    const { page, file } = await pageOf({}, CHEAP, SLOW);
    expect(path.basename(file)).toBe('compare-run_1-run_2.html');
    checkPage(page);
    expect(titles(page)).toEqual(['All runs', 'B, run 1, against A', 'C, run 2, against A', 'Reproduce it']);
    const { document } = parseHTML(page);
    expect(document.querySelector('.lead')!.textContent).toMatch(
      /^By mean total return, corrected for 2 comparisons: B is better than A/,
    );
    expect([...document.querySelectorAll('#b h3')].map(({ textContent }) => textContent)).toContain('Path by path');
  });

  it('tells of failures what they could change', { timeout: LONG_MS }, async () => {
    const { page } = await pageOf({}, { isMoody: true });
    checkPage(page);
    expect(page).toMatch(/\d+ of B failed; the \d+ pairs with a failure are left out\./);
    expect(page).toMatch(/had all failed pairs gone against B/);
  });

  it('draws nothing where the runs did the same', { timeout: LONG_MS }, async () => {
    const { page } = await pageOf({}, {});
    checkPage(page);
    expect(page).toContain('B and A came to the same total return on each of 60 paths.');
    expect(page).toContain('On 60 paths no total return differs. There is no distribution to draw.');
    expect(titles(page)).not.toContain('The paths that differ most');
  });

  it('speaks of one path without speaking of chances', { timeout: LONG_MS }, async () => {
    const { page } = await pageOf({ episodes: 1 }, { episodes: 1, ...CHEAP });
    checkPage(page);
    expect(page).toContain('No verdict: one path says nothing of which is better.');
    expect(titles(page)).not.toContain('When they come apart');
  });

  it('shows episodes without steps, antithetic ones, and runs that never trade', { timeout: LONG_MS }, async () => {
    checkPage((await pageOf({ steps: 0 }, { steps: 0, ...CHEAP })).page);
    checkPage((await pageOf({ antithetic: true }, { antithetic: true, ...SLOW })).page);
    const idle = (await pageOf({}, { strategy: { use: 'sma-cross', fast: 500, slow: 1_000 } })).page;
    checkPage(idle);
    expect(idle).toContain('B never traded.');
  });

  it('refuses runs that do not share their paths', { timeout: LONG_MS }, async () => {
    await expect(pageOf({}, { seed: 'other' })).rejects.toMatchObject({ code: 'MARKETS_DIFFER' });
  });
});
