import type { ReportData } from '../data/load.ts';
import { fan, isLogarithmic } from '../figures/fan.ts';
import { figure } from '../figures/figure.ts';
import { money, span } from '../format.ts';
import { type Html, html } from '../html.ts';
import { section } from './section.ts';

export function fanSection({ fan: points, manifest, n, summary }: ReportData): Html | undefined {
  const last = points.at(-1);
  if (last === undefined || n === 0) return undefined;
  const title = 'Equity over time';
  if (points.length < 2) return section('fan', title, html`<p>The episodes have no steps, so equity did not move.</p>`);
  if (n === 1) return section('fan', title, html`<p>With one episode this is its own curve, below.</p>`);
  const { cash } = manifest.config.portfolio;
  const alt = `Quantiles of equity over ${span(last.timeMs)}, from ${money(cash)}: at the end 5 % ${money(last.q05)}, 25 % ${money(last.q25)}, median ${money(last.q50)}, 75 % ${money(last.q75)}, 95 % ${money(last.q95)}`;
  const caption = [
    'At each time: the median equity, the middle half of the episodes (dark) and nine tenths of them (light). ',
    `Dashed: the initial cash of ${money(cash)}. `,
    isLogarithmic(points) && 'The axis is logarithmic. ',
    'Quantiles are within 0.25 %. An episode that ended early keeps its last equity',
    summary.episodes.failed > 0 && ', one that failed counts until then',
    '. No single episode need run along one of these lines.',
  ];
  return section('fan', title, figure([fan(alt, points, cash)], caption));
}
