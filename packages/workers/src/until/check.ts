import { type EpisodeTable, type Estimate, finiteOrNull } from '@ergodic/statistics';
import type { UntilRule } from './rule.ts';
import { episodesNeeded, FIRST_CHECK, sizeOf, tailOf } from './schedule.ts';

/** What was seen at a size; null where it is undefined or unbounded. */
export interface UntilCheck {
  /** The first so many were looked at. */
  readonly episodes: number;
  readonly value: number | null;
  /** Interval with an error probability of `tail`. */
  readonly low: number | null;
  readonly high: number | null;
  readonly tail: number;
}

/** How far a run is in deciding that it is long enough. */
export interface UntilState {
  readonly text: string;
  readonly figure: string;
  readonly halfWidth: number;
  /** Episodes at the first check; each one after it has twice as many. */
  readonly first: number;
  /** `episodes` of the config as it was given: the run ends there at the latest. */
  readonly cap: number;
  /** The interval of the last check is narrow enough. */
  readonly satisfied: boolean;
  readonly checks: readonly UntilCheck[];
  /** Where the cap came first: about how many episodes would do; null where no number is known to. */
  readonly episodesNeeded?: number | null;
}

/** Of a run that has made no check yet. */
export function newState({ text, figure, halfWidth }: UntilRule, cap: number): UntilState {
  return { text, figure: figure.text, halfWidth, first: FIRST_CHECK, cap, satisfied: false, checks: [] };
}

/** Episodes of the next check. */
export function nextSize({ checks, first, cap }: UntilState): number {
  return sizeOf(checks.length + 1, first, cap);
}

/** There is no check left to make. */
export function isDecided({ satisfied, checks, cap }: UntilState): boolean {
  return satisfied || checks.at(-1)?.episodes === cap;
}

/** Makes the next check; `table` has its episodes, and no more. */
export function checked(state: UntilState, { figure, halfWidth }: UntilRule, table: EpisodeTable): UntilState {
  const { episodes } = table;
  const { first, cap } = state;
  const tail = tailOf(first, cap);
  const estimate = figure.evaluate(table, tail);
  const { value, low, high } = estimate;
  const half = Math.max(high - value, value - low);
  const satisfied = half <= halfWidth && !isOneValue(table, figure.columns, estimate);
  const check = { episodes, value: finiteOrNull(value), low: finiteOrNull(low), high: finiteOrNull(high), tail };
  const next = { ...state, satisfied, checks: [...state.checks, check] };
  if (satisfied || episodes < cap) return next;
  return { ...next, episodesNeeded: half > 0 ? episodesNeeded(half, halfWidth, first, cap) : null };
}

/** Values that are all the same make an interval of no width, which only says that nothing else was seen yet. */
function isOneValue(table: EpisodeTable, columns: readonly string[], { low, high }: Estimate): boolean {
  if (low !== high) return false;
  return columns.every((name) => {
    const known = table.column(name).filter((value) => !Number.isNaN(value));
    return known.every((value) => value === known[0]);
  });
}
