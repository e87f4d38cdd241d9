import type { Metric } from '@ergodic/workers';
import type { Distribution } from '../data/distribution.ts';
import type { ReportData } from '../data/load.ts';
import { figure } from '../figures/figure.ts';
import { histogram, type Mark } from '../figures/histogram.ts';
import { count, percent, plural } from '../format.ts';
import { type Html, html } from '../html.ts';
import { section } from './section.ts';

export function returnSection({ summary, returns }: ReportData): Html | undefined {
  const metric = summary.metrics.totalReturn;
  if (metric === undefined || returns === undefined) return undefined;
  const marks = marksOf(metric, [
    ['5 %', 'q05'],
    ['median', 'q50'],
    ['95 %', 'q95'],
  ]);
  const caption = [
    `Share of ${plural(returns.n, 'episode')} by total return`,
    metric.min! < 0 && metric.max! > 0 ? '; those that lost are grey' : '',
    `. ${beyond(returns)}The worst returned ${percent(metric.min)}, the best ${percent(metric.max)}.`,
  ];
  return section(
    'returns',
    'Distribution of total return',
    drawn('Total return', 'total return', returns, metric, marks, caption),
  );
}

export function drawdownSection({ summary, drawdowns }: ReportData): Html | undefined {
  const metric = summary.metrics.maxDrawdown;
  if (metric === undefined || drawdowns === undefined) return undefined;
  const marks = marksOf(metric, [
    ['median', 'q50'],
    ['95 %', 'q95'],
  ]);
  const caption = [
    `Share of ${plural(drawdowns.n, 'episode')} by maximum drawdown: the largest fall of equity from its peak, as a fraction of the peak. `,
    `${beyond(drawdowns)}The deepest was ${percent(metric.max)}.`,
  ];
  return section(
    'drawdowns',
    'Drawdown',
    drawn('Maximum drawdown', 'maximum drawdown', drawdowns, metric, marks, caption),
  );
}

function drawn(
  title: string,
  axis: string,
  data: Distribution,
  metric: Metric,
  marks: readonly Mark[],
  caption: readonly string[],
): Html {
  if (data.bins.length === 0) {
    const whose = data.n === 1 ? 'The one episode has a' : `All ${count(data.n)} episodes have the same`;
    return html`<p>${whose} ${axis} of ${percent(metric.q50)}. There is no distribution to draw.</p>`;
  }
  const quantiles = marks.map(({ label, value }) => `${label} ${percent(value)}`).join(', ');
  const alt = `Histogram of ${axis} over ${plural(data.n, 'episode')}: ${quantiles}, from ${percent(metric.min)} to ${percent(metric.max)}`;
  return figure([histogram(alt, title.toLowerCase(), data, marks)], caption);
}

function marksOf(metric: Metric, names: readonly (readonly [string, 'q05' | 'q50' | 'q95'])[]): Mark[] {
  return names.flatMap(([label, key]) => (metric[key] === null ? [] : [{ label, value: metric[key] }]));
}

function beyond({ below, above }: Distribution): string {
  const sides = [below > 0 && `${count(below)} to the left`, above > 0 && `${count(above)} to the right`].filter(
    Boolean,
  );
  return sides.length === 0 ? '' : `Beyond the axis lie ${sides.join(' and ')}. `;
}
