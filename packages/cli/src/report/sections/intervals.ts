import type { Estimate } from '@ergodic/statistics';
import type { ReportData } from '../data/load.ts';
import { headlineRows } from '../headline-rows.ts';
import { type Html, html } from '../html.ts';

/** How each interval of the page was made, by method. */
export function intervalNote(data: ReportData): Html {
  const named = headlineRows(data).map(({ figure, estimate }): [string, Estimate] => [figure.title, estimate]);
  const titles = new Map<string, string[]>();
  for (const [title, { method, low, high }] of [...named, ['Costs, mean', data.money.costs] as const]) {
    if (Number.isNaN(low) && Number.isNaN(high)) continue;
    titles.set(method, [...(titles.get(method) ?? []), title]);
  }
  const { antithetic } = data.manifest.config;
  return html`<details class="method"><summary>How the intervals are made</summary>
<p>Of many ensembles like this one, nineteen in twenty would give an interval that holds the true value under the market model. The intervals know of
chance alone, not of a market that behaves otherwise than the model. Worst, deepest and longest are observed: more episodes give more extreme ones, so they have
no interval.${antithetic && ' Antithetic episodes count by their pairs.'}</p>
<dl class="facts">
${[...titles].map(
  ([
    method,
    figures,
  ]) => html`<dt>${method.slice(0, 1).toUpperCase()}${method.slice(1)}</dt><dd>${figures.join('; ')}</dd>
`,
)}</dl></details>`;
}
