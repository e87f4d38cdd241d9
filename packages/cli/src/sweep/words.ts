import type { SweepManifest, SweepSummary, TrialResult } from '@ergodic/analysis';
import { marketInWords } from '../report/words.ts';
import { commandOf, type SweepSource } from './source.ts';

const WORD_WIDTH = 24;

/** The market model that every figure of a sweep holds under. */
export function modelInWords({ config }: SweepManifest): string {
  const { markets, calendar } = config;
  const models = Object.entries(markets).map(
    ([symbol, market]) => `${symbol}: ${marketInWords(market, calendar.daysPerYear)}`,
  );
  return `All figures hold under this market model and no other: ${models.join('; ')}.`;
}

/** The command that makes a run of a trial; on the paths of another seed, if one is given. */
export function commandOfTrial(trial: number, manifest: SweepManifest, seed?: string): string {
  const { source, parameters, candidates, isOneHistory } = manifest;
  const more = [...(isOneHistory ? ['--episodes', '1'] : []), ...(seed === undefined ? [] : ['--seed', seed])];
  return commandOf(source as SweepSource, parameters, candidates[trial - 1]!, more);
}

/** The best first; those without the metric last. */
export function byRank(trials: readonly TrialResult[], direction: SweepSummary['direction']): TrialResult[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const rank = ({ metric: { value } }: TrialResult): number =>
    value === null ? Number.POSITIVE_INFINITY : sign * value;
  return [...trials].sort((a, b) => (rank(a) === rank(b) ? a.trial - b.trial : rank(a) - rank(b)));
}

/** A value of a parameter, short enough for a table. */
export function shortValue(value: unknown): string {
  const text =
    typeof value === 'number'
      ? String(Number(value.toPrecision(6)))
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  return text.length > WORD_WIDTH ? `${text.slice(0, WORD_WIDTH - 1)}…` : text;
}
