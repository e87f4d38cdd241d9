import type { Quantiles } from '@ergodic/workers';
import type { ReportData } from '../data/load.ts';
import { count, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import { replayCommand } from './episodes.ts';
import { type Section, section, table } from './section.ts';

const MOST_SHOWN = 10;

export function failuresSection({ summary, failures, dir }: ReportData): Section | undefined {
  const { failed, requested } = summary.episodes;
  if (failed === 0) return undefined;
  const shown = summary.failures.slice(0, MOST_SHOWN);
  return section(
    'failures',
    'Failures',
    html`<p>${count(failed)} of ${count(requested)} episodes failed (${percent(failed / requested)}). They have no figures and are in none above.</p>`,
    table({
      caption: 'Failed episodes by code',
      head: ['Code', 'Episodes', 'Share', 'First episode'],
      rows: failures.map(({ code, count: n, firstEpisode }) => [
        html`<code>${code}</code>`,
        count(n),
        percent(n / requested),
        String(firstEpisode),
      ]),
      className: 'fit',
    }),
    boundsTable(summary.metrics.totalReturn),
    shown.length > 0 && html`<h3>${shown.length < failed ? `The first ${shown.length}` : 'Each of them'}</h3>`,
    shown.map(
      ({ episode, code, message }) =>
        html`<p class="note">Episode ${String(episode)}, <code>${code}</code>: ${message}</p><pre><code>${replayCommand(dir, episode)}</code></pre>
`,
    ),
  );
}

function boundsTable(metric: ReportData['summary']['metrics'][string] | undefined): Html | undefined {
  if (metric?.failuresAsWorst === undefined || metric.failuresAsBest === undefined) return undefined;
  const cells = ({ q05, q25, q50, q75, q95 }: Quantiles): string[] => [q05, q25, q50, q75, q95].map((x) => percent(x));
  return table({
    caption:
      'Quantiles of the total return if the failed episodes are left out, or had been the worst or the best of all',
    head: ['Failed episodes', '5 %', '25 %', '50 %', '75 %', '95 %'],
    rows: [
      ['left out', ...cells(metric)],
      ['as the worst', ...cells(metric.failuresAsWorst)],
      ['as the best', ...cells(metric.failuresAsBest)],
    ],
  });
}
