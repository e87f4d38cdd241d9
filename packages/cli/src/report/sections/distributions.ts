import type { Metric } from '@ergodic/workers';
import type { Distribution } from '../data/distribution.ts';
import type { ReportData } from '../data/load.ts';
import { type FigureTable, type PageFigure, pageFigure } from '../figures/figure.ts';
import { histogram, type Mark, type ValueFormat } from '../figures/histogram.ts';
import { count, percent, plural } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { type Section, section } from './section.ts';

export function returnSection(data: ReportData): Section | undefined {
  if (data.returns === undefined) return undefined;
  return section(
    'returns',
    'Distribution of total return',
    pageFigure(returnFigure(data)) ?? undrawn('a total return', data.returns, data.summary.metrics.totalReturn!),
  );
}

export function returnFigure({ summary, returns }: ReportData): PageFigure | undefined {
  const metric = summary.metrics.totalReturn;
  if (metric === undefined || returns === undefined) return undefined;
  return histogramFigure({
    name: 'total-return',
    title: 'Distribution of total return',
    axis: 'total return',
    data: returns,
    metric,
    marks: marksOf(metric, ['q05', 'q50', 'q95']),
    caption: [
      `Share of ${plural(returns.n, 'episode')} by total return`,
      metric.min! < 0 && metric.max! > 0 ? '; those that lost are grey' : '',
      `. ${beyond(returns)}Observed: worst ${percent(metric.min)}, best ${percent(metric.max)}.`,
    ],
  });
}

/** What a histogram shows of a column. Values are drawn in the column's unit times `scale`. */
export interface HistogramSpec {
  readonly name: string;
  readonly title: string;
  readonly axis: string;
  readonly data: Distribution;
  readonly metric: Metric;
  readonly marks: readonly Mark[];
  readonly caption: Content;
  readonly scale?: number;
  readonly format?: ValueFormat;
}

/** Undefined where there are no bins to draw. */
export function histogramFigure(spec: HistogramSpec): PageFigure | undefined {
  const { name, title, axis, data, metric, caption, scale = 1, format } = spec;
  if (data.bins.length === 0) return undefined;
  const show = format?.mark ?? percent;
  const marks = spec.marks.map(({ label, value }) => ({ label, value: scale * value }));
  const bins = data.bins.map(({ from, to, count }) => ({ from: scale * from, to: scale * to, count }));
  const quantiles = marks.map(({ label, value }) => `${label} ${show(value)}`).join(', ');
  const range = `from ${show(scale * metric.min!)} to ${show(scale * metric.max!)}`;
  const alt = `Histogram of ${axis} over ${plural(data.n, 'episode')}: ${quantiles}, ${range}`;
  return {
    name,
    title,
    panels: [histogram(alt, axis, { bins, n: data.n }, marks, format)],
    caption,
    tables: [tableOf(data)],
  };
}

/** What is said of values that have no bins. */
export function undrawn(what: string, { n }: Distribution, { q50 }: Metric, show = percent): Html {
  const whose = n === 1 ? `The one episode has ${what}` : `All ${count(n)} episodes have ${what}`;
  return html`<p>${whose} of ${show(q50)}. There is no distribution to draw.</p>`;
}

export function marksOf(metric: Metric, names: readonly ('q05' | 'q50' | 'q95')[]): Mark[] {
  const labels = { q05: '5 %', q50: 'median', q95: '95 %' };
  return names.flatMap((name) => (metric[name] === null ? [] : [{ label: labels[name], value: metric[name] }]));
}

export function beyond({ below, above }: Distribution): string {
  const sides = [below > 0 && `${count(below)} to the left`, above > 0 && `${count(above)} to the right`].filter(
    Boolean,
  );
  return sides.length === 0 ? '' : `Beyond the axis lie ${sides.join(' and ')}. `;
}

/** Bins, and those beyond the axis with one open end. */
function tableOf({ n, bins, below, above }: Distribution): FigureTable {
  const row = (from: number | null, to: number | null, episodes: number) => [from, to, episodes, episodes / n];
  return {
    suffix: '',
    columns: ['from', 'to', 'episodes', 'share'],
    rows: [
      ...(below > 0 ? [row(null, bins[0]!.from, below)] : []),
      ...bins.map(({ from, to, count }) => row(from, to, count)),
      ...(above > 0 ? [row(bins.at(-1)!.to, null, above)] : []),
    ],
  };
}
