import type { ReportData } from '../data/load.ts';
import { estimateCell } from '../estimated.ts';
import { type PageFigure, pageFigure } from '../figures/figure.ts';
import { count, percent, plural, type Show, span, stepsAsTime, timeUnit } from '../format.ts';
import { type Content, html } from '../html.ts';
import { beyond, histogramFigure, marksOf, undrawn } from './distributions.ts';
import { type Section, section, table } from './section.ts';

/** How deep and how long equity was below its peak. */
export function drawdownSection(data: ReportData): Section | undefined {
  const { drawdowns, lengths, summary } = data;
  const depth = summary.metrics.maxDrawdown;
  if (depth === undefined || drawdowns === undefined) return undefined;
  const length = summary.metrics.longestDrawdown;
  return section(
    'drawdowns',
    'Drawdowns',
    pageFigure(depthFigure(data)) ?? undrawn('a maximum drawdown', drawdowns, depth),
    lengths !== undefined &&
      length !== undefined &&
      (pageFigure(lengthFigure(data)) ??
        undrawn('a longest drawdown', lengths, length, stepsAsTime(data.manifest.layout.intervalMs))),
    data.hasChances && quantileTable(data),
  );
}

export function depthFigure({ summary, drawdowns }: ReportData): PageFigure | undefined {
  const metric = summary.metrics.maxDrawdown;
  if (metric === undefined || drawdowns === undefined) return undefined;
  return histogramFigure({
    name: 'drawdown-depth',
    title: 'Maximum drawdown',
    axis: 'maximum drawdown',
    data: drawdowns,
    metric,
    marks: marksOf(metric, ['q50', 'q95']),
    caption: [
      `Share of ${plural(drawdowns.n, 'episode')} by maximum drawdown: the largest fall of equity from its peak, as a fraction of the peak. `,
      `${beyond(drawdowns)}The deepest observed was ${percent(metric.max)}.`,
    ],
  });
}

export function lengthFigure(data: ReportData): PageFigure | undefined {
  const { summary, lengths, manifest } = data;
  const metric = summary.metrics.longestDrawdown;
  if (metric === undefined || lengths === undefined || lengths.bins.length === 0) return undefined;
  const { intervalMs } = manifest.layout;
  const unit = timeUnit(lengths.bins.at(-1)!.to * intervalMs);
  return histogramFigure({
    name: 'drawdown-length',
    title: 'Longest drawdown',
    axis: `longest drawdown, ${unit.name}`,
    data: lengths,
    metric,
    marks: marksOf(metric, ['q50', 'q95']),
    scale: intervalMs / unit.ms,
    format: { tick: (x) => tick(x), mark: (x) => span(x * unit.ms) },
    caption: [
      `Share of ${plural(lengths.n, 'episode')} by longest drawdown: the longest time from a peak of equity until it was reached again, or until the end. `,
      `${beyond(lengths)}The longest observed was ${span(metric.max! * intervalMs)}.`,
    ],
  });
}

function tick(x: number): string {
  return Number(x.toPrecision(4)).toLocaleString('en-US');
}

function quantileTable(data: ReportData): Content {
  const { estimates, summary } = data;
  const row = (title: string, column: string, show: Show): Content[][] => {
    const metric = summary.metrics[column];
    if (metric === undefined || metric.n === 0) return [];
    return [
      [
        title,
        estimateCell(estimates.get(`median(${column})`), show),
        estimateCell(estimates.get(`q95(${column})`), show),
        show(metric.max),
      ],
    ];
  };
  return html`${table({
    caption: `Drawdowns of ${count(data.n)} episodes, 95 % confidence intervals below the values`,
    head: ['Drawdown', 'Median', '95 % quantile', 'Most, observed'],
    rows: [
      ...row('Deepest of an episode', 'maxDrawdown', percent),
      ...row('Longest of an episode', 'longestDrawdown', stepsAsTime(data.manifest.layout.intervalMs)),
    ],
  })}`;
}
