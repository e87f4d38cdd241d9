import type { Estimate } from '../estimate.ts';
import type { EpisodeTable } from './table.ts';

/** One number of an ensemble, by name: `q05(totalReturn)`. */
export interface Figure {
  /** As it is written, without needless blanks. */
  readonly text: string;
  /** Of the episodes table, that `evaluate` reads. */
  readonly columns: readonly string[];
  /** An extreme: it has no interval and says nothing of episodes that were not run. */
  readonly isObserved: boolean;
  /** What it is, as a sentence without a full stop. */
  readonly describe: string;
  /** Throws RangeError where a column was not loaded. `tail` is the two-sided error probability of the interval. */
  evaluate(table: EpisodeTable, tail?: number): Estimate;
}
