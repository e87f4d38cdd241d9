import type { CandidateComparison, MetricComparison, RunComparison } from '@ergodic/analysis';
import { table } from '../format.ts';
import { colorsFor } from '../output.ts';
import { percent } from '../report/format.ts';
import { typed } from '../runs.ts';
import { columnInWords, showColumn } from './columns.ts';
import { dominanceInWords } from './dominance.ts';
import { hasInterval, rangeText, share, signedText, valueText } from './estimates.ts';
import { figureTable } from './figure-table.ts';
import { changesInWords, marketsApart, modelInWords, strategyInWords } from './market.ts';
import { attributionRows, metricRows, ruinRow } from './rows.ts';
import { overallInWords } from './summary.ts';
import { labelled, plain, wrapped } from './text.ts';
import { pairingInWords, pInWords, remarksInWords, tailInWords, verdictInWords } from './words.ts';

const FACT_WIDTH = 25;

/** A comparison for a person, at most 100 columns wide: the verdict first, then what it rests on. */
export function renderComparison(comparison: RunComparison): string {
  const { bold } = colorsFor(process.stdout);
  const { baseline, candidates, isPaired } = comparison;
  const isOne = candidates.length === 1;
  const lines = [
    '',
    ...(isOne ? verdictLines(comparison, candidates[0]!) : wrapped(overallInWords(comparison)).map(bold)),
  ];
  lines.push(...scope(comparison), '', ...legend(comparison), '');
  if (comparison.correction !== undefined) lines.push(...overview(comparison), '');
  for (const candidate of candidates) {
    if (!isOne) lines.push(...verdictLines(comparison, candidate), '');
    lines.push(...candidateBlock(comparison, candidate));
  }
  const runs = [baseline, ...candidates.map(({ run }) => run)].map(({ dir }) => typed(dir));
  if (isPaired) lines.push(bold('Next'), `  ergodic report ${runs.join(' ')}   a page with pictures`);
  return `${plain(lines.join('\n')).trimEnd()}\n`;
}

/** The verdict of the first metric, and what the worst episodes say against it. */
function verdictLines(comparison: RunComparison, candidate: CandidateComparison): string[] {
  const { bold } = colorsFor(process.stdout);
  const spoken = { comparison, candidate, metric: candidate.metrics[0]! };
  return [verdictInWords(spoken), tailInWords(spoken)].flatMap((text) =>
    text === undefined ? [] : wrapped(text).map(bold),
  );
}

/** What the verdict holds for. */
function scope(comparison: RunComparison): string[] {
  const { dim } = colorsFor(process.stdout);
  const model = `All this holds under the market model ${modelInWords(comparison.baseline.manifest)}. Another market may reverse it.`;
  const apart = comparison.isPaired
    ? []
    : [
        'Unpaired: the episodes count as independent, and chance weighs in full on both runs. Pairs on the same paths would cancel most of it.',
      ];
  return [model, ...apart, ...marketsApart(comparison)].flatMap((text) => wrapped(text).map(dim));
}

/** What the letters stand for. */
function legend({ baseline, candidates }: RunComparison): string[] {
  const { bold } = colorsFor(process.stdout);
  const runs = [baseline, ...candidates.map(({ run }) => run)];
  const width = Math.max(...runs.map(({ dir }) => typed(dir).length));
  return runs.flatMap(({ label, dir }, i) => {
    const text = i === 0 ? strategyInWords(baseline.manifest) : changesInWords(candidates[i - 1]!);
    return labelled(`${bold(label)}  ${typed(dir).padEnd(width)}  `, label.length + width + 4, text);
  });
}

/** One row a comparison: what stands first where there are several. */
function overview({ candidates, correction, baseline }: RunComparison): string[] {
  const { dim } = colorsFor(process.stdout);
  const rows = candidates.flatMap(({ run, metrics }) =>
    metrics.map(({ column, mean: { difference }, improvement, adjustedPValue, verdict }) => [
      run.label,
      columnInWords(column),
      signedText(difference, showColumn(column)),
      rangeText(difference, showColumn(column)),
      percent(improvement.value),
      pInWords(adjustedPValue),
      verdict,
    ]),
  );
  const header = ['', 'mean of', `− ${baseline.label}`, '95 % CI', 'does better', 'corrected', 'verdict'];
  const [first, ...rest] = table([header, ...rows], [2, 3, 4]);
  const note = `Verdicts and p are corrected for ${correction!.comparisons} comparisons: ${correction!.method}. Each interval stands alone.`;
  return [dim(first!), ...rest, ...wrapped(note).map(dim)];
}

