import path from 'node:path';
import type { MarketPaths } from '@ergodic/core';
import { UsageError } from '../config/errors.ts';
import { count, figure, money, percent, quoteWord, table } from '../format.ts';
import { colorsFor, notice, print, printJson } from '../output.ts';
import { collectPaths, type Ensemble, type Figures, type SymbolSummary, summaryOf } from '../pictures/ensemble.ts';
import { type MarketOptions, type OpenMarkets, openMarkets } from '../pictures/paths-of.ts';
import { typed } from '../runs.ts';
import { checkTarget } from './export.ts';

/** Prices held in memory for a page: 400 MB. */
const MOST_PRICES = 50_000_000;
const SYMBOLS_A_TABLE = 4;

export interface PathsOptions extends MarketOptions {
  readonly n: number;
  readonly out?: string;
  readonly json?: boolean;
}

export async function paths(config: string | undefined, options: PathsOptions): Promise<number> {
  const { n, out } = options;
  const { rowFormat } = await import('../pictures/export-paths.ts');
  const format = out === undefined ? undefined : rowFormat(out);
  if (out !== undefined) checkOut(out, format !== undefined);
  const opened = await openMarkets(config, options);
  const { paths: markets, notices } = opened;
  for (const text of notices) notice(text);
  if (!Number.isFinite(markets.steps)) throw new UsageError('steps: must be finite; set --steps');
  if (format !== undefined) return exportRows(markets, options, out!);
  checkSize(markets, n);
  const ensemble = collectPaths(markets, n);
  tellFailures(ensemble, n);
  const summaries = ensemble.symbols.map((one) => summaryOf(one, markets.stepsPerYear));
  const file = await writePaths(opened, options, ensemble, summaries);
  if (options.json === true) printJson(document(opened, options, ensemble, summaries, file));
  else print(render(opened, n, summaries, file));
  return ensemble.failed === n ? 1 : 0;
}

function checkOut(out: string, isRows: boolean): void {
  if (!isRows && path.extname(out).toLowerCase() !== '.html') {
    const ending = path.extname(out) === '' ? 'no ending' : path.extname(out);
    throw new UsageError(`--out ${out}: must end in .html (a page), .csv, .parquet or .ndjson (rows), got ${ending}`);
  }
  checkTarget(out);
}

function checkSize({ steps, symbols }: MarketPaths, n: number): void {
  const prices = n * (steps + 1) * symbols.length;
  if (prices <= MOST_PRICES) return;
  const fewer = Math.max(1, Math.floor(MOST_PRICES / ((steps + 1) * symbols.length)));
  throw new UsageError(
    `--n ${n}: a page holds at most ${count(MOST_PRICES)} prices, got ${count(prices)}; use --n ${fewer}, fewer --steps, or --out FILE.parquet`,
  );
}

async function exportRows(markets: MarketPaths, { n, json }: PathsOptions, out: string): Promise<number> {
  const { exportPaths, rowFormat } = await import('../pictures/export-paths.ts');
  const exported = await exportPaths(markets, n, out, rowFormat(out)!);
  tellFailures(exported, n);
  if (json === true) printJson({ out: path.resolve(out), paths: n, failed: exported.failed, rows: exported.rows });
  else notice(`wrote ${typed(path.resolve(out))}: ${count(exported.rows)} rows`);
  return exported.failed === n ? 1 : 0;
}

function tellFailures({ failed, failure }: Pick<Ensemble, 'failed' | 'failure'>, n: number): void {
  if (failed > 0) notice(`${count(failed)} of ${count(n)} paths failed, as their episodes would: ${failure}`);
}

/** The page; with --json only where --out asks for one. */
async function writePaths(
  { loaded, paths: markets, notices }: OpenMarkets,
  options: PathsOptions,
  ensemble: Ensemble,
  summaries: readonly SymbolSummary[],
): Promise<string | undefined> {
  if (options.json === true && options.out === undefined) return undefined;
  const { defaultPage, writePage } = await import('../pictures/write-page.ts');
  const { renderPathsPage } = await import('../pictures/paths-page.ts');
  const file = options.out === undefined ? defaultPage(loaded.source.name, 'paths') : path.resolve(options.out);
  const page = renderPathsPage({
    config: loaded.config,
    configName: loaded.source.name,
    n: options.n,
    failed: ensemble.failed,
    steps: markets.steps,
    intervalMs: markets.intervalMs,
    stepsPerYear: markets.stepsPerYear,
    symbols: ensemble.symbols,
    summaries,
    notices,
    command: commandOf(loaded.source.name, options),
  });
  await writePage(file, page);
  return file;
}

function commandOf(name: string, { n, steps, seed, set = [] }: PathsOptions): string {
  const words = ['ergodic', 'paths', name, '--n', String(n)];
  if (steps !== undefined) words.push('--steps', String(steps));
  if (seed !== undefined) words.push('--seed', seed);
  for (const one of set) words.push('--set', one);
  return words.map(quoteWord).join(' ');
}

function document(
  { loaded, paths: markets, notices }: OpenMarkets,
  { n }: PathsOptions,
  { failed }: Ensemble,
  summaries: readonly SymbolSummary[],
  page: string | undefined,
): object {
  const { steps, intervalMs, stepsPerYear } = markets;
  const symbols = Object.fromEntries(summaries.map(({ symbol, ...summary }) => [symbol, summary]));
  const head = {
    config: loaded.source.file,
    seed: loaded.config.seed,
    paths: n,
    failed,
    steps,
    intervalMs,
    stepsPerYear,
  };
  return { ...head, notices, symbols, ...(page === undefined ? {} : { page }) };
}

type Row = readonly [name: string, value: (summary: SymbolSummary) => string];

const price =
  (name: keyof Figures): Row[1] =>
  (summary) =>
    money(summary.finalPrice[name]);
const ROWS: readonly Row[] = [
  ['initial price', ({ initialPrice }) => money(initialPrice)],
  ['final price, mean', price('mean')],
  ['  sd', price('sd')],
  ['  5 %', price('q05')],
  ['  25 %', price('q25')],
  ['  median', price('q50')],
  ['  75 %', price('q75')],
  ['  95 %', price('q95')],
  ['volatility a year, median', ({ volatility }) => percent(volatility.q50)],
  ['skewness, median', ({ skewness }) => figure(skewness.q50)],
  ['excess kurtosis, median', ({ excessKurtosis }) => figure(excessKurtosis.q50)],
  ['max drawdown, median', ({ maxDrawdown }) => percent(maxDrawdown.q50)],
];

function render(
  { loaded, paths: markets }: OpenMarkets,
  n: number,
  summaries: readonly SymbolSummary[],
  file?: string,
): string {
  const { bold, dim } = colorsFor(process.stdout);
  const paths = n === 1 ? '1 path' : `${count(n)} paths`;
  const about = `seed ${loaded.config.seed}`;
  const lines = ['', `${bold(`${paths} of ${count(markets.steps)} steps`)}  ${dim(about)}`];
  for (let from = 0; from < summaries.length; from += SYMBOLS_A_TABLE) {
    const shown = summaries.slice(from, from + SYMBOLS_A_TABLE);
    const rows = ROWS.map(([name, value]) => [name, ...shown.map(value)]);
    const right = shown.map((_, i) => i + 1);
    lines.push('', ...table([['', ...shown.map(({ symbol }) => symbol)], ...rows], right));
  }
  if (file !== undefined) lines.push('', `Page written: ${typed(file)}`);
  return `${lines.join('\n')}\n`;
}
