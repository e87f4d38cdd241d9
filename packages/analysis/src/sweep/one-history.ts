import { type Overfitting, probabilityOfOverfitting } from '@ergodic/statistics';
import { readLedger } from '../ledger/file.ts';
import { historyOf, returnsOf } from '../ledger/history.ts';
import { type HistoryVerdict, verdictOf } from '../ledger/verdict.ts';
import type { SweepManifest } from './manifest.ts';

const MS_PER_DAY = 86_400_000;
/** Even numbers of blocks of time, the finest first; a block needs a few returns. */
const BLOCKS = [16, 12, 10, 8, 6, 4];
const BLOCK_RETURNS = 8;
/** From here on a probability is called sure. */
const SURE = 0.95;

/** How the best of many trials on one history is judged. */
export const HISTORY_METHOD =
  'deflated Sharpe ratio (Bailey & López de Prado 2014), combinatorially symmetric cross-validation (Bailey et al. 2017)';

/** What can be said of the best of many trials on one history. */
export interface HistoryFindings {
  /** Of the best trial, given all that the ledger has. */
  readonly verdict: HistoryVerdict;
  /** Null where there are too few trials or returns. */
  readonly overfitting: Overfitting | null;
  readonly sentence: string;
}

/** Judges the best trial by its returns and those of all others. `equity`: by trial, every step. */
export function judgeHistory(
  manifest: SweepManifest,
  best: number,
  equity: ReadonlyMap<number, Float64Array>,
  ledgerDir: string,
): HistoryFindings {
  const { config, layout } = manifest;
  const returns = new Map([...equity].map(([trial, values]) => [trial, returnsOf(stepsOf(values), values)]));
  const verdict = verdictOf({
    history: historyOf(manifest),
    returns: returns.get(best)!,
    stepsPerYear: (config.calendar.daysPerYear * MS_PER_DAY) / layout.intervalMs,
    episodes: 1,
    entries: readLedger(ledgerDir).entries,
  });
  const candidates = [...returns].filter(([trial]) => trial > 0).map(([, { values }]) => values);
  const overfitting = overfittingOf(candidates);
  return { verdict, overfitting, sentence: sentenceOf(verdict, overfitting) };
}

/** Trials that ended early have fewer returns: after ruin there are none but zeros. */
function overfittingOf(returns: readonly Float64Array[]): Overfitting | null {
  const steps = returns.reduce((most, { length }) => Math.max(most, length), 0);
  const blocks = BLOCKS.find((count) => count * BLOCK_RETURNS <= steps);
  if (returns.length < 2 || blocks === undefined) return null;
  const whole = returns.map((values) => {
    if (values.length === steps) return values;
    const padded = new Float64Array(steps);
    padded.set(values);
    return padded;
  });
  return probabilityOfOverfitting(whole, blocks);
}

function stepsOf(equity: Float64Array): Float64Array {
  return Float64Array.from({ length: equity.length }, (_, i) => i);
}

function sentenceOf({ trials, deflatedSharpe }: HistoryVerdict, overfitting: Overfitting | null): string {
  const rules = trials === 1 ? 'The one rule' : `The best of ${trials} rules`;
  const than = deflatedSharpe >= SURE ? 'more' : 'no more';
  const sure = Number.isNaN(deflatedSharpe) ? 'undefined' : `${(100 * deflatedSharpe).toFixed(1)} %`;
  const earns = `${rules} tried on this history earns ${than} than luck explains (deflated Sharpe ratio ${sure})`;
  if (overfitting === null) return `${earns}.`;
  const { probability } = overfitting;
  const says = probability <= 1 - SURE ? 'lasts' : 'says little of other times';
  return `${earns}; to be the best ${says} (probability of overfitting ${(100 * probability).toFixed(1)} %).`;
}
