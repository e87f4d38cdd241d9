import type { CandidateComparison, MetricComparison, RunComparison } from '@ergodic/analysis';
import { typed } from '../runs.ts';
import { columnInWords } from './columns.ts';
import { hasInterval, rangeText, share, signedText, valueText } from './estimates.ts';
import { changesInWords, modelInWords } from './market.ts';
import { attributionRows, type FigureRow, metricRows, ruinRow } from './rows.ts';
import { pairingInWords, pInWords, remarksInWords, tailInWords, verdictInWords } from './words.ts';

/** A comparison for a pull request: verdict and a table, with the rest folded away. */
export function comparisonMarkdown(comparison: RunComparison): string {
  const { baseline, candidates, correction } = comparison;
  const blocks = candidates.map((candidate) => candidateMarkdown(comparison, candidate));
  const notes = [
    comparison.isPaired
      ? `Paired on common random numbers, market key \`${baseline.manifest.marketKey.slice(0, 12)}\`.`
      : 'Unpaired: the episodes count as independent.',
    'In brackets: 95 % confidence intervals.',
    ...(correction === undefined
      ? []
      : [`Verdicts are corrected for ${correction.comparisons} comparisons (${correction.method}).`]),
    `Under the market model ${escaped(modelInWords(baseline.manifest))}.`,
  ];
  return `${[...blocks, `<sub>${notes.join(' ')}</sub>`].join('\n\n')}\n`;
}

function candidateMarkdown(comparison: RunComparison, candidate: CandidateComparison): string {
  const { baseline } = comparison;
  const { run, metrics, attribution } = candidate;
  const titles = `\`${typed(run.dir)}\` (${run.label}) against \`${typed(baseline.dir)}\` (${baseline.label})`;
  const spoken = { comparison, candidate, metric: metrics[0]! };
  const verdict = [verdictInWords(spoken), tailInWords(spoken)].filter((text) => text !== undefined).join(' ');
  const parts = [
    `### ${titles}`,
    `**${escaped(verdict)}**`,
    `Changed: ${escaped(changesInWords(candidate))}.`,
    ...metrics.map((metric) => metricTable(comparison, candidate, metric)),
    ...remarksInWords({ comparison, candidate }).map(escaped),
  ];
  if (attribution !== undefined && attribution[0]!.difference.n > 0) {
    const rows = attributionRows(candidate);
    const body = tableOf('mean, quote currency', rows, baseline.label, run.label);
    parts.push(`<details><summary>Where the difference comes from</summary>\n\n${body}\n\n</details>`);
  }
  return parts.join('\n\n');
}

function metricTable(
  { baseline, isPaired }: RunComparison,
  candidate: CandidateComparison,
  metric: MetricComparison,
): string {
  const isFirst = metric === candidate.metrics[0];
  const rows = [...metricRows(metric), ...(isFirst ? [ruinRow(candidate)] : [])];
  const { improvement } = metric;
  const chance =
    Math.min(...metric.n) === 0
      ? ''
      : `${candidate.run.label} ${metric.better === 'none' ? 'has more' : 'does better'} in ${valueText(improvement, share)} (${rangeText(improvement, share)}); `;
  const pairing = isPaired && metric.n[0] > 1 ? `; ${pairingInWords(metric)}` : '';
  return `${tableOf(columnInWords(metric.column), rows, baseline.label, candidate.run.label)}\n\n${chance}${pInWords(metric.adjustedPValue).replace('<', '&lt;')}${pairing}.`;
}

function tableOf(title: string, rows: readonly FigureRow[], a: string, b: string): string {
  const body = rows.map(({ name, show, figure }) => {
    const interval = hasInterval(figure.difference) ? ` (${rangeText(figure.difference, show)})` : '';
    return `| ${name} | ${valueText(figure.a, show)} | ${valueText(figure.b, show)} | ${signedText(figure.difference, show)}${interval} |`;
  });
  return [`| ${title} | ${a} | ${b} | ${b} − ${a} |`, '| --- | ---: | ---: | ---: |', ...body].join('\n');
}

/** What Markdown would read as markup. */
function escaped(text: string): string {
  return text.replaceAll(/[*_<>|`[\]\\]/g, (character) => `\\${character}`);
}
