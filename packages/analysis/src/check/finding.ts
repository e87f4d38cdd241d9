import type { EpisodeTable, Estimate, Figure } from '@ergodic/statistics';
import type { Assertion, Operator } from './assertion.ts';
import { differenceOf } from './difference.ts';
import { extremesOf, failuresOf, isRobust } from './failures.ts';
import { episodesNeeded } from './needed.ts';
import { excessOf, holds, type Verdict, verdictOf } from './verdict.ts';

/** What became of an assertion. NaN where a number is undefined; null in JSON. */
export interface Finding {
  /** `q05(totalReturn) > -0.2`; of the standard set of a baseline, `mean(totalReturn) no worse than baseline`. */
  readonly text: string;
  readonly figure: string;
  readonly describe: string;
  readonly verdict: Verdict;
  /** In a sentence, without a full stop. */
  readonly reason: string;
  readonly operator: Operator;
  /** What `value` is held against. */
  readonly bound: number;
  /** The figure; where the bound is a baseline's, the figure less `factor` × that of the baseline. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided error probability of the interval. */
  readonly tail: number;
  readonly n: number;
  readonly method: string;
  /** How far `value` is on the wrong side of the bound; negative on the right one. */
  readonly excess: number;
  /** Where it is undecided: about how many episodes would decide it; null where no number is known to. */
  readonly episodesNeeded: number | null;
  /** Where the bound is a baseline's: the figure of both runs. */
  readonly comparison?: { readonly own: number; readonly baseline: number; readonly factor: number };
}

/** Tables of a run and of its baseline. */
export interface Compared {
  readonly own: EpisodeTable;
  readonly other: EpisodeTable;
  /** They hold the same episodes on the same paths. */
  readonly isPaired: boolean;
  /** Why they do not. */
  readonly unlike?: string | undefined;
}

/** The tables that assertions are about. */
export interface Tables {
  readonly own: EpisodeTable;
  readonly baseline: Compared | null;
  readonly tail: number;
}

/** Holds an assertion against the episodes. One that names a baseline needs one: RangeError without. */
export function judge(assertion: Assertion, tables: Tables): Finding {
  const { figure, operator, factor, offset: bound, text } = assertion;
  const { tail } = tables;
  const what = { text, figure: figure.text, describe: figure.describe, operator, bound, tail };
  if (factor !== 0) {
    if (tables.baseline === null) throw new RangeError(`${text}: needs a baseline`);
    const { own: table, other, isPaired } = tables.baseline;
    const { own, baseline, difference } = differenceOf(figure, table, other, { factor, isPaired, tail });
    const comparison = { own: own.value, baseline: baseline.value, factor };
    const judged = verdictFor(assertion, difference, table.episodes);
    const missing = Number.isNaN(own.value) ? own : Number.isNaN(baseline.value) ? baseline : undefined;
    if (missing === undefined) return { ...what, ...judged, comparison };
    const where = missing === own ? 'in this run' : 'in the baseline';
    return { ...what, ...judged, reason: `${undefinedReason(figure, missing.n)}, ${where}`, comparison };
  }
  const estimate = figure.evaluate(tables.own, tail);
  return { ...what, ...withFailures(assertion, verdictFor(assertion, estimate, tables.own.episodes), tables) };
}

type Judged = Pick<
  Finding,
  'verdict' | 'reason' | 'value' | 'low' | 'high' | 'n' | 'method' | 'excess' | 'episodesNeeded'
>;

/** The verdict on what was estimated, whatever failed episodes would have come to. */
function verdictFor(
  { figure, operator, offset: bound, factor }: Assertion,
  estimate: Estimate,
  episodes: number,
): Judged {
  const { value, low, high, n, method } = estimate;
  const excess = excessOf(value, operator, bound);
  const found = { value, low, high, n, method, excess, episodesNeeded: null };
  const decide = (verdict: Verdict, reason: string): Judged => ({ ...found, verdict, reason });
  if (Number.isNaN(value)) return decide('failed', undefinedReason(figure, n));
  const side = holds(value, operator, bound);
  if (figure.isObserved) {
    return decide(side ? 'passed' : 'failed', 'compared as observed: an extreme has no interval');
  }
  if (Number.isNaN(low) || Number.isNaN(high)) return decide('undecided', tooFewReason(n));
  const verdict = verdictOf(estimate, operator, bound);
  if (verdict !== 'undecided') {
    if (low === high) return decide(verdict, factor === 0 ? 'the interval is this one value' : method);
    return decide(verdict, `the whole interval is ${verdict === 'passed' ? 'within' : 'beyond'} the bound`);
  }
  const isShare = factor === 0 && figure.text.startsWith('probability');
  const needed = episodesNeeded(estimate, bound, episodes, isShare);
  const rest = needed === null ? hopelessReason(estimate, bound) : neededReason(needed, episodes);
  return { ...decide('undecided', `the bound is inside the interval; ${rest}`), episodesNeeded: needed };
}

function undefinedReason({ text }: Figure, n: number): string {
  return n === 0 ? `${text} is undefined: no episode has a value` : `${text} is undefined`;
}

function tooFewReason(n: number): string {
  const some = n === 1 ? 'one value has' : `${n} values have`;
  return `${some} no interval; take more episodes, or min(…) and max(…), which are compared as observed`;
}

function hopelessReason({ value, low, high }: Estimate, bound: number): string {
  if (value === bound) return 'the figure is exactly there, and no number of episodes decides';
  const isOpen = !Number.isFinite(low) && !Number.isFinite(high);
  return isOpen ? 'these are too few episodes to bound it' : 'it would take more episodes than a run can have';
}

function neededReason(needed: number, episodes: number): string {
  const [more, all] = [needed - episodes, needed].map((count) => count.toLocaleString('en-US'));
  return `about ${more} more episodes would decide it (--episodes ${needed}, ${all} in all)`;
}

/** Failed episodes have no figures. A verdict that depends on what they would have come to is none. */
function withFailures(assertion: Assertion, judged: Judged, { own, tail }: Tables): Judged {
  const failed = failuresOf(own);
  if (failed === 0 || judged.verdict === 'undecided' || Number.isNaN(judged.value)) return judged;
  if (!isRobust(assertion.figure)) return judged;
  const { figure, operator, offset } = assertion;
  const isSure = extremesOf(own).every(
    (table) => verdictOf(figure.evaluate(table, tail), operator, offset) === judged.verdict,
  );
  if (isSure) return judged;
  const episodes = failed === 1 ? 'the failed episode' : `the ${failed} failed episodes`;
  const outcome = judged.verdict === 'passed' ? 'holds' : 'fails';
  const reason = `${outcome} without ${episodes}, but not whatever they would have come to; mend what made them fail`;
  return { ...judged, verdict: 'undecided', reason };
}
