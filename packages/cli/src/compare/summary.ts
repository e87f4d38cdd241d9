import type { RunComparison } from '@ergodic/analysis';
import { count } from '../report/format.ts';
import { columnInWords } from './columns.ts';

const VERDICTS = {
  better: ['is better than', 'are better than'],
  worse: ['is worse than', 'are worse than'],
  higher: ['is higher than', 'are higher than'],
  lower: ['is lower than', 'are lower than'],
  identical: ['does the same as', 'do the same as'],
  undecided: ['is not told from', 'are not told from'],
  unknown: ['cannot be held against', 'cannot be held against'],
} as const;

/** One sentence on all candidates, by their first metric: `B and D are better than A, C is not told from A.` */
export function overallInWords({ baseline, candidates, correction }: RunComparison): string {
  const parts = Object.entries(VERDICTS).flatMap(([verdict, [one, many]]) => {
    const labels = candidates.filter(({ metrics }) => metrics[0]!.verdict === verdict).map(({ run }) => run.label);
    return labels.length === 0 ? [] : [`${listed(labels)} ${labels.length === 1 ? one : many} ${baseline.label}`];
  });
  const column = columnInWords(candidates[0]!.metrics[0]!.column);
  const among = correction === undefined ? '' : `, corrected for ${count(correction.comparisons)} comparisons`;
  return `By mean ${column}${among}: ${parts.join(', ')}.`;
}

/** `B`, `B and C`, `B, C and D` */
function listed(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
