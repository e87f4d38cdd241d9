import { meanText } from '../data/estimates.ts';
import type { ReportData } from '../data/load.ts';
import { estimateCells } from '../estimated.ts';
import { count, showMetric } from '../format.ts';
import { html } from '../html.ts';
import { type Section, section, table } from './section.ts';

export function metricsSection({ summary, estimates, n }: ReportData): Section | undefined {
  const entries = Object.entries(summary.metrics);
  if (n === 0 || entries.length === 0) return undefined;
  const rows = entries.map(([name, metric]) => {
    const show = showMetric(name);
    const { sd, min, q05, q25, q50, q75, q95, max } = metric;
    const figures = [sd, min, q05, q25, q50, q75, q95, max].map((x) => show(x));
    return [name, count(metric.n), ...estimateCells(estimates.get(meanText(name)), show), ...figures];
  });
  return section(
    'metrics',
    'All metrics',
    html`<p class="note">Over the episodes that did not fail; n is smaller where a figure is not defined for all of them, such as a Sharpe ratio without deviation. Min and max are observed.</p>`,
    table({
      caption: 'Columns of the episodes table: mean with 95 % confidence interval, and exact quantiles',
      head: ['Metric', 'n', 'Mean', '95 % CI', 'SD', 'Min', '5 %', '25 %', '50 %', '75 %', '95 %', 'Max'],
      rows,
      className: 'metrics',
    }),
  );
}
