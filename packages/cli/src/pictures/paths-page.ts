import { type Config, formatDuration } from '@ergodic/core';
import { renderDocument } from '../report/document.ts';
import { fan, isLogarithmic } from '../report/figures/fan.ts';
import { ACCENT, figure, MUTED } from '../report/figures/figure.ts';
import { histogram } from '../report/figures/histogram.ts';
import { count, type Figure, money, number, percent, plural, type Show, span } from '../report/format.ts';
import { type Content, type Html, html } from '../report/html.ts';
import { section, table } from '../report/sections/section.ts';
import { marketInWords } from '../report/words.ts';
import {
  binsOf,
  type Figures,
  fanOf,
  figuresOf,
  realisedVolatility,
  type SymbolPaths,
  type SymbolSummary,
  spreadRows,
} from './ensemble.ts';
import { candles, candlesShown } from './figures/candles.ts';
import { lines } from './figures/lines.ts';

const PATHS_SHOWN = 5;
const POINTS = 500;
/** The window of a realised volatility: so many of them make a path, but it has ten steps at least. */
const WINDOWS = 20;
const STROKES = [ACCENT, 'var(--alarm)', 'var(--soft)'];

export interface PathsPage {
  readonly config: Config;
  readonly configName: string;
  readonly n: number;
  readonly failed: number;
  readonly steps: number;
  readonly intervalMs: number;
  readonly stepsPerYear: number;
  readonly symbols: readonly SymbolPaths[];
  readonly summaries: readonly SymbolSummary[];
  readonly notices: readonly string[];
  readonly command: string;
}

/** Paths of the markets of a config, a block for each symbol. */
export function renderPathsPage(page: PathsPage): string {
  const { symbols, summaries, config } = page;
  const names = symbols.length > 3 ? `${symbols.length} markets` : symbols.map(({ symbol }) => symbol).join(', ');
  const words = Object.entries(config.markets).map(
    ([symbol, market]) => html`<p>${symbol}: ${marketInWords(market, config.calendar.daysPerYear)}</p>`,
  );
  const drawn = Object.keys(config.randomize).filter((path) => path.startsWith('markets') || path === 'steps');
  const lasting = page.steps > 0 && ` (${span(page.steps * page.intervalMs)})`;
  const header = html`<header>
<p class="eyebrow">ergodic paths, ${page.configName}</p>
<h1>Paths of ${names}</h1>
<dl class="facts">
<dt>${words.length === 1 ? 'Market' : 'Markets'}</dt><dd>${words}</dd>
${drawn.length > 0 && html`<dt>Drawn anew</dt><dd>${drawn.join(', ')}, for each path</dd>`}
<dt>Paths</dt><dd>${count(page.n)} × ${plural(page.steps, 'step')} of ${formatDuration(page.intervalMs)}${lasting}: those of episodes 0 to ${count(page.n - 1)} of a run</dd>
<dt>Seed</dt><dd><code>${config.seed}</code></dd>
${page.failed > 0 && html`<dt>Failed</dt><dd><span class="alarm">${plural(page.failed, 'path')}</span>, in no figure below</dd>`}
${page.notices.length > 0 && html`<dt>Notices</dt><dd>${page.notices.map((text) => html`<p>${text}</p>`)}</dd>`}
</dl>
</header>`;
  return renderDocument({
    title: `Paths of ${names}: ergodic`,
    header,
    main: html`${symbols.map((paths, i) => symbolBlock(paths, summaries[i]!, page, i))}
${section('reproduce', 'Reproduce it', html`<pre><code>${page.command}</code></pre>`)}`,
    footer: `Made by ergodic from ${page.configName}.`,
  });
}