function candidateBlock(comparison: RunComparison, candidate: CandidateComparison): string[] {
  const labels = [comparison.baseline.label, candidate.run.label] as const;
  const [first, ...others] = candidate.metrics;
  const lines = metricBlock(comparison, candidate, first!);
  for (const metric of others) {
    lines.push(
      ...wrapped(verdictInWords({ comparison, candidate, metric })),
      '',
      ...metricBlock(comparison, candidate, metric),
    );
  }
  const remarks = remarksInWords({ comparison, candidate }).flatMap((remark) => wrapped(remark));
  if (remarks.length > 0) lines.push(...remarks, '');
  return [...lines, ...attributionBlock(candidate, labels)];
}

function metricBlock(comparison: RunComparison, candidate: CandidateComparison, metric: MetricComparison): string[] {
  if (Math.min(...metric.n) === 0) return [];
  const labels = [comparison.baseline.label, candidate.run.label] as const;
  const rows = [...metricRows(metric), ...(metric === candidate.metrics[0] ? [ruinRow(candidate)] : [])];
  const { firstOrder, secondOrder, n } = metric;
  const facts =
    metric.verdict === 'identical'
      ? []
      : [
          ...(comparison.isPaired ? [['Same path', samePath(metric, labels)] as const] : []),
          ...improvementFacts(metric, labels, comparison.isPaired),
          ...(firstOrder === undefined
            ? []
            : [['Dominance, first order', dominanceInWords(firstOrder, metric, labels)] as const]),
          ...(secondOrder === undefined
            ? []
            : [['Dominance, second order', dominanceInWords(secondOrder, metric, labels)] as const]),
          ...(comparison.isPaired && n[0] > 1 ? [['Pairing', pairingInWords(metric)] as const] : []),
        ];
  return [
    ...figureTable(columnInWords(metric.column), rows, labels),
    '',
    ...facts.flatMap(([name, text]) => labelled(`${name}  `.padEnd(FACT_WIDTH), FACT_WIDTH, text)),
    ...(facts.length === 0 ? [] : ['']),
  ];
}

function samePath({ column, medianOfDifferences }: MetricComparison, [a, b]: readonly [string, string]): string {
  const show = showColumn(column);
  const interval = hasInterval(medianOfDifferences) ? ` (95 % CI ${rangeText(medianOfDifferences, show)})` : '';
  return `median of ${b} − ${a} on one path: ${signedText(medianOfDifferences, show)}${interval}`;
}

function improvementFacts(
  { better, improvement, improvementBounds }: MetricComparison,
  [a, b]: readonly [string, string],
  isPaired: boolean,
): (readonly [string, string])[] {
  const interval = hasInterval(improvement) ? ` (95 % CI ${rangeText(improvement, share)})` : '';
  const where = isPaired ? ' of the paths' : ' of the pairs of any two episodes';
  const fact = [
    `${b} ${better === 'none' ? 'has more' : 'does better'} than ${a}`,
    `on ${valueText(improvement, share)}${where}${interval}, ties counting half`,
  ] as const;
  if (improvementBounds === undefined) return [fact];
  const { against, for: inFavour } = improvementBounds;
  const bounds = `${percent(against)} had all failed pairs gone against ${b}, ${percent(inFavour)} had they gone for it`;
  return [fact, ['', bounds]];
}

function attributionBlock(candidate: CandidateComparison, labels: readonly [string, string]): string[] {
  const { attribution } = candidate;
  const { bold, dim } = colorsFor(process.stdout);
  if (attribution === undefined) {
    const text = 'Where the difference comes from is not known: a run was made before episodes told it. Run it again.';
    return [...wrapped(text).map(dim), ''];
  }
  if (attribution[0]!.difference.n === 0) return [];
  const rows = attributionRows(candidate);
  return [bold('Where the difference comes from'), ...figureTable('mean of an episode', rows, labels), ''];
}
