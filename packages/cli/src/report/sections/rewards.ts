import type { ReportData } from '../data/load.ts';
import { figure } from '../figures/figure.ts';
import { rewardBars } from '../figures/rewards.ts';
import { confidence, halfWidth, number } from '../format.ts';
import type { Html } from '../html.ts';
import { section, table } from './section.ts';

const PREFIX = 'reward_';

export function rewardSection({ summary, n }: ReportData): Html | undefined {
  const names = Object.keys(summary.metrics).filter((name) => name.startsWith(PREFIX));
  if (n === 0 || names.length === 0) return undefined;
  const rows = [...names, 'totalReward'].map((name) => {
    const { mean, ci95, sd, q05, q95 } = summary.metrics[name]!;
    const term = name === 'totalReward' ? 'total' : name.slice(PREFIX.length);
    return [term, number(mean, halfWidth(ci95)), confidence(ci95, number), number(sd), number(q05), number(q95)];
  });
  const terms = names.flatMap((name) => {
    const { mean, ci95 } = summary.metrics[name]!;
    if (mean === null) return [];
    return [{ term: name.slice(PREFIX.length), mean, low: ci95[0] ?? mean, high: ci95[1] ?? mean }];
  });
  const isWorthDrawing = terms.length > 1 && terms.some(({ mean }) => mean !== 0);
  const alt = `Mean reward of an episode by term: ${terms.map(({ term, mean }) => `${term} ${number(mean)}`).join(', ')}`;
  return section(
    'rewards',
    'Rewards',
    isWorthDrawing &&
      figure(
        [rewardBars(alt, terms)],
        'The line through the end of a bar is the 95 % confidence interval of the mean.',
      ),
    table({
      caption: 'Sum of the rewards of an episode, by term',
      head: ['Term', 'Mean', '95 % CI', 'SD', '5 %', '95 %'],
      rows,
    }),
  );
}
