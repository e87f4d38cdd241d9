import { rangeText, share, signedText } from '../../../compare/estimates.ts';
import { pInWords } from '../../../compare/words.ts';
import { percent } from '../../format.ts';
import { html } from '../../html.ts';
import { type Section, section, table } from '../../sections/section.ts';
import type { ComparisonPage } from '../load.ts';

/** All runs beside one another; undefined where there is but one. */
export function overviewSection({ comparison }: ComparisonPage): Section | undefined {
  const { candidates, correction, baseline } = comparison;
  if (correction === undefined) return undefined;
  const rows = candidates.map(({ run, metrics }) => {
    const { mean, improvement, adjustedPValue, verdict } = metrics[0]!;
    return [
      `${run.label}, ${run.summary.id}`,
      verdict,
      signedText(mean.difference, percent),
      rangeText(mean.difference, percent),
      share(improvement.value),
      pInWords(adjustedPValue),
    ];
  });
  return section(
    'overview',
    'All runs',
    table({
      caption: `Mean total return less that of ${baseline.label}; verdicts and p are corrected for ${correction.comparisons} comparisons, each interval stands alone`,
      head: ['Run', 'Verdict', 'Difference', '95 % CI', 'Does better on', 'p'],
      rows,
    }),
    html`<p class="note">Correction: ${correction.method}.</p>`,
  );
}
