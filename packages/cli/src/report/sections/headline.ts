import type { Metric } from '@ergodic/workers';
import type { ReportData } from '../data/load.ts';
import {
  confidence,
  count,
  halfWidth,
  money,
  NOTHING,
  number,
  percent,
  plural,
  range,
  ratio,
  type Show,
} from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { wilson } from '../interval.ts';
import { section } from './section.ts';

export function headlineSection(data: ReportData): Html {
  const { summary, n, returns } = data;
  const { metrics, episodes } = summary;
  const total = metrics.totalReturn;
  const losses = returns?.negative ?? 0;
  const share = (k: number): string => (n === 0 ? NOTHING : percent(k / n));
  // Both of an antithetic pair may come to the same: they count as one.
  const weight = data.manifest.config.antithetic ? 0.5 : 1;
  const chance = (k: number): Content => n > 1 && `95 % CI ${confidence(wilson(weight * k, weight * n), percent)}`;
  const costs = (metrics.commission?.mean ?? 0) + (metrics.slippage?.mean ?? 0);
  return section(
    'headline',
    'Headline figures',
    html`<dl class="figures">
${item('Median return', percent(total?.q50), n > 0 && `of ${plural(n, 'episode')}`)}
${item('Mean return', mean(total, percent), ci95(total, percent))}
${item('Return, 5 % quantile', percent(total?.q05), `95 % quantile ${percent(total?.q95)}`)}
${item('Worst 5 %, mean return', percent(returns?.tailMean), 'expected shortfall')}
${item('Probability of loss', n > 1 ? share(losses) : NOTHING, chance(losses))}
${item('Ruined', count(episodes.ruined), [share(episodes.ruined), ruinLevel(data)])}
${item('Failed', count(episodes.failed), `of ${plural(episodes.requested, 'episode')} requested`)}
${item('Max drawdown, median', percent(metrics.maxDrawdown?.q50), `95 % quantile ${percent(metrics.maxDrawdown?.q95)}`)}
${item('Sharpe ratio, median', ratio(metrics.sharpe?.q50), `5 % to 95 %: ${range([metrics.sharpe?.q05, metrics.sharpe?.q95], ratio)}`)}
${item('Mean reward', mean(metrics.totalReward, number), ci95(metrics.totalReward, number))}
${item('Costs, mean', n === 0 ? NOTHING : money(costs), n > 0 && `${percent(costs / data.manifest.config.portfolio.cash)} of the initial cash`)}
${item('Fills, mean', number(metrics.fills?.mean), metrics.turnover?.mean != null && `turnover ${number(metrics.turnover.mean)}`)}
</dl>`,
  );
}

function ruinLevel({ manifest }: ReportData): string {
  const { ruin, cash } = manifest.config.portfolio;
  return `; equity at or below ${money(ruin * cash)}`;
}

function mean(metric: Metric | undefined, show: Show): string {
  return metric === undefined ? NOTHING : show(metric.mean, halfWidth(metric.ci95));
}

function ci95(metric: Metric | undefined, show: Show): Content {
  return metric !== undefined && metric.n > 1 && `95 % CI ${confidence(metric.ci95, show)}`;
}

function item(name: string, value: Content, more: Content): Html {
  return html`<div><dt>${name}</dt><dd class="value">${value}</dd>${more !== false && html`<dd class="more">${more}</dd>`}</div>
`;
}
