import {
  deflatedSharpe,
  type Estimate,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  returnMomentsOf,
  sharpeOf,
} from '@ergodic/statistics';
import type { StoredRun } from '../run.ts';
import { entryOf, type LedgerEntry, outcomeOf } from './entry.ts';
import { appendToLedger, readLedger } from './file.ts';
import { type History, historyOf, isOneHistory, type StepReturns, storedReturns } from './history.ts';

/** What one history can say of a rule, given all rules that were tried on it. Sharpe ratios are of a year. */
export interface HistoryVerdict {
  /** Names of the data files. */
  readonly data: readonly string[];
  /** Episodes of the run: all have the prices of this one history, so together they are one observation. */
  readonly episodes: number;
  /** Returns that the figures come from. */
  readonly returns: number;
  /** Steps of one return. */
  readonly everySteps: number;
  readonly sharpe: Estimate;
  readonly skewness: number;
  readonly kurtosis: number;
  /** How sure it is that the true Sharpe ratio is above 0, had this been the only trial. */
  readonly probabilisticSharpe: number;
  /** Steps needed until that is 95 %; NaN where the Sharpe ratio is not above 0. */
  readonly minimumTrackRecordSteps: number;
  /** Rules that were tried on this data and window, this one included; the same rule run again counts once. */
  readonly trials: number;
  /** Rules tried on other windows of the same files. */
  readonly trialsElsewhere: number;
  /** The Sharpe ratio that the best of so many rules without skill is expected to have. */
  readonly expectedMaximumSharpe: number;
  /** How sure it is that the true Sharpe ratio is above 0, given that it is the best of the trials. */
  readonly deflatedSharpe: number;
}

/** Notes a completed run in the ledger of a folder of runs, if it is one of a single history. */
export async function recordRun(run: StoredRun, runsDir: string): Promise<void> {
  const { manifest, dir, summary, database } = run;
  if (!isOneHistory(manifest.config)) return;
  const returns = await storedReturns(database, dir);
  const made = { config: manifest.config, history: historyOf(manifest), returns, run: dir, digest: summary.digest };
  const { entries } = readLedger(runsDir);
  const entry = entryOf(made, new Date().toISOString());
  const isNoted = entries.some(({ run: other, outcome, key }) => other === dir && isSame(entry, { outcome, key }));
  if (!isNoted) await appendToLedger(runsDir, [entry]);
}

/**
 * Holds a completed run of one history against the trials in the ledger of a folder of runs; null for a run of simulated markets.
 * What the ledger does not know was not counted: runs made elsewhere, or before it.
 */
export async function historyVerdict(run: StoredRun, runsDir: string): Promise<HistoryVerdict | null> {
  const { manifest, summary, dir, database } = run;
  if (!isOneHistory(manifest.config)) return null;
  const { completed, ruined, stopped, failed } = summary.episodes;
  const episodes = completed + ruined + stopped + failed;
  const returns = await storedReturns(database, dir);
  const { daysPerYear } = manifest.config.calendar;
  const stepsPerYear = (daysPerYear * 86_400_000) / manifest.layout.intervalMs;
  const history = historyOf(manifest);
  const { entries } = readLedger(runsDir);
  return verdictOf({ history, returns, stepsPerYear, episodes, entries });
}

export interface VerdictInput {
  readonly history: History;
  readonly returns: StepReturns;
  readonly stepsPerYear: number;
  readonly episodes: number;
  readonly entries: readonly LedgerEntry[];
}

/** The verdict on returns, given a ledger. */
export function verdictOf({ history, returns, stepsPerYear, episodes, entries }: VerdictInput): HistoryVerdict {
  const { everySteps } = returns;
  const moments = returnMomentsOf(returns.values);
  const outcome = outcomeOf(returns);
  const others = new Map<string, number | null>();
  for (const entry of entries) if (entry.key === history.key) others.set(entry.outcome, entry.sharpe);
  others.set(outcome, Number.isFinite(moments.sharpe) ? moments.sharpe / Math.sqrt(everySteps) : null);
  const elsewhere = new Set(
    entries.flatMap((entry) => (entry.key !== history.key && isSameData(entry, history) ? [entry.outcome] : [])),
  );
  const sharpes = Float64Array.from([...others.values()].filter((sharpe) => sharpe !== null));
  const { deviation } = returnMomentsOf(sharpes);
  const sharpeVariance = sharpes.length > 1 ? deviation * deviation * everySteps : 0;
  const trials = { count: Math.max(1, others.size), sharpeVariance };
  const perYear = Math.sqrt(stepsPerYear / everySteps);
  const { value, low, high, n, method } = sharpeOf(moments);
  return {
    data: history.names,
    episodes,
    returns: moments.n,
    everySteps,
    sharpe: { value: value * perYear, low: low * perYear, high: high * perYear, n, method },
    skewness: moments.skewness,
    kurtosis: moments.kurtosis,
    probabilisticSharpe: probabilisticSharpe(moments),
    minimumTrackRecordSteps: minimumTrackRecord(moments) * everySteps,
    trials: others.size,
    trialsElsewhere: elsewhere.size,
    expectedMaximumSharpe: expectedMaximumSharpe(trials) * perYear,
    deflatedSharpe: deflatedSharpe(moments, trials),
  };
}

function isSame(a: Pick<LedgerEntry, 'key' | 'outcome'>, b: Pick<LedgerEntry, 'key' | 'outcome'>): boolean {
  return a.key === b.key && a.outcome === b.outcome;
}

function isSameData(entry: LedgerEntry, history: History): boolean {
  return entry.files.join() === history.files.join();
}
