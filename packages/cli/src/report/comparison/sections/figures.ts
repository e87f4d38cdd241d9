import type { Estimate } from '@ergodic/statistics';
import { columnInWords } from '../../../compare/columns.ts';
import { dominanceInWords } from '../../../compare/dominance.ts';
import { hasInterval, rangeText, share, signedText, valueText } from '../../../compare/estimates.ts';
import { type FigureRow, metricRows, ruinRow } from '../../../compare/rows.ts';
import { pairingInWords, tailInWords, verdictInWords } from '../../../compare/words.ts';
import { NOTHING, percent, plural, type Show } from '../../format.ts';
import { type Content, type Html, html } from '../../html.ts';
import { table } from '../../sections/section.ts';
import type { PairData } from '../load.ts';
import { lettersOf, type Part, part } from './part.ts';

/** Both runs in figures, and what the tests say. */
export function figuresPart(pair: PairData): Part {
  const { comparison, candidate } = pair;
  const metric = candidate.metrics[0]!;
  const [a, b] = lettersOf(pair);
  const isOne = comparison.candidates.length === 1;
  const spoken = { comparison, candidate, metric };
  const rows = [...metricRows(metric), ruinRow(candidate)];
  const name = columnInWords(metric.column);
  return part(
    'figures',
    'The difference in figures',
    !isOne && html`<p>${verdictInWords(spoken)} ${tailInWords(spoken)}</p>`,
    metric.n[0] > 0 &&
      figureTable(`${name.slice(0, 1).toUpperCase()}${name.slice(1)} of ${plural(metric.n[0], 'path')}`, rows, [a, b]),
    metric.n[0] > 1 && metric.verdict !== 'identical' && tests(pair),
  );
}

export function figureTable(
  caption: string,
  rows: readonly FigureRow[],
  [a, b]: readonly [string, string],
  className = 'compared',
): Html {
  // The difference stands first: on a phone the rest is a scroll away.
  return table({
    caption: `${caption}, with 95 % confidence intervals`,
    head: ['Figure', `${b} − ${a}`, '95 % CI', a, '95 % CI', b, '95 % CI'],
    rows: rows.map(({ name, show, figure }) => [
      name,
      html`<strong>${signedText(figure.difference, show)}</strong>`,
      interval(figure.difference, show),
      ...[figure.a, figure.b].flatMap((one) => [valueText(one, show), interval(one, show)]),
    ]),
    className,
  });
}

function interval(estimate: Estimate, show: Show): string {
  return hasInterval(estimate) ? rangeText(estimate, show) : NOTHING;
}

function tests(pair: PairData): Html {
  const metric = pair.candidate.metrics[0]!;
  const letters = lettersOf(pair);
  const [a, b] = letters;
  const { medianOfDifferences, improvement, improvementBounds, firstOrder, secondOrder } = metric;
  const bounds =
    improvementBounds !== undefined &&
    `; ${percent(improvementBounds.against)} had all failed pairs gone against ${b}, ${percent(improvementBounds.for)} had they gone for it`;
  return html`<dl class="facts">
${fact('Same path', `median of ${b} − ${a} on one path: ${signedText(medianOfDifferences, percent)} (95 % CI ${rangeText(medianOfDifferences, percent)})`)}
${fact('Improvement', [`${b} does better than ${a} on ${valueText(improvement, share)} of the paths (95 % CI ${rangeText(improvement, share)}), ties counting half`, bounds])}
${firstOrder !== undefined && fact('Dominance, first order', dominanceInWords(firstOrder, metric, letters))}
${secondOrder !== undefined && fact('Dominance, second order', dominanceInWords(secondOrder, metric, letters))}
${fact('Pairing', pairingInWords(metric))}
</dl>`;
}

function fact(name: string, value: Content): Html {
  return html`<dt>${name}</dt><dd>${value}</dd>
`;
}
