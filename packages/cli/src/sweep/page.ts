import { join } from 'node:path';
import type { PlainEstimate, SweepManifest, SweepSummary, TrialResult } from '@ergodic/analysis';
import { formatPath } from '@ergodic/core';
import { count } from '../format.ts';
import { writePage } from '../pictures/write-page.ts';
import { renderDocument } from '../report/document.ts';
import { figure } from '../report/figures/figure.ts';
import { type Content, type Html, html } from '../report/html.ts';
import { section, table } from '../report/sections/section.ts';
import { strategyName } from '../report/words.ts';
import { formatOf } from '../summary.ts';
import { response } from './figures/response.ts';
import { surface } from './figures/surface.ts';
import { historyLines } from './history.ts';
import { byRank, commandOfTrial, modelInWords, shortValue } from './words.ts';

/** Rows of the table; the JSON has all. */
const MOST_ROWS = 200;
/** Beyond so many cells a side nobody sees one. */
const MOST_CELLS = 80;

/** Writes `sweep.html` into the directory of a completed sweep: one file that loads nothing. Resolves with its path. */
export async function writeSweepPage(summary: SweepSummary, manifest: SweepManifest): Promise<string> {
  const file = join(summary.dir, 'sweep.html');
  await writePage(file, renderSweepPage(summary, manifest));
  return file;
}

export function renderSweepPage(summary: SweepSummary, manifest: SweepManifest): string {
  const { id, metric, trials, selection, seed, episodes, benchmark } = summary;
  const { config } = manifest;
  const header = html`<header>
<p class="eyebrow">ergodic sweep ${id}</p>
<h1>${count(trials.length)} rules of ${strategyName(config)}</h1>
<p class="lead">${tight(selection.sentence)}</p>
<dl class="facts">
<dt>Market</dt><dd>${modelInWords(manifest)}</dd>
<dt>Metric</dt><dd>mean of ${metric} over ${count(episodes)} ${episodes === 1 ? 'episode' : 'episodes'}, the same paths for all</dd>
<dt>Benchmark</dt><dd>${benchmark.metric === null ? 'doing nothing' : html`the config as it stands: ${estimate(benchmark.metric, metric)}`}</dd>
<dt>Parameters</dt><dd>${manifest.parameters.map(({ label }) => html`<p><code>${label}</code></p>`)}</dd>
<dt>Seed</dt><dd><code>${seed}</code></dd>
</dl>
</header>`;
  return renderDocument({
    title: `Sweep ${id}`,
    header,
    main: html`${bestSection(summary, manifest)}
${pictureSection(summary, manifest)}
${trialSection(summary, manifest)}
${methodSection(summary)}`,
    footer: `Made by ergodic. Every figure holds under the market model named above.`,
  });
}

function estimate({ value, low, high }: PlainEstimate, metric: string): string {
  const format = formatOf(metric);
  return tight(low === null ? format(value) : `${format(value)} (95 % CI ${format(low)} to ${format(high)})`);
}

/** A number keeps its sign of per cent on the line. */
function tight(text: string): string {
  return text.replaceAll(' %', '\u202f%');
}

function bestSection(summary: SweepSummary, manifest: SweepManifest): Html | undefined {
  const { selection, trials, metric, fresh, history, episodes } = summary;
  if (selection.best === null) return undefined;
  const best = trials[selection.best - 1]!;
  const values = Object.entries(best.values).map(([name, value]) => `${name} ${shortValue(value)}`);
  const lines = [`${values.join(', ')}: ${metric} ${estimate(best.metric, metric)}.`];
  if (best.bound !== null) {
    const least = summary.direction === 'maximize' ? 'at least' : 'at most';
    const all = `for all ${count(selection.compared)} rules at once`;
    lines.push(`Its difference to the benchmark is ${least} ${formatOf(metric)(best.bound)} (95 %, ${all}).`);
  }
  if (fresh !== null) {
    const paths = `On ${count(episodes)} paths that no rule has seen (seed ${fresh.seed})`;
    const difference =
      manifest.benchmark === 'zero' ? '' : `; difference to the benchmark ${estimate(fresh.difference, metric)}`;
    lines.push(`${paths}: ${metric} ${estimate(fresh.metric, metric)}${difference}.`);
  }
  const told =
    history === null ? [] : historyLines(history.verdict, history.overfitting).map((line) => line.slice(11).trim());
  const command = commandOfTrial(selection.best, manifest);
  return section(
    'best',
    `The best: trial ${selection.best}`,
    lines.map((line) => html`<p>${tight(line)}</p>`),
    told.length > 0 && html`<p>${tight(told.join(' '))}.</p>`,
    html`<pre><code>${command}</code></pre>`,
  );
}

function pictureSection(summary: SweepSummary, manifest: SweepManifest): Html | undefined {
  const known = summary.trials.filter(({ difference }) => difference.value !== null);
  if (known.length < 2) return undefined;
  const drawn = surfaceOf(known, summary, manifest) ?? responses(known, summary, manifest);
  return drawn && section('surface', 'Where the gain is', drawn);
}

