import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { reportOf } from './run.ts';

const LONG_MS = 60_000;

/** Returns the fees it paid, and a little noise: what matters is known. */
const PAYS_FEES = `export default {
  name: 'pays-fees',
  parameters: { idle: { type: 'number', default: 0 } },
  create() {
    let n = 0;
    return {
      onMarket(_, context) {
        context.signal(n++ % 2 === 0 ? 'LONG' : 'FLAT');
      },
    };
  },
};
`;

const QUIET = { 'BTC/USDT': { process: 'gbm', price: 30_000, volatility: 0.02 } };

function textOf(page: string): string {
  return parseHTML(page).document.querySelector('#dependence')?.textContent ?? '';
}

/** First cell → the other cells of its row. */
function rowsOf(page: string): Map<string, string[]> {
  const rows = [...parseHTML(page).document.querySelectorAll('#dependence tbody tr')];
  return new Map(
    rows.map((row) => [
      row.querySelector('th')!.textContent!,
      [...row.querySelectorAll('td')].map((cell) => cell.textContent!),
    ]),
  );
}

describe('the section on drawn values', () => {
  it('finds the value that matters among those that do not', { timeout: LONG_MS }, async () => {
    const page = await reportOf(
      {
        episodes: 400,
        steps: 20,
        markets: QUIET,
        randomize: {
          'execution.fees.taker': { uniform: [0, 0.01] },
          'execution.fees.maker': { uniform: [0, 0.01] },
          'strategy.idle': { normal: { mean: 0, deviation: 1 } },
        },
      },
      PAYS_FEES,
    );
    const rows = rowsOf(page);
    expect([...rows.keys()][0]).toBe('execution.fees.taker');
    expect(Number(rows.get('execution.fees.taker')![0]!.replace('−', '-'))).toBeLessThan(-0.95);
    // Of 400 independent pairs the rank correlation has standard error 0.05.
    for (const idle of ['execution.fees.maker', 'strategy.idle']) {
      expect(Math.abs(Number(rows.get(idle)![0]!.replace('−', '-')))).toBeLessThan(0.25);
    }
    expect(textOf(page)).toMatch(
      /depends most on execution\.fees\.taker \(rank correlation −\d\.\d\d, \d+\.\d.% of the rank variance\)\. The other 2 show no more than chance\./,
    );
  });

  it('finds what makes returns wider and neither better nor worse', { timeout: LONG_MS }, async () => {
    const page = await reportOf({
      episodes: 400,
      steps: 40,
      strategy: { use: 'buy-and-hold' },
      execution: {},
      randomize: {
        'portfolio.sizing.targetWeight': { uniform: [0.02, 1] },
        'execution.fees.maker': { uniform: [0, 0.01] },
      },
    });
    // Spearman's ρ of |weight · X| with the weight is about 0.5, with a standard error of 0.05.
    const weight = rowsOf(page).get('portfolio.sizing.targetWeight')!;
    expect(Number(weight[2])).toBeGreaterThan(0.25);
    expect(textOf(page)).toMatch(
      /depends most on portfolio\.sizing\.targetWeight \(its spread: rank correlation 0\.\d\d/,
    );
  });

  it('names choices that have no order, and shows no correlation of them', { timeout: LONG_MS }, async () => {
    const market = QUIET['BTC/USDT'];
    const page = await reportOf({
      episodes: 120,
      markets: QUIET,
      randomize: {
        'markets.BTC/USDT': {
          choice: [
            market,
            {
              process: 'merton',
              price: 30_000,
              volatility: 1.5,
              jumpIntensity: 50,
              jumpMean: -0.1,
              jumpDeviation: 0.01,
            },
          ],
        },
      },
    });
    expect(rowsOf(page).get('markets.BTC/USDT')![0]).toBe('–');
    expect(page).toMatch(/Median total return by markets\.BTC\/USDT: [^"]* at gbm, [^"]* at merton/);
  });

  it('says so where nothing that was drawn matters', { timeout: LONG_MS }, async () => {
    const page = await reportOf({ episodes: 60, randomize: { 'execution.fees.maker': { uniform: [0, 0.001] } } });
    expect(textOf(page)).toContain('Total return does not depend on the one drawn value beyond chance.');
  });

  it('is left out where nothing was drawn, or too few episodes tell', { timeout: LONG_MS }, async () => {
    expect(await reportOf({})).not.toContain('id="dependence"');
    const few = await reportOf({ episodes: 10, randomize: { 'execution.fees.taker': { uniform: [0, 0.01] } } });
    expect(few).not.toContain('id="dependence"');
  });
});
