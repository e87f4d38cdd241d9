import type { ComparedRun, RunComparison } from '@ergodic/analysis';
import { changesInWords, strategyInWords } from '../../../compare/market.ts';
import { overallInWords } from '../../../compare/summary.ts';
import { remarksInWords, tailInWords, verdictInWords } from '../../../compare/words.ts';
import { plural, span } from '../../format.ts';
import { type Content, type Html, html } from '../../html.ts';
import { marketInWords } from '../../words.ts';

export function comparisonTitle({ baseline, candidates }: RunComparison): string {
  const others = candidates.length === 1 ? nameOf(candidates[0]!.run) : plural(candidates.length, 'run');
  return `${others} against ${nameOf(baseline)}`;
}

/** The verdict, what it holds for, and what the letters stand for. */
export function comparisonHeader(comparison: RunComparison): Html {
  const { baseline, candidates } = comparison;
  const { config, layout, seed } = baseline.manifest;
  const steps = layout.fanSteps.at(-1) ?? 0;
  const spoken = { comparison, candidate: candidates[0]!, metric: candidates[0]!.metrics[0]! };
  const isOne = candidates.length === 1;
  const tail = isOne ? tailInWords(spoken) : undefined;
  const remarks = candidates.flatMap((candidate) => remarksInWords({ comparison, candidate }));
  const markets = Object.entries(config.markets).map(
    ([symbol, market]) => html`<p>${symbol}: ${marketInWords(market, config.calendar.daysPerYear)}</p>`,
  );
  const lasting = steps > 0 && `, ${span(steps * layout.intervalMs)}`;
  return html`<header>
<p class="eyebrow">ergodic comparison on common random numbers</p>
<h1>${comparisonTitle(comparison)}</h1>
<p class="lead">${isOne ? verdictInWords(spoken) : overallInWords(comparison)}</p>
${tail !== undefined && html`<p class="lead">${tail}</p>`}
${[...new Set(remarks)].map((remark) => html`<p>${remark}</p>`)}
<p class="note">All this holds under the market model named here. Another market may reverse it.</p>
<dl class="facts">
${fact(`${baseline.label}, baseline`, runText(baseline, strategyInWords(baseline.manifest)))}
${candidates.map((candidate) => fact(candidate.run.label, runText(candidate.run, changesInWords(candidate))))}
${fact(markets.length === 1 ? 'Market' : 'Markets', markets)}
${fact('Paths', `the same in all runs: ${plural(steps, 'step')} each${lasting === false ? '' : lasting}`)}
${fact('Seed', html`<code>${seed}</code>`)}
</dl>
</header>`;
}

function runText({ dir }: ComparedRun, text: string): Content {
  return html`<p><code>${dir}</code></p><p>${text}</p>`;
}

function nameOf({ summary }: ComparedRun): string {
  return summary.id;
}

function fact(name: string, value: Content): Html {
  return html`<dt>${name}</dt><dd>${value}</dd>
`;
}
