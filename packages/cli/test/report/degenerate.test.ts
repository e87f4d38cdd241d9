import { describe, expect, it } from 'vitest';
import { checkPage, figuresOf, titles } from './page.ts';
import { forgetColumns, pageOf, reportOf, summaryOf, withRun } from './run.ts';

const LONG_MS = 60_000;
const THIN = '\u202f';

const NEVER_TRADES = { strategy: { use: 'sma-cross', fast: 500, slow: 1000 } };

/** Fails in few episodes; the others hold on and many are ruined. */
const RECKLESS = `export default { name: 'reckless', parameters: {}, create: () => ({
  onMarket(market, context) {
    if (market.step === 1 && context.random.nextDouble() < 0.05) throw new Error('no <value> at step 1');
    context.signal('LONG');
  },
}) };`;

const ALWAYS_FAILS = `export default { name: 'broken', parameters: {}, create: () => ({ onMarket() { throw new Error('always'); } }) };`;

describe('the report of', () => {
  it('one episode speaks of no chances and has no interval', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ episodes: 1 });
    checkPage(page);
    expect(page).toContain('one episode says nothing of chances');
    expect(page).not.toContain('These probabilities hold');
    expect(titles(page)).toContain('One episode');
    const figures = figuresOf(page);
    expect([...figures.keys()]).toEqual([
      'Return',
      'Max drawdown',
      'Longest drawdown',
      'Sharpe ratio',
      'Reward',
      'Fills',
      'Growth',
      'Costs',
    ]);
    expect([...figures.values()].flat().join()).not.toMatch(/CI|quantile|probability/i);
  });

  it('episodes without steps has no figure to draw', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ episodes: 3, steps: 0 });
    checkPage(page);
    expect(page).toContain(`All 3 episodes returned 0${THIN}%.`);
    expect(page).not.toContain('<svg');
  });

  it('a strategy that never trades has a value and no interval where nothing varies', {
    timeout: LONG_MS,
  }, async () => {
    const page = await reportOf(NEVER_TRADES);
    checkPage(page);
    expect(page).toContain('There is no distribution to draw.');
    expect(page).not.toContain('▲ buy');
    const figures = figuresOf(page);
    expect(figures.get('Mean return')).toEqual([`0${THIN}%`]);
    // A Sharpe ratio without deviation is infinite: it has no value.
    expect(figures.get('Sharpe ratio, median')).toEqual(['–']);
    // Wilson: 0 of 60 is at most 6.0 %.
    expect(figures.get('Probability of loss')).toEqual([`0${THIN}%`, `95 % CI 0 to 6.0${THIN}%`]);
  });

  it('few failed and many ruined episodes counts each in its place', { timeout: LONG_MS }, async () => {
    const changes = { episodes: 80, portfolio: { cash: 10_000, ruin: 0.97, sizing: { targetWeight: 1 } } };
    await withRun(changes, RECKLESS, async (run) => {
      const page = await pageOf(run);
      checkPage(page);
      const { failed, ruined } = summaryOf(run).episodes;
      expect(failed).toBeGreaterThan(0);
      expect(failed).toBeLessThan(15);
      expect(ruined).toBeGreaterThan(30);
      const figures = figuresOf(page);
      expect(figures.get('Probability of ruin')!.join()).toContain(`${ruined} ruined (equity ≤ 9,700.00)`);
      expect(figures.get('Probability of failure')!.join()).toContain(`${failed} of 80 failed`);
      expect(figures.get('Time to ruin, mean')!.join()).toContain(`of the ${ruined} episodes that were ruined`);
      expect(titles(page)).toContain('Failures');
      expect(page).toContain('no &lt;value&gt; at step 1');
      expect(page).toContain('as the worst');
      expect(page).toContain(`${failed} of 80 episodes failed and are not in these figures`);
      expect(page).toMatch(/ergodic replay \S+ --episode \d+/);
    });
  });

  it('a run of which every episode failed tells no result', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ episodes: 12 }, ALWAYS_FAILS);
    checkPage(page);
    expect(page).toContain('All 12 episodes failed, so there is no result.');
    expect(titles(page)).toEqual(['Headline figures', 'Failures', 'Reproduce it']);
    // Wilson: 12 of 12 is at least 75.8 %.
    expect([...figuresOf(page)]).toEqual([
      ['Probability of failure', [`100${THIN}%`, `95 % CI 76 to 100${THIN}%`, '12 of 12 failed']],
    ]);
  });

  it('antithetic episodes says that pairs count', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ antithetic: true });
    checkPage(page);
    expect(page).toContain('Antithetic episodes count by their pairs.');
  });

  it('a run whose version stored fewer columns leaves their sections out', { timeout: LONG_MS }, async () => {
    await withRun({}, undefined, async (run) => {
      await forgetColumns(run, /^(marketPnl|spread|impact|highestReturn|lowestReturn|longestDrawdown|volatility_.*)$/);
      const page = await pageOf(run);
      checkPage(page);
      expect(titles(page)).not.toContain('Where the equity change comes from');
      expect(titles(page)).not.toContain('Gains and losses on the way');
      expect(page).not.toContain('realised volatility');
      expect(figuresOf(page).has('Longest drawdown, median')).toBe(false);
      expect(figuresOf(page).get('Costs, mean')![0]).toMatch(/^\d/);
    });
  });
});
