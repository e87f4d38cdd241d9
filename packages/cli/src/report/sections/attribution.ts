import type { AttributionPart } from '../data/attribution.ts';
import type { ReportData } from '../data/load.ts';
import { estimateCell } from '../estimated.ts';
import { meanBars } from '../figures/bars.ts';
import { type PageFigure, pageFigure } from '../figures/figure.ts';
import { amount, money, percent } from '../format.ts';
import { html } from '../html.ts';
import { type Section, section, table } from './section.ts';

const TITLE = 'Where the equity change comes from';

/** The mean change of equity, split into parts that add up to it. */
export function attributionSection(data: ReportData): Section | undefined {
  const { money: flow, hasChances } = data;
  const { attribution } = flow;
  if (attribution === undefined) return undefined;
  const { cash } = data.manifest.config.portfolio;
  const rows = [...attribution.parts, { name: 'change of equity', mean: attribution.change }];
  return section(
    'attribution',
    TITLE,
    pageFigure(attributionFigure(data)),
    table({
      caption: `Mean of an episode, quote currency; the parts add up to the change${hasChances ? '. 95 % confidence intervals below the means' : ''}`,
      head: ['Part', 'Mean', 'Of the initial cash'],
      rows: rows.map(({ name, mean }) => [name, estimateCell(mean, money), percent(mean.value / cash)]),
      className: 'sum',
    }),
    html`<p class="note">Market exposure is what the average position would have earned; timing is what larger positions at some times and smaller ones at others earned beside that; costs are what each took.</p>`,
  );
}

export function attributionFigure({ money: { attribution }, n }: ReportData): PageFigure | undefined {
  if (attribution === undefined || n < 2) return undefined;
  const all = [...attribution.parts, { name: 'change of equity', mean: attribution.change }];
  const bars = all.filter(isThere).map(({ name, mean: { value, low, high } }) => ({ name, mean: value, low, high }));
  if (bars.length < 2) return undefined;
  const alt = `Mean change of equity of an episode by its source: ${bars.map(({ name, mean }) => `${name} ${money(mean)}`).join(', ')}`;
  return {
    name: 'attribution',
    title: TITLE,
    panels: [meanBars(alt, bars, { label: 'mean of an episode, quote currency', show: amount })],
    caption:
      'The line through the end of a bar is the 95 % confidence interval of the mean. The last bar is the sum of the others.',
    tables: [
      {
        suffix: '',
        columns: ['part', 'mean', 'low', 'high'],
        rows: all.map(({ name, mean: { value, low, high } }) => [name, value, low, high]),
      },
    ],
  };
}

/** A cost that was not charged has no bar. */
function isThere({ mean: { value, low, high } }: AttributionPart): boolean {
  return value !== 0 || low !== 0 || high !== 0;
}
