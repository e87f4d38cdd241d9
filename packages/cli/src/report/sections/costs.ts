import { COSTS } from '../data/attribution.ts';
import { meanText } from '../data/estimates.ts';
import type { ReportData } from '../data/load.ts';
import { estimateCell } from '../estimated.ts';
import { money, number, percent } from '../format.ts';
import { type Section, section, table } from './section.ts';

export function costSection({ summary, estimates, money: { costs }, n, manifest }: ReportData): Section | undefined {
  const { metrics } = summary;
  if (n === 0) return undefined;
  const { cash } = manifest.config.portfolio;
  const fills = metrics.fills?.mean ?? 0;
  const perFill = (mean: number): string => (fills > 0 ? money(mean / fills) : number(null));
  const rows = COSTS.flatMap((name) => {
    const mean = estimates.get(meanText(name));
    if (mean === undefined) return [];
    return [
      [
        name === 'impact' ? 'market impact' : name,
        estimateCell(mean, money),
        percent(mean.value / cash),
        perFill(mean.value),
        money(metrics[name]!.q95),
      ],
    ];
  });
  return section(
    'costs',
    'Costs',
    table({
      caption: 'Costs of an episode, quote currency, 95 % confidence intervals below the means',
      head: ['Cost', 'Mean', 'Of the initial cash', 'Per fill', '95 % quantile'],
      rows: [...rows, ['all', estimateCell(costs, money), percent(costs.value / cash), perFill(costs.value), '']],
      className: 'sum',
    }),
  );
}