function symbolBlock(paths: SymbolPaths, summary: SymbolSummary, page: PathsPage, at: number): Content {
  const isOne = page.symbols.length === 1;
  const title = (text: string): string =>
    isOne ? text : `${paths.symbol}: ${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
  const id = (name: string): string => (isOne ? name : `${name}-${at}`);
  if (paths.closes.length === 0) return section(id('paths'), title('No paths'), html`<p>Every path failed.</p>`);
  const isStill = paths.timeMs.length < 2;
  return [
    section(id('paths'), title('Prices over time'), isStill ? html`<p>The paths have no steps.</p>` : fanFigure(paths)),
    section(id('final'), title('Final price'), finalFigures(paths, summary), summaryTable(summary)),
    !isStill && section(id('volatility'), title('Realised volatility'), volatilityFigure(paths, page.stepsPerYear)),
    paths.hasCandles && !isStill && section(id('candles'), title('Candles of one path'), candlesFigure(paths)),
  ].filter((part) => part !== false);
}

function fanFigure({ closes, timeMs, symbol }: SymbolPaths): Html {
  const points = fanOf(closes, timeMs);
  const last = points.at(-1)!;
  const initial = closes[0]![0]!;
  const shown = closes.slice(0, PATHS_SHOWN);
  const curves = shown.map((close) => ({
    points: spreadRows(close.length, POINTS).map((row) => ({ timeMs: timeMs[row]!, value: close[row]! })),
    stroke: MUTED,
    width: 0.8,
  }));
  const alt = `Quantiles of the price of ${symbol} over ${span(last.timeMs)}, from ${money(initial)}: at the end 5 % ${money(last.q05)}, 25 % ${money(last.q25)}, median ${money(last.q50)}, 75 % ${money(last.q75)}, 95 % ${money(last.q95)}`;
  return figure(
    [fan(alt, points, initial, closes.length > 1 ? curves : [])],
    [
      `At each time: the median of ${plural(closes.length, 'path')}, their middle half (dark) and nine tenths of them (light). `,
      closes.length > 1 && `Grey: ${shown.length === 1 ? 'one path' : `the first ${shown.length} paths`}. `,
      `Dashed: the initial price of ${money(initial)}.`,
      isLogarithmic(points) && ' The axis is logarithmic.',
    ],
  );
}

function finalFigures({ closes, symbol }: SymbolPaths, { finalPrice }: SymbolSummary): Content {
  const isPositive = closes.every((close) => close[0]! > 0 && close.at(-1)! > 0);
  const prices = binsOf(closes.map((close) => close.at(-1)!));
  if (prices.bins.length === 0) {
    return html`<p>All paths end at ${money(finalPrice.q50)}. There is no distribution to draw.</p>`;
  }
  const logReturns = isPositive ? closes.map((close) => Math.log(close.at(-1)! / close[0]!)) : [];
  const returns = binsOf(logReturns);
  return [
    distribution(`final price of ${symbol}`, 'final price', prices, finalPrice, money),
    returns.bins.length > 0 &&
      distribution(`log return of ${symbol}`, 'log return over the whole path', returns, figuresOf(logReturns), number),
  ];
}

function distribution(
  what: string,
  axis: string,
  data: ReturnType<typeof binsOf>,
  { q05, q50, q95 }: Pick<Figures, 'q05' | 'q50' | 'q95'>,
  show: Show,
): Html {
  const marks = [
    { label: '5 %', value: q05! },
    { label: 'median', value: q50! },
    { label: '95 %', value: q95! },
  ];
  const alt = `Histogram of the ${what}: ${marks.map(({ label, value }) => `${label} ${show(value)}`).join(', ')}`;
  const format = { tick: (x: number) => (Math.abs(x) >= 100 ? count(x) : number(x)), mark: (x: number) => show(x) };
  return figure([histogram(alt, axis, data, marks, format)], `Share of ${plural(data.n, 'path')} by ${axis}.`);
}

function summaryTable(summary: SymbolSummary): Html {
  const row = (name: string, figures: Figures, show: Show): string[] => [
    name,
    ...[figures.mean, figures.sd, figures.q05, figures.q25, figures.q50, figures.q75, figures.q95].map((x: Figure) =>
      show(x),
    ),
  ];
  const isPercent = summary.totalReturn.n > 0;
  return table({
    caption: 'Over the paths; volatility, skewness and kurtosis are of the log returns of a step within each path',
    head: ['Figure', 'Mean', 'SD', '5 %', '25 %', 'Median', '75 %', '95 %'],
    rows: [
      row('final price', summary.finalPrice, money),
      ...(isPercent ? [row('total return', summary.totalReturn, percent)] : []),
      row('volatility, a year', summary.volatility, percent),
      row('skewness', summary.skewness, number),
      row('excess kurtosis', summary.excessKurtosis, number),
      row('max drawdown', summary.maxDrawdown, percent),
    ],
  });
}

function volatilityFigure({ closes, timeMs, symbol }: SymbolPaths, stepsPerYear: number): Html {
  const window = Math.max(10, Math.round((timeMs.length - 1) / WINDOWS));
  const isPositive = closes.every((close) => close.every((price) => price > 0));
  const shown = (isPositive ? closes.slice(0, STROKES.length) : []).map((close, i) => {
    const volatility = realisedVolatility(close, window, stepsPerYear);
    const points = spreadRows(close.length, POINTS)
      .filter((row) => Number.isFinite(volatility[row]!))
      .map((row) => ({ timeMs: timeMs[row]!, value: volatility[row]! }));
    return { points, stroke: STROKES[i]!, width: 1.3 };
  });
  const curves = shown.filter(({ points }) => points.length > 1);
  if (curves.length === 0) {
    return html`<p>There is none: the paths are too short, or have prices that are not above zero.</p>`;
  }
  const alt = `Realised volatility of ${curves.length} paths of ${symbol} over time`;
  const spec = { alt, title: 'volatility, a year', curves, tickFormat: (y: number) => percent(y) };
  return figure(
    [lines(spec)],
    `Root mean square of the log returns of the last ${plural(window, 'step')}, annualised, of ${curves.length === 1 ? 'the first path' : `the first ${curves.length} paths`}.`,
  );
}

function candlesFigure({ first, symbol }: SymbolPaths): Html {
  const shown = candlesShown(first!);
  const alt = `The first candles of a path of ${symbol}, at most ${shown}: open, high, low and close`;
  const caption = `The first ${plural(shown, 'candle')} of the first path, fewer on a narrow screen. The line runs from low to high, the bar from open to close; grey where the price fell.`;
  return figure([candles(alt, first!)], caption);
}
