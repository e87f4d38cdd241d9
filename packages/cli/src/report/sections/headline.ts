import type { Estimate } from '@ergodic/statistics';
import { GROWTH } from '../data/headline.ts';
import type { ReportData } from '../data/load.ts';
import { intervalText, valueText } from '../estimated.ts';
import { count, money, number, percent, plural, type Show } from '../format.ts';
import { type HeadlineRow, headlineRows } from '../headline-rows.ts';
import { type Html, html } from '../html.ts';
import { intervalNote } from './intervals.ts';
import { figureItem, type Section, section } from './section.ts';

export function headlineSection(data: ReportData): Section {
  const rows = headlineRows(data).filter(({ figure }) => !data.hasChances || !GROWTH.includes(figure.text));
  return section(
    'headline',
    'Headline figures',
    html`<dl class="figures">
${rows.map((row) => headlineItem(row, data))}
${data.n > 0 && costItem(data)}
</dl>`,
    data.hasChances && intervalNote(data),
  );
}

/** One figure with its interval and a remark. */
export function headlineItem({ figure: { text, title }, estimate, show }: HeadlineRow, data: ReportData): Html {
  return figureItem(title, valueText(estimate, show), interval(estimate, show), remarkOf(text, data));
}

function costItem({ money: { costs }, manifest, hasChances }: ReportData): Html {
  const share = `${percent(costs.value / manifest.config.portfolio.cash)} of the initial cash`;
  return figureItem(
    hasChances ? 'Costs, mean' : 'Costs',
    valueText(costs, money),
    hasChances && interval(costs, money),
    share,
  );
}

/** What stands below a figure, beside its interval. */
function remarkOf(text: string, { n, summary, manifest }: ReportData): string | false {
  const { ruined, failed, requested } = summary.episodes;
  const { ruin, cash } = manifest.config.portfolio;
  switch (text) {
    case 'median(totalReturn)':
      return n > 1 && `of ${plural(n, 'episode')}`;
    case 'iqm(totalReturn)':
      return 'interquartile mean';
    case 'expectedShortfall(totalReturn)':
      return 'expected shortfall';
    case 'probabilityOfRuin':
      return `${count(ruined)} ruined (equity ≤ ${money(ruin * cash)})`;
    case 'probabilityOfFailure':
      return `${count(failed)} of ${count(requested)} failed`;
    case 'timeToRuin':
      return `of the ${plural(ruined, 'episode')} that were ruined`;
    case 'timeAverageGrowth':
    case 'ensembleAverageGrowth':
    case 'ergodicityGap':
      return 'a year, logarithm';
    case 'kellyFraction':
      return 'times this size';
    case 'mean(fills)':
      return summary.metrics.turnover?.mean != null && `turnover ${number(summary.metrics.turnover.mean)}`;
    default:
      return false;
  }
}

function interval(estimate: Estimate, show: Show): string | undefined {
  const text = intervalText(estimate, show);
  return text === undefined ? undefined : `95 % CI ${text}`;
}
