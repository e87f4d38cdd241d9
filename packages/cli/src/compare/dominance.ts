import type { MetricComparison } from '@ergodic/analysis';
import type { Dominance } from '@ergodic/statistics';
import { showColumn } from './columns.ts';
import { pInWords } from './words.ts';

const MEANING = {
  1: 'whoever likes more prefers it',
  2: 'whoever likes more and dislikes risk prefers it',
} as const;

/**
 * What the tests of dominance say, with their null hypotheses. `labels` are those of baseline and candidate, for which the tests say A
 * and B.
 */
export function dominanceInWords(
  dominance: Dominance,
  { column }: Pick<MetricComparison, 'column'>,
  [a, b]: readonly [string, string],
): string {
  const { againstA, againstB, order, verdict } = dominance;
  if (Number.isNaN(againstA.pValue)) return 'undecided: fewer than 20 independent episodes say nothing of it';
  const show = showColumn(column);
  const claimA = `“${a} dominates ${b}”`;
  const claimB = `“${b} dominates ${a}”`;
  const [pA, pB] = [pInWords(againstA.pValue), pInWords(againstB.pValue)];
  switch (verdict) {
    case 'B dominates':
      return `${b} dominates: ${MEANING[order]}; ${claimA} is rejected (${pA}), ${claimB} is not (${pB})`;
    case 'A dominates':
      return `${a} dominates: ${MEANING[order]}; ${claimB} is rejected (${pB}), ${claimA} is not (${pA})`;
    case 'equal within noise':
      return `none is seen: neither ${claimA} (${pA}) nor ${claimB} (${pB}) is rejected`;
    case 'neither':
      return `neither dominates: ${a} does worse around ${show(againstA.at)}, ${b} around ${show(againstB.at)}; both claims are rejected (${pA}, ${pB})`;
    case 'undecided': {
      const [rejected, p, kept, violation] =
        againstA.pValue < againstB.pValue ? [claimA, pA, b, againstB] : [claimB, pB, a, againstA];
      return `undecided: ${rejected} is rejected (${p}), but ${kept} may do worse around ${show(violation.at)} (${pInWords(violation.pValue)})`;
    }
  }
}
