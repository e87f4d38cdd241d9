import { parseFigure } from '@ergodic/statistics';
import { differenceOf } from './difference.ts';
import type { Finding, Tables } from './finding.ts';
import type { Verdict } from './verdict.ts';

/** What must not become worse, and which way is better. */
export const REGRESSIONS = [
  { figure: 'mean(totalReturn)', isMoreBetter: true },
  { figure: 'median(totalReturn)', isMoreBetter: true },
  { figure: 'q05(totalReturn)', isMoreBetter: true },
  { figure: 'mean(maxDrawdown)', isMoreBetter: false },
  { figure: 'probabilityOfRuin', isMoreBetter: false },
  { figure: 'probabilityOfFailure', isMoreBetter: false },
] as const;

/**
 * Whether a run is worse than a baseline beyond noise: a figure fails where the whole interval of its difference is on the worse side. The set fails where
 * one does, so each interval has its part of the error probability (Bonferroni): of runs that are alike at most `tail` fail.
 */
export function judgeRegressions({ baseline, tail }: Tables): Finding[] {
  if (baseline === null) throw new RangeError('regressions: need a baseline');
  const { own: table, other, isPaired } = baseline;
  const share = tail / REGRESSIONS.length;
  return REGRESSIONS.map(({ figure: text, isMoreBetter }): Finding => {
    const figure = parseFigure(text);
    const found = differenceOf(figure, table, other, { factor: 1, isPaired, tail: share });
    const { value, low, high, n, method } = found.difference;
    const operator = isMoreBetter ? '>=' : '<=';
    return {
      text: `${text} no worse than baseline`,
      figure: text,
      describe: figure.describe,
      ...verdictFor(found.own.value, found.baseline.value, isMoreBetter ? { low, high } : { low: -high, high: -low }),
      operator,
      bound: 0,
      ...{ value, low, high, tail: share, n, method },
      excess: isMoreBetter ? -value : value,
      episodesNeeded: null,
      comparison: { own: found.own.value, baseline: found.baseline.value, factor: 1 },
    };
  });
}

/** `low` and `high` of the gain. */
function verdictFor(
  own: number,
  baseline: number,
  { low, high }: { low: number; high: number },
): { verdict: Verdict; reason: string } {
  if (Number.isNaN(baseline)) return { verdict: 'passed', reason: 'the baseline has no value to fall behind' };
  if (Number.isNaN(own)) return { verdict: 'failed', reason: 'undefined here, and defined in the baseline' };
  if (Number.isNaN(low)) return { verdict: 'undecided', reason: 'too few episodes for an interval' };
  if (high < 0) return { verdict: 'failed', reason: 'worse beyond noise' };
  if (low > 0) return { verdict: 'passed', reason: 'better beyond noise' };
  return { verdict: 'passed', reason: low === 0 && high === 0 ? 'the same in every episode' : 'no worse beyond noise' };
}
