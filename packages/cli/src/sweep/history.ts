import type { HistoryVerdict } from '@ergodic/analysis';
import type { Overfitting } from '@ergodic/statistics';
import { count, figure, percent } from '../format.ts';
import { labeled } from './text.ts';

/** What one history says of a rule, given all that were tried on it. */
export function historyLines(verdict: HistoryVerdict, overfitting: Overfitting | null = null): string[] {
  const { data, episodes, sharpe, probabilisticSharpe } = verdict;
  const files = data.join(', ');
  const once =
    episodes === 1
      ? `one history, ${files}: one observation`
      : `the ${count(episodes)} episodes replay one history, ${files}: one observation, not ${count(episodes)}`;
  const interval = Number.isNaN(sharpe.low) ? '' : ` (95 % CI ${figure(sharpe.low)} to ${figure(sharpe.high)})`;
  return [
    ...labeled('History', once),
    ...labeled('', `Sharpe ratio ${figure(sharpe.value)} a year${interval}`),
    ...labeled('', `above 0 with probability ${chance(probabilisticSharpe)}, had it been the only rule tried`),
    ...triedLines(verdict),
    ...(overfitting === null ? [] : overfittingLines(overfitting)),
  ];
}

function triedLines({ trials, trialsElsewhere, expectedMaximumSharpe, deflatedSharpe }: HistoryVerdict): string[] {
  const elsewhere = trialsElsewhere === 0 ? '' : `, ${count(trialsElsewhere)} on other windows of it`;
  if (trials === 1) return labeled('', `the only rule tried on it so far (runs/ledger.ndjson)${elsewhere}`);
  const lucky = `the best of ${count(trials)} without skill would have ${figure(expectedMaximumSharpe)}`;
  return [
    ...labeled('', `${count(trials)} rules tried on it so far (runs/ledger.ndjson)${elsewhere}; ${lucky}`),
    ...labeled('', `above that with probability ${chance(deflatedSharpe)} (deflated Sharpe ratio)`),
  ];
}

function overfittingLines({ probability, splits }: Overfitting): string[] {
  const often = 'the best of one half of time is so often below the median in the other';
  return labeled('', `probability of overfitting ${chance(probability)}: ${often} (${count(splits)} splits)`);
}

/** A probability; one that rounds to certainty is none. */
function chance(probability: number): string {
  if (probability > 0.999) return 'above 99.9 %';
  return probability < 0.001 ? 'below 0.1 %' : percent(probability);
}
