import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { meanBars } from '../../src/report/figures/bars.ts';
import { svgOf } from '../../src/report/files/png.ts';
import { reportFiles, summaryOf, withRun } from './run.ts';

const LONG_MS = 60_000;
const DOCS = fileURLToPath(new URL('../../../../docs/report.md', import.meta.url));

type Row = Record<string, string>;

function rowsOf(run: string, name: string): Row[] {
  return parse(readFileSync(path.join(run, 'figures', `${name}.csv`)), { columns: true });
}

/** Name of the file → its columns, of the table in the documentation. */
function documentedColumns(): Map<string, string[]> {
  const rows = [...readFileSync(DOCS, 'utf8').matchAll(/^\| `([\w-]+)\.csv` +\| `([^`]*)`/gm)];
  return new Map(
    rows.map(([, name, columns]) => [name!, columns!.replace('price_<symbol>…', 'price_BTC/USDT').split(', ')]),
  );
}

describe('the files of a report', () => {
  it('are the page alone, unless more is asked for', { timeout: LONG_MS }, async () => {
    await withRun({}, undefined, async (run) => {
      const written = await reportFiles(run);
      expect(written).toMatchObject({ report: path.join(run, 'report.html'), markdown: null, figures: [] });
      expect(existsSync(path.join(run, 'figures'))).toBe(false);
      expect(existsSync(path.join(run, 'report.md'))).toBe(false);
    });
  });

  it('have the rows behind each figure, with the columns that the documentation names', {
    timeout: LONG_MS,
  }, async () => {
    const changes = { randomize: { 'execution.fees.taker': { uniform: [0, 0.01] } } };
    await withRun(changes, undefined, async (run) => {
      const { figures } = await reportFiles(run, { csv: true });
      const documented = documentedColumns();
      const shown = readdirSync(path.join(run, 'figures')).map((file) => path.basename(file, '.csv'));
      expect(figures.flatMap(({ csv }) => csv.map((file) => path.basename(file, '.csv'))).sort()).toEqual(shown.sort());
      expect(shown).toEqual(expect.arrayContaining([...documented.keys()]));
      for (const name of shown) {
        const like = name.replace(/-(median|best)/, '-worst');
        expect([name, Object.keys(rowsOf(run, name)[0]!)]).toEqual([name, documented.get(like)]);
      }
    });
  });

  it('count every episode once, and add up', { timeout: LONG_MS }, async () => {
    await withRun({}, undefined, async (run) => {
      await reportFiles(run, { csv: true });
      for (const name of ['total-return', 'drawdown-depth', 'drawdown-length']) {
        expect(rowsOf(run, name).reduce((sum, { episodes }) => sum + Number(episodes), 0)).toBe(60);
      }
      const parts = new Map(rowsOf(run, 'attribution').map(({ part, mean }) => [part!, Number(mean)]));
      const whole = parts.get('change of equity')!;
      parts.delete('change of equity');
      const sum = [...parts.values()].reduce((total, mean) => total + mean, 0);
      // Sums of 60 amounts below 1e5 are off by less than 1e-9 each.
      expect(Math.abs(sum - whole)).toBeLessThan(1e-8);
      const { finalEquity, commission } = summaryOf(run).metrics;
      expect(whole).toBeCloseTo(finalEquity!.mean! - 10_000, 8);
      expect(parts.get('commission')).toBeCloseTo(-commission!.mean!, 8);
    });
  });

  it('have the headline as the summary of the run has it, and its intervals', { timeout: LONG_MS }, async () => {
    await withRun({}, undefined, async (run) => {
      const { headline, levels } = await reportFiles(run, { csv: true });
      const { totalReturn, maxDrawdown, fills } = summaryOf(run).metrics;
      const values = new Map(headline.map(({ figure, value }) => [figure, value]));
      expect(values.get('median(totalReturn)')).toBeCloseTo(totalReturn!.q50!, 12);
      expect(values.get('q05(totalReturn)')).toBeCloseTo(totalReturn!.q05!, 12);
      expect(values.get('q95(maxDrawdown)')).toBeCloseTo(maxDrawdown!.q95!, 12);
      expect(values.get('mean(fills)')).toBeCloseTo(fills!.mean!, 12);
      for (const { figure, value, low, high } of [...headline, ...levels]) {
        if (figure === 'kellyFraction') continue;
        // Of 60 episodes no value bounds the 5 % quantile from below.
        expect([figure, (low ?? value)! <= value! && value! <= (high ?? value)!]).toEqual([figure, true]);
        expect([figure, low !== null || high !== null]).toEqual([figure, true]);
      }
      expect(rowsOf(run, 'headline').map(({ figure }) => figure)).toEqual(
        [...headline, ...levels].map(({ figure }) => figure),
      );
      expect(new Set(levels.map(({ figure }) => figure))).toContain('probabilityOfGoal(0.2)');
    });
  });

  it('have pictures that a page in Markdown shows', { timeout: LONG_MS }, async () => {
    await withRun({}, undefined, async (run) => {
      const { figures, markdown } = await reportFiles(run, { png: true, markdown: true });
      const text = readFileSync(markdown!, 'utf8');
      expect(text).toMatch(/^# sma-cross on BTC\/USDT\n\n\*\*The median return of 60 episodes is /);
      expect(text).toContain('under this market model: BTC/USDT: geometric Brownian motion from 30,000');
      expect(text).toMatch(/\| Median return \| \S+\s% \| \S+ to \S+\s% \| `median\(totalReturn\)` \|/);
      expect(text).toContain(`Digest \`${summaryOf(run).digest}\``);
      expect(figures.length).toBeGreaterThan(8);
      for (const { png, csv } of figures) {
        expect(csv).toEqual([]);
        expect(text).toContain(`](figures/${path.basename(png!)})`);
        const bytes = readFileSync(png!);
        expect(bytes.subarray(1, 4).toString()).toBe('PNG');
        expect(bytes.readUInt32BE(16)).toBe(2 * (760 + 2 * 16));
        // A figure that has lost its lines or its letters is smaller.
        expect(bytes.length).toBeGreaterThan(8_000);
      }
    });
  });

  it('have pictures with colours for variables', () => {
    const panel = meanBars('Means of two', [{ name: 'a', mean: 1, low: 0, high: 2 }], { label: 'mean', show: String });
    const svg = svgOf([panel, panel]);
    expect(svg).not.toMatch(/var\(|currentColor/);
    expect(svg).toContain('#1f6f8b');
    expect(svg.match(/<svg /g)).toHaveLength(3);
  });

  it('escape what means something in Markdown', { timeout: LONG_MS }, async () => {
    const market = { process: 'gbm', price: 1, volatility: 0.1 };
    await withRun({ episodes: 5, markets: { 'A|B_C*': market } }, undefined, async (run) => {
      const { markdown } = await reportFiles(run, { markdown: true });
      expect(readFileSync(markdown!, 'utf8')).toContain('# sma-cross on A\\|B\\_C\\*\n');
    });
  });
});
