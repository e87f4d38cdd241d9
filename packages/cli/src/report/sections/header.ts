import { durationMs } from '@ergodic/core';
import type { ReportData } from '../data/load.ts';
import { count, dateTime, plural, span } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { marketInWords, parametersInWords, resultInWords, strategyName } from '../words.ts';

export function titleOf({ manifest }: ReportData): string {
  const { symbols } = manifest.layout;
  const markets = symbols.length > 3 ? `${symbols.length} markets` : symbols.join(', ');
  return `${strategyName(manifest.config)} on ${markets}`;
}

export function headerSection(data: ReportData): Html {
  const { manifest, summary, hasChances } = data;
  const { config, layout } = manifest;
  const { use: _, ...parameters } = config.strategy;
  const steps = layout.fanSteps.at(-1) ?? 0;
  const markets = Object.entries(config.markets).map(
    ([symbol, market]) => html`<p>${symbol}: ${marketInWords(market, config.calendar.daysPerYear)}</p>`,
  );
  const drawn = Object.keys(config.randomize);
  const lasting = steps > 0 && ` (${span(steps * layout.intervalMs)})`;
  return html`<header>
<p class="eyebrow">ergodic report, run ${summary.id}</p>
<h1>${titleOf(data)}</h1>
<p class="lead">${resultInWords(data)}</p>
${hasChances && html`<p class="note">These probabilities hold under the market model named here. They say nothing of a market that behaves otherwise.</p>`}
<dl class="facts">
${fact('Strategy', `${strategyName(config)}${Object.keys(parameters).length > 0 ? `: ${parametersInWords(parameters)}` : ''}`)}
${fact(markets.length === 1 ? 'Market' : 'Markets', markets)}
${drawn.length > 0 && fact('Drawn anew', html`${drawn.map((path, i) => html`${i > 0 && ', '}<code>${path}</code>`)}, for each episode`)}
${fact('Ensemble', html`${plural(config.episodes, 'episode')} × ${plural(steps, 'step')} of ${intervalText(config.interval, layout.intervalMs)}${lasting}`)}
${fact('Seed', html`<code>${manifest.seed}</code>`)}
${fact('Date', dateTime(manifest.createdAt))}
${fact('Status', status(data))}
</dl>
</header>`;
}

function fact(name: string, value: Content): Html {
  return html`<dt>${name}</dt><dd>${value}</dd>
`;
}

function intervalText(interval: string | undefined, intervalMs: number): string {
  return interval !== undefined && durationMs(interval) === intervalMs ? interval : span(intervalMs);
}

function status({ summary }: ReportData): Content {
  const { failed } = summary.episodes;
  return [
    summary.status,
    failed > 0 && html`, <a class="alarm" href="#failures">${plural(failed, 'episode')} failed</a>`,
    summary.reproducible
      ? ', reproducible'
      : html`, <span class="alarm">not reproducible: an episode was ended by a watchdog, or came out differently when it was replayed</span>`,
    ` (${count(summary.timing.steps)} steps in ${summary.timing.wallSeconds.toFixed(1)} s)`,
  ];
}
