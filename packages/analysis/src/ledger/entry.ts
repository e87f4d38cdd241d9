import { createHash } from 'node:crypto';
import type { Config } from '@ergodic/core';
import { finiteOrNull, returnMomentsOf } from '@ergodic/statistics';
import type { History, StepReturns } from './history.ts';

/** One line of the ledger: a trial that was made on one history. */
export interface LedgerEntry {
  readonly schema: 1;
  readonly key: string;
  /** SHA-256 of the data files, sorted. */
  readonly files: readonly string[];
  readonly startMs: number;
  readonly intervalMs: number;
  readonly steps: number;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** When it was written, UTC. */
  readonly time: string;
  /** Directory of the run or sweep, absolute. */
  readonly run: string;
  /** Its number in a sweep. */
  readonly trial?: number;
  /** Steps of one return: `record.every` of the run. */
  readonly everySteps: number;
  readonly returns: number;
  /** Of one step; null where no return differs from another. */
  readonly sharpe: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
  /** Of the episodes. */
  readonly digest: string;
  /** SHA-256 over the returns: trials with the same one are the same rule, run again. */
  readonly outcome: string;
}

/** What is noted of a trial. */
export interface TrialMade {
  readonly config: Pick<Config, 'strategy'>;
  readonly history: History;
  readonly returns: StepReturns;
  readonly run: string;
  readonly trial?: number;
  readonly digest: string;
}

export function entryOf(made: TrialMade, time: string): LedgerEntry {
  const { config, history, returns, run, trial, digest } = made;
  const { use, ...parameters } = config.strategy;
  const { n, sharpe, skewness, kurtosis } = returnMomentsOf(returns.values);
  const { key, files, startMs, intervalMs, steps } = history;
  return {
    schema: 1,
    ...{ key, files, startMs, intervalMs, steps, strategy: use, parameters, time, run },
    ...(trial === undefined ? {} : { trial }),
    everySteps: returns.everySteps,
    returns: n,
    sharpe: finiteOrNull(sharpe / Math.sqrt(returns.everySteps)),
    skewness: finiteOrNull(skewness),
    kurtosis: finiteOrNull(kurtosis),
    digest,
    outcome: outcomeOf(returns),
  };
}

export function outcomeOf({ values }: StepReturns): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}
