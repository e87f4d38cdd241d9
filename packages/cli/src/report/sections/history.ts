import type { HistoryVerdict } from '@ergodic/analysis';
import type { ReportData } from '../data/load.ts';
import { intervalText } from '../estimated.ts';
import { count, percent, plural, ratio, stepsAsTime } from '../format.ts';
import { type Html, html } from '../html.ts';
import { figureItem, type Section, section } from './section.ts';

/** What can be said of figures whose episodes come from one history. */
export interface HistoryNote {
  readonly title: string;
  readonly claim: string;
  readonly reason: string;
}

/** Undefined where a market model makes the paths. */
export function historyNote({ origin, n, hasChances }: ReportData): HistoryNote | undefined {
  if (n === 0) return undefined;
  switch (origin) {
    case 'model':
      return undefined;
    case 'one':
      return hasChances
        ? {
            title: 'One history',
            claim: `${plural(n, 'episode')} over the same candles are one observation of the market.`,
            reason:
              'They differ only by what was drawn for each and by the strategy’s own chance; the intervals know of nothing else.',
          }
        : {
            title: 'One history',
            claim:
              n === 1 ? 'One episode is one observation.' : `${plural(n, 'identical episode')} are one observation.`,
            reason:
              'All ran over the same candles, so there are no chances and no intervals to be told: another history would have given other figures.',
          };
    case 'windows':
      return {
        title: 'Windows of one history',
        claim: 'The episodes are windows of one history, and they overlap.',
        reason:
          'The intervals take them as independent, so they are too narrow; and none of them knows of a market that the history did not see.',
      };
    case 'resampled':
      return {
        title: 'One history, drawn anew',
        claim: 'The episodes are drawn from one history.',
        reason:
          'The intervals say how well the ensemble is known, not how well that history stands for the future: days that are not in it are in no episode.',
      };
  }
}

export function historySection(data: ReportData): Section | undefined {
  const note = historyNote(data);
  if (note === undefined) return undefined;
  return section(
    'history',
    note.title,
    html`<div class="box"><p><strong>${note.claim}</strong> ${note.reason}</p></div>`,
    data.history !== null && verdictList(data.history, data),
  );
}

/** Sharpe ratio of the one history, and how sure it is to be skill (Bailey and López de Prado 2012, 2014). */
function verdictList(verdict: HistoryVerdict, { manifest }: ReportData): Html {
  const { sharpe, probabilisticSharpe, deflatedSharpe, minimumTrackRecordSteps } = verdict;
  const interval = intervalText(sharpe, ratio);
  return html`<dl class="figures">
${figureItem('Sharpe ratio, a year', ratio(sharpe.value), interval !== undefined && `95 % CI ${interval}`, `of ${plural(verdict.returns, 'return')}`)}
${figureItem('Probabilistic Sharpe ratio', chance(probabilisticSharpe), 'probability that the true Sharpe ratio is above 0, had this been the only try')}
${figureItem('Deflated Sharpe ratio', chance(deflatedSharpe), trialsInWords(verdict))}
${figureItem('Track record needed', stepsAsTime(manifest.layout.intervalMs)(minimumTrackRecordSteps), 'until the probability is 95 %')}
</dl>`;
}

function trialsInWords({ trials, trialsElsewhere, expectedMaximumSharpe }: HistoryVerdict): string {
  const elsewhere = trialsElsewhere === 0 ? '' : `; ${count(trialsElsewhere)} more on other windows of the files`;
  if (trials === 1) return `this is the only rule known to be tried on these candles${elsewhere}`;
  return `the same, given that ${count(trials)} rules were tried on these candles: without skill the best would have ${ratio(expectedMaximumSharpe)}${elsewhere}`;
}

/** No probability rounds to certainty. */
function chance(probability: number): string {
  if (probability > 0.999) return `above ${percent(0.999)}`;
  return probability < 0.001 ? `below ${percent(0.001)}` : percent(probability);
}
