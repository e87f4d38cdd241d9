import type { ReportData } from '../data/load.ts';
import { fan, isLogarithmic } from '../figures/fan.ts';
import { type PageFigure, pageFigure } from '../figures/figure.ts';
import { money, span } from '../format.ts';
import { html } from '../html.ts';
import { type Section, section } from './section.ts';

const TITLE = 'Equity over time';

export function fanSection(data: ReportData): Section | undefined {
  const { fan: points, n, hasChances } = data;
  if (points.length === 0 || n === 0) return undefined;
  if (points.length < 2) return section('fan', TITLE, html`<p>The episodes have no steps, so equity did not move.</p>`);
  if (!hasChances) return section('fan', TITLE, html`<p>This is the curve of the one episode, below.</p>`);
  return section('fan', TITLE, pageFigure(fanFigure(data)));
}

export function fanFigure({ fan: points, manifest, hasChances, summary }: ReportData): PageFigure | undefined {
  if (points.length < 2 || !hasChances) return undefined;
  const last = points.at(-1)!;
  const { cash } = manifest.config.portfolio;
  const alt = `Quantiles of equity over ${span(last.timeMs)}, from ${money(cash)}: at the end 5 % ${money(last.q05)}, 25 % ${money(last.q25)}, median ${money(last.q50)}, 75 % ${money(last.q75)}, 95 % ${money(last.q95)}`;
  const caption = [
    'At each time: the median equity, the middle half of the episodes (dark) and nine tenths of them (light). ',
    `Dashed: the initial cash of ${money(cash)}. `,
    isLogarithmic(points) && 'The axis is logarithmic. ',
    'Quantiles are within 0.25 %. An episode that ended early keeps its last equity',
    summary.episodes.failed > 0 && ', one that failed is not among them',
    '. No single episode need run along one of these lines.',
  ];
  return {
    name: 'equity',
    title: TITLE,
    panels: [fan(alt, points, cash)],
    caption,
    tables: [
      {
        suffix: '',
        columns: ['timeMs', 'q05', 'q25', 'q50', 'q75', 'q95'],
        rows: points.map(({ timeMs, q05, q25, q50, q75, q95 }) => [timeMs, q05, q25, q50, q75, q95]),
      },
    ],
  };
}
