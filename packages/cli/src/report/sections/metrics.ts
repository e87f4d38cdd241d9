import type { ReportData } from '../data/load.ts';
import { count, halfWidth, showMetric } from '../format.ts';
import { type Html, html } from '../html.ts';
import { section, table } from './section.ts';

export function metricsSection({ summary, n }: ReportData): Html | undefined {
  const entries = Object.entries(summary.metrics);
  if (n === 0 || entries.length === 0) return undefined;
  const rows = entries.map(([name, metric]) => {
    const show = showMetric(name);
    const half = halfWidth(metric.ci95);
    const mean = half === null ? show(metric.mean) : `${show(metric.mean, half)} ± ${show(half, half)}`;
    const { sd, min, q05, q25, q50, q75, q95, max } = metric;
    return [name, count(metric.n), mean, ...[sd, min, q05, q25, q50, q75, q95, max].map((x) => show(x))];
  });
  return section(
    'metrics',
    'All metrics',
    html`<p class="note">Over the episodes that did not fail; n is smaller where a figure is not defined for all of them, such as a Sharpe ratio without deviation.</p>`,
    table({
      caption: 'Columns of the episodes table: mean with 95 % confidence interval, and exact quantiles',
      head: ['Metric', 'n', 'Mean ± CI', 'SD', 'Min', '5 %', '25 %', '50 %', '75 %', '95 %', 'Max'],
      rows,
      className: 'metrics',
    }),
  );
}
