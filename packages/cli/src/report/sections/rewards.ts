import { meanText } from '../data/estimates.ts';
import type { ReportData } from '../data/load.ts';
import { estimateCell } from '../estimated.ts';
import { type Bar, meanBars } from '../figures/bars.ts';
import { type PageFigure, pageFigure } from '../figures/figure.ts';
import { number } from '../format.ts';
import { type Section, section, table } from './section.ts';

const PREFIX = 'reward_';

export function rewardSection(data: ReportData): Section | undefined {
  const { summary, estimates, n } = data;
  const names = termsOf(data);
  if (n === 0 || names.length === 0) return undefined;
  const rows = [...names, 'totalReward'].map((name) => {
    const { sd, q05, q95 } = summary.metrics[name]!;
    const term = name === 'totalReward' ? 'total' : name.slice(PREFIX.length);
    return [term, estimateCell(estimates.get(meanText(name)), number), number(sd), number(q05), number(q95)];
  });
  return section(
    'rewards',
    'Rewards',
    pageFigure(rewardFigure(data)),
    table({
      caption: 'Sum of the rewards of an episode, by term; 95 % confidence intervals below the means',
      head: ['Term', 'Mean', 'SD', '5 %', '95 %'],
      rows,
    }),
  );
}

export function rewardFigure(data: ReportData): PageFigure | undefined {
  const terms = termsOf(data).map((name): Bar => {
    const { value, low, high } = data.estimates.get(meanText(name))!;
    return { name: name.slice(PREFIX.length), mean: value, low, high };
  });
  if (data.n < 2 || terms.length < 2 || terms.every(({ mean }) => mean === 0)) return undefined;
  const alt = `Mean reward of an episode by term: ${terms.map(({ name, mean }) => `${name} ${number(mean)}`).join(', ')}`;
  return {
    name: 'rewards',
    title: 'Rewards by term',
    panels: [meanBars(alt, terms, { label: 'mean reward of an episode', show: (x) => number(x) })],
    caption: 'The line through the end of a bar is the 95 % confidence interval of the mean.',
    tables: [
      {
        suffix: '',
        columns: ['term', 'mean', 'low', 'high'],
        rows: terms.map(({ name, mean, low, high }) => [name, mean, low, high]),
      },
    ],
  };
}

function termsOf({ summary }: ReportData): string[] {
  return Object.keys(summary.metrics).filter((name) => name.startsWith(PREFIX));
}
