import { figure } from '../../figures/figure.ts';
import { histogram } from '../../figures/histogram.ts';
import { count, percent, plural } from '../../format.ts';
import { html } from '../../html.ts';
import type { PairData } from '../load.ts';
import { lettersOf, type Part, part } from './part.ts';

/** How far the runs are apart on one path. */
export function spreadPart(pair: PairData): Part | undefined {
  const { differences, candidate, concentration } = pair;
  const { mean, medianOfDifferences, verdict } = candidate.metrics[0]!;
  const [a, b] = lettersOf(pair);
  const [id, title] = ['differences', 'Path by path'];
  if (differences.n === 0) return undefined;
  if (differences.bins.length === 0) {
    const what =
      verdict === 'identical'
        ? `no total return differs`
        : `all total returns differ by ${percent(mean.difference.value)}`;
    return part(id, title, html`<p>On ${plural(differences.n, 'path')} ${what}. There is no distribution to draw.</p>`);
  }
  const marks = [
    { label: 'median', value: medianOfDifferences.value },
    { label: 'mean', value: mean.difference.value },
  ].sort((x, y) => x.value - y.value);
  const better = pair.candidate.metrics[0]!.improvement.value;
  const alt = `Histogram of the total return of ${b} less that of ${a} on ${plural(differences.n, 'path')}: ${marks.map(({ label, value }) => `${label} ${percent(value)}`).join(', ')}; ${b} does better on ${percent(better)}`;
  const beyond = [
    differences.below > 0 && `${count(differences.below)} to the left`,
    differences.above > 0 && `${count(differences.above)} to the right`,
  ].filter((text) => text !== false);
  return part(
    id,
    title,
    figure(
      [histogram(alt, `total return of ${b} less that of ${a}, same path`, differences, marks)],
      [
        `Share of ${plural(differences.n, 'path')} by what ${b} gained over ${a}; those on which it did worse are grey.`,
        beyond.length > 0 && ` Beyond the axis lie ${beyond.join(' and ')}.`,
        Number.isFinite(concentration) &&
          ` Half of all that the runs differ by comes from ${percent(concentration)} of the paths.`,
      ],
    ),
  );
}
