import { GROWTH } from '../data/headline.ts';
import type { ReportData } from '../data/load.ts';
import { percent, ratio } from '../format.ts';
import { headlineRows } from '../headline-rows.ts';
import { html } from '../html.ts';
import { headlineItem } from './headline.ts';
import { type Section, section } from './section.ts';

/** Growth of one account against that of the mean over all: why the mean is not what a trader gets. */
export function growthSection(data: ReportData): Section | undefined {
  const { estimates, hasChances } = data;
  const [time, ensemble] = ['timeAverageGrowth', 'ensembleAverageGrowth'].map(
    (text) => estimates.get(text)?.value ?? Number.NaN,
  ) as [number, number];
  if (!hasChances || Number.isNaN(time)) return undefined;
  const rows = headlineRows(data).filter(({ figure }) => GROWTH.includes(figure.text));
  return section(
    'growth',
    'Growth of one account',
    html`<p>An account that goes through episode after episode and reinvests ${grows(time)} a year; the mean over all episodes ${grows(ensemble)}. The difference is what the mean owes to a few episodes that gained much, and what no single account gets: the ergodicity gap. ${kellyInWords(data)}</p>
<dl class="figures four">
${rows.map((row) => headlineItem(row, data))}
</dl>
<p class="note">The figures are logarithms, so that they add up: episodes are put one after the other. A ruined episode counts as one that kept a ten-thousandth of its equity. Where episodes are short, a year is far away and intervals are wide.</p>`,
  );
}

/** A log rate as what becomes of an account in a year. */
function grows(rate: number): string {
  const change = Math.expm1(rate);
  return change < 0 ? `shrinks by ${percent(-change)}` : `grows by ${percent(change)}`;
}

function kellyInWords({ estimates }: ReportData): string {
  const kelly = estimates.get('kellyFraction')?.value ?? Number.NaN;
  if (Number.isNaN(kelly)) return 'No episode lost, so any larger size would have grown faster (Kelly).';
  if (kelly === 0) return 'At no size would it have grown: the mean return is not above zero (Kelly fraction 0).';
  return `If returns scale with size, ${ratio(kelly)} times this size would have grown fastest (Kelly fraction).`;
}
