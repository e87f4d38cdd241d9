import path from 'node:path';
import type { FactComparison } from '@ergodic/calibration';
import { formatDuration, hintFor } from '@ergodic/core';
import { type CandleFile, candleNotices, readCandleFile } from '@ergodic/workers';
import { UsageError } from '../config/errors.ts';
import { count, percent, quoteWord, table } from '../format.ts';
import { colorsFor, notice, print, printJson } from '../output.ts';
import { type Comparison, compareWithPaths } from '../pictures/comparison.ts';
import { type MarketOptions, type OpenMarkets, openMarkets, withFixedSteps } from '../pictures/paths-of.ts';
import { verdictsInWords, verdictText } from '../pictures/verdicts.ts';
import { typed } from '../runs.ts';
import { checkTarget } from './export.ts';

const FEWEST_CANDLES = 3;

export interface StylizedOptions extends Omit<MarketOptions, 'steps'> {
  readonly against: string;
  readonly symbol?: string;
  readonly n: number;
  readonly out?: string;
  readonly json?: boolean;
}

export async function stylized(file: string, options: StylizedOptions): Promise<number> {
  if (options.out !== undefined) checkOut(options.out);
  const history = readCandleFile(file);
  const { close } = history.series;
  if (close.length < FEWEST_CANDLES) {
    throw new UsageError(`${file}: must hold at least ${FEWEST_CANDLES} candles, got ${close.length}`);
  }
  const opened = await openMarkets(options.against, options, (config) => ({
    ...withFixedSteps(config),
    steps: close.length - 1,
  }));
  const symbol = symbolOf(opened, options);
  checkInterval(opened, history, file, options.against);
  const notices = [...candleNotices([{ path: file, notices: history.notices }]), ...opened.notices];
  for (const text of notices) notice(text);
  notice(`${count(options.n)} paths of ${symbol}, ${count(close.length - 1)} steps each`);
  const comparison = compareWithPaths(close, opened.paths, symbol, options.n, opened.loaded.config.seed);
  if (comparison.failed > 0) {
    notice(
      `${count(comparison.failed)} of ${count(options.n)} paths failed, as their episodes would: ${comparison.failure}`,
    );
  }
  const page = await writeStylized(opened, history, file, symbol, comparison, options, notices);
  if (options.json === true) printJson(document(opened, file, symbol, comparison, page));
  else print(render(comparison, file, symbol, page));
  return comparison.paths === 0 ? 1 : 0;
}

function checkOut(out: string): void {
  if (path.extname(out).toLowerCase() !== '.html') {
    const ending = path.extname(out) === '' ? 'no ending' : path.extname(out);
    throw new UsageError(`--out ${out}: must end in .html, got ${ending}; for figures use --json`);
  }
  checkTarget(out);
}

function symbolOf({ paths }: OpenMarkets, { symbol, against }: StylizedOptions): string {
  const { symbols } = paths;
  if (symbol === undefined) {
    if (symbols.length === 1) return symbols[0]!;
    throw new UsageError(
      `${against}: has the markets ${symbols.join(', ')}; say which one with --symbol ${quoteWord(symbols[0]!)}`,
    );
  }
  if (symbols.includes(symbol)) return symbol;
  throw new UsageError(`--symbol ${symbol}: must be a market of ${against}; ${hintFor(symbol, symbols)}`);
}

function checkInterval({ paths }: OpenMarkets, { series }: CandleFile, file: string, against: string): void {
  if (series.intervalMs === paths.intervalMs) return;
  const [own, theirs] = [series.intervalMs, paths.intervalMs].map(formatDuration);
  const wayOut = `compare with a file of ${theirs}, or use --set interval=${own} where the parameters do not depend on it`;
  throw new UsageError(`${file}: its candles are of ${own}, the steps of ${against} of ${theirs}; ${wayOut}`);
}

async function writeStylized(
  { loaded, paths }: OpenMarkets,
  { series }: CandleFile,
  file: string,
  symbol: string,
  comparison: Comparison,
  options: StylizedOptions,
  notices: readonly string[],
): Promise<string | undefined> {
  if (options.json === true && options.out === undefined) return undefined;
  const { defaultPage, writePage } = await import('../pictures/write-page.ts');
  const { renderStylizedPage } = await import('../pictures/stylized-page.ts');
  const target = options.out === undefined ? defaultPage(file, 'stylized') : path.resolve(options.out);
  const page = renderStylizedPage({
    comparison,
    config: loaded.config,
    configName: loaded.source.name,
    fileName: path.basename(file),
    symbol,
    intervalMs: paths.intervalMs,
    startMs: series.timeMs[0]!,
    endMs: series.timeMs.at(-1)! + series.intervalMs,
    notices,
    command: commandOf(file, options),
  });
  await writePage(target, page);
  return target;
}

function commandOf(file: string, { against, symbol, n, seed, set = [] }: StylizedOptions): string {
  const words = ['ergodic', 'stylized', file, '--against', against, '--n', String(n)];
  if (symbol !== undefined) words.push('--symbol', symbol);
  if (seed !== undefined) words.push('--seed', seed);
  for (const one of set) words.push('--set', one);
  return words.map(quoteWord).join(' ');
}

function document(
  { loaded, paths }: OpenMarkets,
  file: string,
  symbol: string,
  { facts, returns, paths: n, failed, blockLength }: Comparison,
  page: string | undefined,
): object {
  const { intervalMs, stepsPerYear } = paths;
  const head = { file: path.resolve(file), config: loaded.source.file, symbol, seed: loaded.config.seed };
  const sizes = { returns, intervalMs, stepsPerYear, paths: n, failed };
  const rows = facts.map(({ fact, real, interval, intervalRemark, simulated, verdict, isVague }) => {
    const { values: _, ...figures } = simulated;
    const { name, label, unit, source } = fact;
    const remark = intervalRemark === undefined ? {} : { intervalRemark };
    return { name, label, unit, source, real, interval, ...remark, simulated: figures, verdict, isVague };
  });
  const bootstrap = { blockLength: Number.isFinite(blockLength) ? blockLength : null };
  return { ...head, ...sizes, bootstrap, facts: rows, ...(page === undefined ? {} : { page }) };
}

function render({ facts, returns, paths }: Comparison, file: string, symbol: string, page: string | undefined): string {
  const { bold, dim } = colorsFor(process.stdout);
  const title = `${path.basename(file)} against ${count(paths)} paths of ${symbol}`;
  const rows = facts.map((one) => {
    const { q025, q975 } = one.simulated;
    return [one.fact.label, show(one, one.real), span(one, one.interval), span(one, [q025, q975]), verdictText(one)];
  });
  const head = ['', 'history', '95 % CI', '95 % of the paths', 'verdict'];
  const lines = [
    '',
    `${bold(title)}  ${dim(`${count(returns)} log returns r each`)}`,
    '',
    ...table([head, ...rows], [1, 2, 3]),
  ];
  lines.push('', ...wrapped(verdictsInWords(facts)));
  if (page !== undefined) lines.push('', `Page written: ${typed(page)}`);
  return `${lines.join('\n')}\n`;
}

function show({ fact }: FactComparison, value: number | null): string {
  if (value === null) return '–';
  return fact.unit === 'percent' ? percent(value) : value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function span(one: FactComparison, interval: readonly [number | null, number | null] | null): string {
  return interval === null || interval[0] === null ? '–' : `${show(one, interval[0])} to ${show(one, interval[1])}`;
}

const WIDTH = 90;

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
