import { attributionRows } from '../../../compare/rows.ts';
import { meanBars } from '../../figures/bars.ts';
import { figure } from '../../figures/figure.ts';
import { number } from '../../format.ts';
import { html } from '../../html.ts';
import type { PairData } from '../load.ts';
import { figureTable } from './figures.ts';
import { lettersOf, type Part, part } from './part.ts';

const MEANING =
  'The parts add up to the change of equity. Market exposure is the average position times the change of the price. Timing is the rest: when positions were larger than on average and when smaller.';

/** The mean difference, split into parts that add up to it. */
export function attributionPart(pair: PairData): Part | undefined {
  const { attribution } = pair.candidate;
  const [id, title] = ['attribution', 'Where the difference comes from'];
  if (attribution === undefined) {
    return part(id, title, html`<p>It is not known: a run was made before episodes told it. Run it again.</p>`);
  }
  if (attribution[0]!.difference.n === 0) return undefined;
  const [a, b] = lettersOf(pair);
  const bars = attribution
    .filter(({ difference: { value, low, high } }) => value !== 0 || low < 0 || high > 0)
    .map(({ part, difference: { value, low, high } }) => ({ name: part, mean: value, low, high }));
  const alt = `Mean of ${b} less ${a} by source, quote currency: ${bars.map(({ name, mean }) => `${name} ${number(mean)}`).join(', ')}`;
  const hasBars = bars.length > 1 && bars.every(({ low }) => Number.isFinite(low));
  return part(
    id,
    title,
    hasBars &&
      figure(
        [meanBars(alt, bars, { label: `mean of ${b} − ${a}, quote currency`, show: number })],
        'The line through the end of a bar is the 95 % confidence interval of the mean. The last bar is the sum of the others; a cost that falls counts as a gain.',
      ),
    figureTable('Mean of an episode, quote currency', attributionRows(pair.candidate), [a, b], 'compared sum'),
    html`<p class="note">${MEANING}</p>`,
  );
}
