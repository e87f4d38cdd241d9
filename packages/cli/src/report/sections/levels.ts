import type { ReportData } from '../data/load.ts';
import { estimateCells } from '../estimated.ts';
import { plural } from '../format.ts';
import { levelRows } from '../headline-rows.ts';
import { type Section, section, table } from './section.ts';

/** How probable it is to see a gain or a loss on the way, whatever came after. */
export function levelSection(data: ReportData): Section | undefined {
  const rows = levelRows(data);
  if (rows.length === 0) return undefined;
  return section(
    'levels',
    'Gains and losses on the way',
    table({
      caption: `Of ${plural(data.n, 'episode')}: equity, held against the initial cash, at any mark`,
      head: ['Equity', 'Probability', '95 % CI'],
      rows: rows.map(({ figure, estimate, show }) => [figure.title, ...estimateCells(estimate, show)]),
      className: 'fit',
    }),
  );
}
