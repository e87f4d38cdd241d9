import { relative } from 'node:path';
import type { ReportData } from '../data/load.ts';
import { intervalText, valueText } from '../estimated.ts';
import { count, money, NOTHING, plural } from '../format.ts';
import { headlineRows } from '../headline-rows.ts';
import { replayCommand } from '../sections/episodes.ts';
import { titleOf } from '../sections/header.ts';
import { historyNote } from '../sections/history.ts';
import { marketInWords, resultInWords } from '../words.ts';
import type { FigureFiles } from './figures.ts';

/** The report in short, for a pull request: what came out, the headline with intervals, and pictures where there are any. */
export function markdownOf(data: ReportData, figures: readonly FigureFiles[]): string {
  const parts = [
    `# ${escaped(titleOf(data))}`,
    `**${escaped(resultInWords(data))}**`,
    modelOf(data),
    noteOf(data),
    tableOf(data),
    failuresOf(data),
    ...figures.flatMap(({ title, png }) =>
      png === undefined ? [] : [`## ${escaped(title)}`, `![${escaped(title)}](${encodeURI(relative(data.dir, png))})`],
    ),
    `Digest \`${data.summary.digest}\`, seed ${escaped(data.manifest.seed)}, ergodic ${escaped(data.manifest.versions.ergodic ?? '')}.`,
  ];
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}

/** The market model that the probabilities hold under. */
function modelOf({ manifest: { config }, hasChances }: ReportData): string {
  const markets = Object.entries(config.markets).map(
    ([symbol, market]) => `${escaped(symbol)}: ${escaped(marketInWords(market, config.calendar.daysPerYear))}`,
  );
  const drawn = Object.keys(config.randomize).map(escaped);
  const model = `${markets.join('; ')}${drawn.length > 0 ? `. Drawn anew for each episode: ${drawn.join(', ')}` : ''}.`;
  return hasChances ? `These probabilities hold under this market model: ${model}` : `Market: ${model}`;
}

function noteOf(data: ReportData): string | undefined {
  const note = historyNote(data);
  return note === undefined ? undefined : `> **${escaped(note.claim)}** ${escaped(note.reason)}`;
}

function tableOf(data: ReportData): string | undefined {
  const { costs } = data.money;
  const rows = headlineRows(data).map(({ figure, estimate, show }) => [
    figure.title,
    valueText(estimate, show),
    intervalText(estimate, show) ?? NOTHING,
    `\`${figure.text}\``,
  ]);
  if (data.n > 0) {
    const interval = data.hasChances ? intervalText(costs, money) : undefined;
    rows.push([data.hasChances ? 'Costs, mean' : 'Costs', valueText(costs, money), interval ?? NOTHING, '']);
  }
  if (rows.length === 0) return undefined;
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return ['| | Estimate | 95 % CI | Figure |', '| :-- | --: | --: | :-- |', ...lines].join('\n');
}

function failuresOf({ failures, summary, dir }: ReportData): string | undefined {
  if (failures.length === 0) return undefined;
  const { failed, requested } = summary.episodes;
  const lines = failures.map(
    ({ code, count: n, firstEpisode }) =>
      `- \`${code}\`: ${plural(n, 'episode')}; the first again: \`${replayCommand(dir, firstEpisode)}\``,
  );
  return [`${count(failed)} of ${plural(requested, 'episode')} failed:`, '', ...lines].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&');
}
