import type { ReportData } from '../data/load.ts';
import { confidence, halfWidth, money, number, percent } from '../format.ts';
import type { Html } from '../html.ts';
import { section, table } from './section.ts';

export function costSection({ summary, n, manifest }: ReportData): Html | undefined {
  const { metrics } = summary;
  if (n === 0) return undefined;
  const { cash } = manifest.config.portfolio;
  const rows = (['commission', 'slippage'] as const).flatMap((name) => {
    const metric = metrics[name];
    if (metric === undefined || metric.mean === null) return [];
    const fills = metrics.fills?.mean ?? 0;
    const perFill = fills > 0 ? money(metric.mean / fills) : number(null);
    return [
      [
        name,
        money(metric.mean, halfWidth(metric.ci95)),
        confidence(metric.ci95, money),
        percent(metric.mean / cash),
        perFill,
        money(metric.q95),
      ],
    ];
  });
  return section(
    'costs',
    'Costs',
    table({
      caption: 'Costs of an episode, quote currency',
      head: ['Cost', 'Mean', '95 % CI', 'Of the initial cash', 'Per fill', '95 % quantile'],
      rows,
    }),
  );
}