/** Two parameters of few values each. */
function surfaceOf(
  trials: readonly TrialResult[],
  summary: SweepSummary,
  { parameters }: SweepManifest,
): Html | undefined {
  if (parameters.length !== 2 || parameters.some(({ values }) => values.kind === 'interval')) return undefined;
  const [yName, xName] = parameters.map(({ path }) => formatPath(path)) as [string, string];
  const axis = (name: string): string[] => {
    const values = [...new Set(trials.map((trial) => trial.values[name]))];
    const isNumeric = values.every((value) => typeof value === 'number');
    return (isNumeric ? (values as number[]).sort((a, b) => a - b) : values).map(shortValue);
  };
  const [xs, ys] = [axis(xName), axis(yName)];
  if (Math.max(xs.length, ys.length) > MOST_CELLS || Math.min(xs.length, ys.length) < 2) return undefined;
  const sign = summary.direction === 'maximize' ? 1 : -1;
  const points = trials.map(({ values, difference, verdict }) => ({
    ...{ x: shortValue(values[xName]), y: shortValue(values[yName]) },
    ...{ gain: sign * difference.value!, isBetter: verdict === 'better' },
  }));
  const format = formatOf(summary.metric);
  const gains = points.map(({ gain }) => gain);
  const alt = `Gain of each of ${count(points.length)} rules over the benchmark, from ${format(Math.min(...gains))} to ${format(Math.max(...gains))}`;
  const framed = points.some(({ isBetter }) => isBetter) ? ' Framed: declared better.' : ' None is declared better.';
  const caption = `Coloured: better than the benchmark on these paths, by up to ${format(Math.max(0, ...gains))}; grey: worse.${framed}`;
  return figure([surface(alt, points, { x: xName, y: yName, xs, ys: ys.reverse() })], caption);
}

/** One panel for each parameter that has numbers. */
function responses(
  trials: readonly TrialResult[],
  { metric }: SweepSummary,
  { parameters }: SweepManifest,
): Html | undefined {
  const format = formatOf(metric);
  const panels = parameters.flatMap(({ path, values }) => {
    const name = formatPath(path);
    const points = trials.flatMap(({ values: of, difference, verdict }) => {
      const x = of[name];
      if (typeof x !== 'number') return [];
      const { value, low, high } = difference;
      return [{ x, value: value!, low: low ?? value!, high: high ?? value!, isBetter: verdict === 'better' }];
    });
    if (points.length < 2) return [];
    const alt = `Difference of ${metric} to the benchmark over ${name}, ${count(points.length)} rules`;
    const isLog = values.kind === 'interval' && values.isLog;
    return [response(alt, points, { x: name, isLog, show: (value) => format(value) })];
  });
  if (panels.length === 0) return undefined;
  return figure(
    panels,
    'Each dot is a rule; coloured ones are declared better. Lines are the interval of one rule alone.',
  );
}

function trialSection(
  { trials, metric, direction, refused }: SweepSummary,
  { parameters, isOneHistory }: SweepManifest,
): Html {
  const format = formatOf(metric);
  const shown = byRank(trials, direction).slice(0, MOST_ROWS);
  const names = parameters.map(({ path }) => formatPath(path));
  const judged = isOneHistory ? [] : ['Bound', 'Adjusted p', 'Verdict'];
  const head = ['Trial', ...names, metric, ...(isOneHistory ? [] : ['95 % CI']), 'Difference', ...judged];
  const rows = shown.map(
    ({ trial, values, metric: { value, low, high }, difference, bound, pValue, verdict }): Content[] => [
      count(trial),
      ...names.map((name) => shortValue(values[name])),
      format(value),
      ...(isOneHistory ? [] : [`${format(low)} to ${format(high)}`]),
      format(difference.value),
      ...(isOneHistory ? [] : [format(bound), pValue === null ? '–' : pValue.toFixed(3), verdict]),
    ],
  );
  const part =
    trials.length > shown.length
      ? `The best ${shown.length} of ${count(trials.length)} rules`
      : 'All rules, the best first';
  const skipped = refused.count === 0 ? '' : `; ${count(refused.count)} combinations could not be run`;
  return section(
    'trials',
    'Rules',
    table({ caption: `${part}${skipped}`, head, rows, text: [head.indexOf('Verdict')] }),
  );
}

function methodSection({ selection, history }: SweepSummary): Html {
  const error = `${100 * selection.tail} % error for all rules together`;
  const corrected = `The difference to the benchmark is taken path by path. Bound, adjusted p and verdict are corrected for the choice among all rules: ${error}. The 95 % interval is that of one rule alone.`;
  return section('method', 'How it is judged', html`<p>${selection.method}. ${history === null ? corrected : ''}</p>`);
}
