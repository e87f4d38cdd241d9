import { Database, parquetSource, tableFiles } from '@ergodic/workers';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { loadReport } from '../../src/report/data/load.ts';
import { reportOf, withRun } from './run.ts';

const LONG_MS = 60_000;
const HOLD = { strategy: { use: 'buy-and-hold' }, episodes: 90 };
const BTC = { process: 'gbm', price: 30_000, volatility: 0.7 };

function textOf(page: string): string {
  return parseHTML(page).document.querySelector('#conditions')?.textContent ?? '';
}

describe('the section on market conditions', () => {
  it('has the medians of thirds, as the database counts them', { timeout: LONG_MS }, async () => {
    await withRun(HOLD, undefined, async (run) => {
      const { conditions } = await loadReport(run, run);
      expect(conditions.map(({ kind }) => kind)).toEqual(['volatility', 'direction']);
      const database = await Database.open();
      for (const [i, by] of ['"volatility_BTC/USDT"', '"finalPrice_BTC/USDT"'].entries()) {
        const rows = await database.rows(
          `SELECT CAST(count(*) AS DOUBLE), median(totalReturn), quantile_cont(totalReturn, 0.05), avg(CAST(totalReturn < 0 AS DOUBLE))
           FROM (SELECT *, ntile(3) OVER (ORDER BY ${by}) AS third FROM ${parquetSource(tableFiles(run, 'episodes'))})
           GROUP BY third ORDER BY third`,
        );
        const groups = conditions[i]!.groups.map(({ median, q05, loss }) => [
          median.n,
          median.value,
          q05.value,
          loss.value,
        ]);
        for (const [j, row] of rows.entries()) {
          for (const [k, value] of (row as number[]).entries()) expect(groups[j]![k]).toBeCloseTo(value, 12);
        }
      }
      database.close();
    });
  });

  it('is sure that who only holds earns where prices rise', { timeout: LONG_MS }, async () => {
    await withRun(HOLD, undefined, async (run) => {
      const { conditions } = await loadReport(run, run);
      const [first, , last] = conditions.find(({ kind }) => kind === 'direction')!.groups;
      expect(first!.median.high).toBeLessThan(last!.median.low);
      expect(first!.loss.value).toBe(1);
      expect(last!.loss.value).toBe(0);
    });
  });

  it('knows the direction where the first price is drawn, and not where the whole market is', {
    timeout: LONG_MS,
  }, async () => {
    const drawn = { ...HOLD, randomize: { 'markets.BTC/USDT.price': { uniform: [1, 100] } } };
    await withRun({ ...drawn, markets: { 'BTC/USDT': BTC } }, undefined, async (run) => {
      const { conditions } = await loadReport(run, run);
      const direction = conditions.find(({ kind }) => kind === 'direction')!;
      // Returns of the asset, not of its price alone: they order those of who holds it.
      expect(direction.groups[0]!.median.high).toBeLessThan(direction.groups[2]!.median.low);
      expect(direction.groups[0]!.to).toBeLessThan(0);
    });
    const choice = { choice: [BTC, { ...BTC, price: 1_000 }] };
    expect(textOf(await reportOf({ ...HOLD, randomize: { 'markets.BTC/USDT': choice } }))).not.toContain(
      'change of price',
    );
  });

  it('keeps antithetic episodes beside their partners', { timeout: LONG_MS }, async () => {
    await withRun({ ...HOLD, antithetic: true }, undefined, async (run) => {
      const { conditions } = await loadReport(run, run);
      for (const { groups } of conditions) {
        expect(groups.reduce((sum, { median }) => sum + median.n, 0)).toBe(90);
      }
    });
  });

  it('is left out where a third has too few episodes, or all had the same market', { timeout: LONG_MS }, async () => {
    expect(textOf(await reportOf({ ...HOLD, episodes: 50 }))).toBe('');
    const still = { 'BTC/USDT': { ...BTC, volatility: 0 } };
    expect(textOf(await reportOf({ ...HOLD, markets: still }))).toBe('');
  });
});
