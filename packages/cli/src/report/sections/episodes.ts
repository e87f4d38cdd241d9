import type { EpisodeView } from '../data/episode.ts';
import type { ReportData } from '../data/load.ts';
import { episodePanels, MOST_SYMBOLS } from '../figures/episode.ts';
import { figure } from '../figures/figure.ts';
import { count, money, percent, plural, ratio, shellWord } from '../format.ts';
import { type Html, html } from '../html.ts';
import { section } from './section.ts';

export function episodesSection(data: ReportData): Html | undefined {
  const { episodes } = data;
  if (episodes.length === 0) return undefined;
  const title = episodes.length === 1 ? 'One episode' : 'Worst, median and best episode';
  const ranked =
    data.n > 1 && html`<p class="note">By total return. Each can be run again, event by event, with its command.</p>`;
  return section('episodes', title, ranked, ...episodes.map((view) => episodeBlock(view, data)));
}

export function replayCommand(dir: string, episode: number): string {
  return `ergodic replay ${shellWord(dir)} --episode ${episode}`;
}

function episodeBlock(view: EpisodeView, { manifest, dir, n }: ReportData): Html {
  const { figures, episode, endReason } = view;
  const { symbols } = manifest.layout;
  const { cash } = manifest.config.portfolio;
  const parts = [
    `return ${percent(figures.totalReturn)}`,
    `max drawdown ${percent(figures.maxDrawdown)}`,
    figures.sharpe != null && `Sharpe ratio ${ratio(figures.sharpe)}`,
    plural(figures.fills ?? 0, 'fill'),
    `final equity ${money(figures.finalEquity)}`,
    `${endReason} after ${plural(figures.steps ?? 0, 'step')}`,
  ].filter((part) => part !== false);
  const drawable = view.points.length > 1 && view.points.at(-1)!.timeMs > 0;
  return html`<div class="episode"><h3>${n > 1 && `${view.title}: `}${n > 1 ? 'episode' : 'Episode'} ${episode}</h3>
<p class="note">${parts.join(', ')}.</p>
${drawable && figure(episodePanels(view, symbols, cash), captionOf(view, symbols.length))}
<pre><code>${replayCommand(dir, episode)}</code></pre></div>`;
}

function captionOf({ marks, markEvery }: EpisodeView, symbols: number): string {
  const texts = ['Dashed: the initial cash.'];
  if (marks.length > 0) texts.push('▲ buy, ▽ sell, at the price of the fill.');
  if (markEvery > 1) texts.push(`One of ${count(markEvery)} fills is marked.`);
  if (symbols > MOST_SYMBOLS) texts.push(`Prices of the first ${MOST_SYMBOLS} of ${symbols} symbols.`);
  return texts.join(' ');
}
