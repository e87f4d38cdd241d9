import type { FactComparison } from '@ergodic/calibration';
import { type Config, formatDuration } from '@ergodic/core';
import { renderDocument } from '../report/document.ts';
import { fan, isLogarithmic } from '../report/figures/fan.ts';
import { figure, INK } from '../report/figures/figure.ts';
import { count, number, percent, plural, range, type Show, span } from '../report/format.ts';
import { type Content, type Html, html } from '../report/html.ts';
import { section, table } from '../report/sections/section.ts';
import { marketInWords } from '../report/words.ts';
import type { Comparison } from './comparison.ts';
import { autocorrelations, quantiles } from './figures/beside.ts';
import { strips } from './figures/strips.ts';
import { verdictsInWords, verdictText } from './verdicts.ts';

export interface StylizedPage {
  readonly comparison: Comparison;
  readonly config: Config;
  readonly configName: string;
  readonly fileName: string;
  readonly symbol: string;
  readonly intervalMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly notices: readonly string[];
  readonly command: string;
}

/** A history beside simulated paths of its length: which of its properties the model has. */
export function renderStylizedPage(page: StylizedPage): string {
  const { comparison, config, symbol, fileName } = page;
  const { facts, returns, paths } = comparison;
  const market = config.markets[symbol]!;
  const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const header = html`<header>
<p class="eyebrow">ergodic stylized facts, ${page.configName}</p>
<h1>${symbol}: ${market.process} against ${fileName}</h1>
<p class="lead">${verdictsInWords(facts)}</p>
<dl class="facts">
<dt>Market</dt><dd>${marketInWords(market, config.calendar.daysPerYear)}</dd>
<dt>History</dt><dd>${fileName}: ${plural(returns, 'return')} of ${formatDuration(page.intervalMs)}, ${date(page.startMs)} to ${date(page.endMs)}</dd>
<dt>Paths</dt><dd>${count(paths)} of the same length (${span(returns * page.intervalMs)})</dd>
<dt>Seed</dt><dd><code>${config.seed}</code></dd>
${comparison.failed > 0 && html`<dt>Failed</dt><dd><span class="alarm">${plural(comparison.failed, 'path')}</span>, in no figure below</dd>`}
${page.notices.length > 0 && html`<dt>Notices</dt><dd>${page.notices.map((text) => html`<p>${text}</p>`)}</dd>`}
</dl>
</header>`;
  return renderDocument({
    title: `${symbol}: stylized facts against ${fileName}`,
    header,
    main: html`${factsSection(comparison)}
${dependenceSection(comparison)}
${quantileSection(comparison)}
${fanSection(comparison)}
${sourceSection(facts)}
${section('reproduce', 'Reproduce it', html`<pre><code>${page.command}</code></pre>`)}`,
    footer: `Made by ergodic from ${page.configName} and ${fileName}.`,
  });
}

/** Three digits are more than a fact is known by. */
function showOf({ fact }: FactComparison): Show {
  return fact.unit === 'percent' ? percent : (x) => number(x == null ? x : Number(x.toPrecision(3)));
}

function factsSection({ facts, paths, blockLength }: Comparison): Html {
  const rows = facts.map((one): Content[] => {
    const show = showOf(one);
    const { q025, q975 } = one.simulated;
    return [
      one.fact.label,
      show(one.real),
      one.interval === null ? '–' : range(one.interval, show),
      range([q025, q975], show),
      one.verdict === 'agrees' || one.verdict === 'not defined'
        ? verdictText(one)
        : html`<span class="alarm">${verdictText(one)}</span>`,
    ];
  });
  const drawn = facts.filter(({ verdict }) => verdict !== 'not defined');
  const alt = `Each fact of the history against the simulated band: ${drawn.map(({ fact, verdict }) => `${fact.label}: ${verdict}`).join('; ')}`;
  return section(
    'facts',
    'Fact by fact',
    drawn.some(({ simulated }) => simulated.q975! > simulated.q025!) &&
      figure(
        [strips(alt, drawn)],
        `The dot is the history, red where it lies outside of the band; the line through it its 95 % confidence interval, where a bootstrap gives one. The band holds the middle 95 % of ${plural(paths, 'path')}; the tick is their median. Both halves of a band are drawn equally wide.`,
      ),
    table({
      caption:
        'r: log return of one step. The history and the simulated paths. The verdict is on the paths: “too low” where the history lies above their middle 95 %',
      head: ['Fact', 'History', '95 % CI', '95 % of the paths', 'Verdict'],
      rows,
    }),
    html`<p class="note">${notesOn(facts, blockLength)}</p>`,
  );
}

