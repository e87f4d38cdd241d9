import { END_REASONS, type EndReason } from '@ergodic/core';
import type { TrialRecords } from '@ergodic/workers';

/** What is stored of a trial beside its episodes. */
export interface TrialNote {
  readonly digest: string;
  readonly episodes: Readonly<Record<EndReason, number>>;
  /** Its first failure. */
  readonly failure?: { readonly episode: number; readonly code: string; readonly message: string };
  /** A watchdog ended an episode. */
  readonly isWatched: boolean;
}

export function noteOf({ digest, endReasons, failures, isWatched }: TrialRecords): TrialNote {
  const episodes = { completed: 0, ruined: 0, stopped: 0, failed: 0 };
  for (const reason of endReasons) episodes[END_REASONS[reason]!]++;
  const [failure] = failures;
  return { digest, episodes, ...(failure === undefined ? {} : { failure }), isWatched };
}
