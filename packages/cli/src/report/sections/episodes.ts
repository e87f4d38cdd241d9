import type { EpisodeView } from '../data/episode.ts';
import type { ReportData } from '../data/load.ts';
import { episodePanels, MOST_SYMBOLS } from '../figures/episode.ts';
import { type PageFigure, pageFigure } from '../figures/figure.ts';
import { count, money, percent, plural, ratio, shellWord } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type Section, section } from './section.ts';

export function episodesSection(data: ReportData): Section | undefined {
  const episodes = shownEpisodes(data);
  if (episodes.length === 0) return undefined;
  const title = episodes.length === 1 ? 'One episode' : 'Worst, median and best episode';
  const ranked =
    episodes.length > 1 &&
    html`<p class="note">By total return. Each can be run again, event by event, with its command.</p>`;
  return section('episodes', title, ranked, ...episodes.map((view) => episodeBlock(view, data)));
}

/** One where all are the same. */
function shownEpisodes({ episodes, hasChances }: ReportData): readonly EpisodeView[] {
  return hasChances ? episodes : episodes.slice(0, 1);
}

export function replayCommand(dir: string, episode: number): string {
  return `ergodic replay ${shellWord(dir)} --episode ${episode}`;
}

function episodeBlock(view: EpisodeView, data: ReportData): Html {
  const { figures, episode, endReason } = view;
  const { dir } = data;
  const parts = [
    `return ${percent(figures.totalReturn)}`,
    `max drawdown ${percent(figures.maxDrawdown)}`,
    figures.sharpe != null && `Sharpe ratio ${ratio(figures.sharpe)}`,
    plural(figures.fills ?? 0, 'fill'),
    `final equity ${money(figures.finalEquity)}`,
    `${endReason} after ${plural(figures.steps ?? 0, 'step')}`,
  ].filter((part) => part !== false);
  return html`<div class="episode"><h3>${titleOf(view, data)}</h3>
<p class="note">${parts.join(', ')}.</p>
${pageFigure(episodeFigure(view, data))}
<pre><code>${replayCommand(dir, episode)}</code></pre></div>`;
}

/** Each kept episode that has more than a point. */
export function episodeFigures(data: ReportData): PageFigure[] {
  return shownEpisodes(data).flatMap((view) => episodeFigure(view, data) ?? []);
}

function episodeFigure(view: EpisodeView, data: ReportData): PageFigure | undefined {
  const { points, marks, episode } = view;
  if (points.length < 2 || !(points.at(-1)!.timeMs > 0)) return undefined;
  const { layout, config } = data.manifest;
  const { symbols } = layout;
  return {
    name: data.hasChances ? `episode-${view.name}` : 'episode',
    title: titleOf(view, data),
    panels: episodePanels(view, symbols, config.portfolio.cash),
    caption: captionOf(view, symbols.length),
    tables: [
      {
        suffix: '',
        columns: ['episode', 'timeMs', 'equity', ...symbols.map((symbol) => `price_${symbol}`)],
        rows: points.map(({ timeMs, equity, prices }) => [episode, timeMs, equity, ...prices]),
      },
      {
        suffix: '-fills',
        columns: ['episode', 'timeMs', 'symbol', 'orderSide', 'price'],
        rows: marks.map(({ timeMs, symbol, side, price }) => [episode, timeMs, symbol, side, price]),
      },
    ],
  };
}

function titleOf({ title, episode }: EpisodeView, { hasChances }: ReportData): string {
  return hasChances ? `${title}: episode ${episode}` : `Episode ${episode}`;
}

function captionOf({ marks, markEvery }: EpisodeView, symbols: number): string {
  const texts = ['Dashed: the initial cash.'];
  if (marks.length > 0) texts.push('▲ buy, ▽ sell, at the price of the fill.');
  if (markEvery > 1) texts.push(`One of ${count(markEvery)} fills is marked.`);
  if (symbols > MOST_SYMBOLS) texts.push(`Prices of the first ${MOST_SYMBOLS} of ${symbols} symbols.`);
  return texts.join(' ');
}