function notesOn(facts: readonly FactComparison[], blockLength: number): string {
  const chance = Math.max(1, Math.round(0.05 * facts.length));
  const notes = [
    `The middle 95 % leave out one fact in twenty by chance: of ${count(facts.length)}, about ${count(chance)}, although facts are not independent of one another.`,
  ];
  if (Number.isFinite(blockLength)) {
    notes.push(
      `Confidence intervals are of a stationary bootstrap with blocks of ${count(blockLength)} returns on average; there are none for what resampling would break up: drawdowns, long memory, and lags that such blocks are too short for.`,
    );
  }
  if (facts.some(({ verdict }) => verdict === 'cannot tell')) {
    notes.push(
      '“Cannot tell”: the history lies outside of the band, but its confidence interval reaches into it and is more than three times as wide.',
    );
  }
  if (facts.some(({ isVague }) => isVague)) {
    notes.push(
      '“Vaguely”: the confidence interval of the history is more than three times as wide as the band, so other models would agree as well.',
    );
  }
  return notes.join(' ');
}

function dependenceSection({ autocorrelation, absoluteAutocorrelation, paths }: Comparison): Html | undefined {
  if (autocorrelation.length < 2 || absoluteAutocorrelation.length < 2) return undefined;
  const last = autocorrelation.at(-1)!.x;
  const alt = (what: string): string => `Autocorrelation of ${what} at lags 1 to ${last}: history and simulated band`;
  return section(
    'dependence',
    'Memory',
    figure(
      [
        autocorrelations(alt('returns'), 'autocorrelation of returns', autocorrelation),
        autocorrelations(alt('absolute returns'), 'autocorrelation of absolute returns', absoluteAutocorrelation),
      ],
      `Dots: the history. Band and line: the middle 95 % of ${plural(paths, 'path')}, and their median. Markets have next to no memory of direction, and a long one of size.`,
    ),
  );
}

function quantileSection({ quantiles: values, paths }: Comparison): Html | undefined {
  if (values.length < 3) return undefined;
  const last = values.at(-1)!;
  const alt = `Quantiles of simulated returns against those of the history; at ${percent(last.x)} the history has ${percent(last.real)}, the paths ${percent(last.middle)}`;
  return section(
    'quantiles',
    'Quantiles of returns',
    figure(
      [quantiles(alt, values)],
      `Each dot is one quantile, from ${percent(values[0]!.x)} to ${percent(last.x)}: in the history (across) and in the median of ${plural(paths, 'path')} (up), with the middle 95 % of them. On the dashed line both are equal; where dots are flatter than the line, simulated tails are too thin.`,
    ),
  );
}

function fanSection({ fan: points, history, paths }: Comparison): Html | undefined {
  const last = points.at(-1);
  if (last === undefined || points.length < 2) return undefined;
  const end = history.at(-1)!.value;
  const alt = `Prices relative to the first, over ${span(last.timeMs)}: at the end the history has ${number(end)}, the paths 5 % ${number(last.q05)}, median ${number(last.q50)}, 95 % ${number(last.q95)}`;
  return section(
    'fan',
    'Prices',
    figure(
      [fan(alt, points, 1, [{ points: history, stroke: INK, width: 1.2 }])],
      [
        `The history (dark line) over ${plural(paths, 'path')}: median, middle half and nine tenths. Prices are relative to the first.`,
        isLogarithmic(points) && history.every(({ value }) => value > 0) && ' The axis is logarithmic.',
      ],
    ),
  );
}

function sourceSection(facts: readonly FactComparison[]): Html {
  const bySource = new Map<string, string[]>();
  for (const { fact } of facts) bySource.set(fact.source, [...(bySource.get(fact.source) ?? []), fact.label]);
  return section(
    'sources',
    'Sources',
    [...bySource].map(([source, labels]) => html`<p class="note">${labels.join('; ')}: ${source}.</p>`),
  );
}
