import type { VectorEnvironment } from '@ergodic/core';

/** What a VectorEnvironment and a ThreadedVectorEnvironment have in common. */
export type Environments = Pick<
  VectorEnvironment,
  | 'count'
  | 'autoreset'
  | 'observationSpace'
  | 'actionSpace'
  | 'observationLabels'
  | 'rewardNames'
  | 'fields'
  | 'observationSize'
  | 'actionSize'
  | 'observations'
  | 'finalObservations'
  | 'rewards'
  | 'rewardParts'
  | 'terminations'
  | 'truncations'
  | 'ended'
  | 'episodes'
  | 'endedEpisodes'
  | 'equities'
  | 'steps'
  | 'failures'
  | 'endReasons'
  | 'reset'
  | 'step'
  | 'record'
  | 'state'
  | 'symbols'
> & {
  /** Ends threads. */
  close?(): Promise<void>;
};
